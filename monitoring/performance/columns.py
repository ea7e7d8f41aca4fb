"""The columns of the performance report, in order, each worked out from one case (live service: 27 columns).

Pure: takes a case that was read, gives text for a file. No name, no free text, no risk information.

Every column about appointments asks one question, what became of an appointment (``Branch``), so that no two of a row
contradict each other. An assessment counts as attended when the person came, and as completed when it was held; a
delivery session counts as attended when it was held (live service).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from monitoring.models import (
    ActionPlan,
    Appointment,
    Closed,
    OutcomeAchievement,
    Purpose,
    ReceivedReferral,
)
from monitoring.rules.end_reasons import REASONS
from monitoring.rules.feedback import Branch, FeedbackAnswers, branch_of

SCORES = {"ACHIEVED": 2, "PARTIALLY_ACHIEVED": 1, "NOT_ACHIEVED": 0}  # in halves
CAME = (Branch.HELD, Branch.NOT_HELD)


@dataclass(slots=True)
class ReportedCase:
    """One case with everything that its row needs, read with others in a few statements."""

    received: ReceivedReferral
    contract_reference: str
    provider_code: str
    caseworker: str = ""
    appointments: list[Appointment] = field(default_factory=list)
    plans: list[ActionPlan] = field(default_factory=list)
    outcomes: int = 0
    achievements: list[OutcomeAchievement] = field(default_factory=list)
    report_submitted_at: datetime | None = None

    def became(self, purpose: Purpose, *branches: Branch) -> list[Appointment]:
        """Appointments of a kind that were recorded and of which one of these became, earliest first."""
        found = (one for one in self.appointments if one.purpose == purpose and _branch(one) in branches)
        return sorted(found, key=lambda appointment: appointment.starts_at)

    @property
    def assessments(self) -> list[Appointment]:
        """Every assessment appointment, in the order in which they were arranged."""
        kept = [one for one in self.appointments if one.purpose == Purpose.ASSESSMENT]
        return sorted(kept, key=lambda appointment: appointment.scheduled_at)

    @property
    def submitted_plans(self) -> list[ActionPlan]:
        """Submitted versions, earliest first."""
        return sorted((one for one in self.plans if one.is_submitted), key=lambda plan: plan.number)


def _branch(appointment: Appointment) -> Branch | None:
    """What became of it; None while its feedback is not submitted."""
    feedback = appointment.recorded
    if feedback is None:
        return None
    return branch_of(FeedbackAnswers(happened=feedback.happened, attended=feedback.attended))


def _first_start(purpose: Purpose, *branches: Branch) -> Callable[[ReportedCase], datetime | None]:
    def first(case: ReportedCase) -> datetime | None:
        return next((one.starts_at for one in case.became(purpose, *branches)), None)

    return first


def _first_scheduled_for(case: ReportedCase) -> datetime | None:
    kept = [one for one in case.assessments if one.closed_as != Closed.REPLACED]
    return kept[0].starts_at if kept else None


def _on_time(case: ReportedCase) -> str:
    """Of the assessment that ``date_saa_first_attended`` names: on time unless recorded as late."""
    came = case.became(Purpose.ASSESSMENT, *CAME)
    return ("false" if came[0].feedback.was_late else "true") if came else ""


def _score(case: ReportedCase) -> str:
    if case.report_submitted_at is None:
        return ""
    halves = sum(SCORES[achievement.level] for achievement in case.achievements)
    return f"{halves / 2:g}"


def _sessions_expected(case: ReportedCase) -> str:
    plans = case.submitted_plans
    return str(plans[-1].sessions) if plans else ""


def _sessions_attended(case: ReportedCase) -> str:
    if not case.submitted_plans:
        return ""
    return str(len({one.session_id for one in case.became(Purpose.SESSION, Branch.HELD)}))


def _first_plan(case: ReportedCase) -> datetime | None:
    return case.submitted_plans[0].submitted_at if case.submitted_plans else None


def _end_state(case: ReportedCase) -> str:
    """Completed when nobody asked for the end; else ended with a report, cancelled without one (live service)."""
    if case.received.concluded_at is None:
        return ""
    if case.received.end_requested_at is None:
        return "completed"
    return "cancelled" if case.report_submitted_at is None else "ended"


Column = tuple[str, Callable[[ReportedCase], str | int | date | datetime | None]]
COLUMNS: tuple[Column, ...] = (
    ("referral_ref", lambda case: case.received.reference),
    ("referral_id", lambda case: str(case.received.pk)),
    ("contract_ref", lambda case: case.contract_reference),
    ("organisation_id", lambda case: case.provider_code),
    ("caseworker_id", lambda case: case.caseworker),
    ("service_user_crn", lambda case: case.received.crn),
    ("date_referral_received", lambda case: case.received.received_at),
    ("date_saa_first_arranged", lambda case: case.assessments[0].scheduled_at if case.assessments else None),
    ("date_saa_first_scheduled_for", _first_scheduled_for),
    ("date_saa_first_not_attended", _first_start(Purpose.ASSESSMENT, Branch.MISSED)),
    ("date_saa_first_attended", _first_start(Purpose.ASSESSMENT, *CAME)),
    ("date_saa_first_completed", _first_start(Purpose.ASSESSMENT, Branch.HELD)),
    ("saa_attended_on_time", _on_time),
    ("date_first_action_plan_submitted", _first_plan),
    ("date_of_first_action_plan_approval", _first_plan),  # submitted is approved (decision M1)
    ("date_of_first_attended_session", _first_start(Purpose.SESSION, Branch.HELD)),
    ("outcomes_to_be_achieved_count", lambda case: case.outcomes),
    ("outcomes_achieved", _score),
    ("count_of_sessions_expected", _sessions_expected),
    ("count_of_sessions_attended", _sessions_attended),
    ("end_requested_by_pp_at", lambda case: case.received.end_requested_at),
    ("end_requested_by_pp_reason", lambda case: REASONS.get(case.received.end_reason, "")),
    ("date_eosr_submitted", lambda case: case.report_submitted_at),
    ("concluded_at", lambda case: case.received.concluded_at),
    ("referral_end_state", _end_state),
    ("date_intervention_to_be_completed_by", lambda case: case.received.completion_date),
    ("end_of_sentence_date", lambda case: case.received.sentence_ends_on),
)
