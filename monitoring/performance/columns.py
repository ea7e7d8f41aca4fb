"""The columns of the performance report, in order, each worked out from one case (live service: 27 columns).

Pure: takes a case that was read, gives text for a file. No name, no free text, no risk information.

Every column about appointments asks one question, what became of an appointment (``Branch``), so that no two of a row
contradict each other. An assessment counts as attended when the person came, and as completed when it was held; a
delivery session counts as attended when it was held (live service), of which the database says the first and how many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from monitoring.models import Closed
from monitoring.rules.end_reasons import REASONS
from monitoring.rules.feedback import Branch, FeedbackAnswers, branch_of

SCORES = {"ACHIEVED": 2, "PARTIALLY_ACHIEVED": 1, "NOT_ACHIEVED": 0}  # in halves
CAME = (Branch.HELD, Branch.NOT_HELD)
#: The rule's answers to all that can be said of an appointment: asked of tens of thousands, it is asked once.
_BRANCHES = {
    (happened, attended): branch_of(FeedbackAnswers(happened=happened, attended=attended))
    for happened, attended in product((True, False, None), repeat=2)
}


def became(happened: bool | None, attended: bool | None, submitted_at: datetime | None) -> Branch | None:
    """What became of an appointment with this feedback; None while it has none, or none that was submitted."""
    return _BRANCHES[happened, attended] if submitted_at else None


class ReportedAssessment(NamedTuple):
    """An appointment for the supplier assessment, with what became of it."""

    starts_at: datetime
    scheduled_at: datetime
    closed_as: str
    was_late: bool | None
    branch: Branch | None


class ReportedPlan(NamedTuple):
    """A submitted version of an action plan."""

    sessions: int | None
    submitted_at: datetime | None


@dataclass(slots=True)
class ReportedCase:
    """One case with everything that its row needs: values and no models, for a report has tens of thousands."""

    id: UUID
    reference: str
    crn: str
    received_at: datetime
    contract: int
    contract_reference: str
    provider_code: str
    caseworker: str = ""
    end_requested_at: datetime | None = None
    end_reason: str = ""
    concluded_at: datetime | None = None
    completion_date: date | None = None
    sentence_ends_on: date | None = None
    report_submitted_at: datetime | None = None
    outcomes: int = 0
    assessments: list[ReportedAssessment] = field(default_factory=list)
    first_session_at: datetime | None = None  # of those that were held
    sessions_held: int = 0
    plans: list[ReportedPlan] = field(default_factory=list)  # earliest first
    levels: list[str] = field(default_factory=list)  # how far each outcome was achieved


def _first_start(*branches: Branch) -> Callable[[ReportedCase], datetime | None]:
    def first(case: ReportedCase) -> datetime | None:
        return min((one.starts_at for one in case.assessments if one.branch in branches), default=None)

    return first


def _first_arranged(case: ReportedCase) -> datetime | None:
    return min((one.scheduled_at for one in case.assessments), default=None)


def _first_scheduled_for(case: ReportedCase) -> datetime | None:
    """Of those that were not moved, the first to be arranged."""
    kept = [one for one in case.assessments if one.closed_as != Closed.REPLACED]
    return min(kept, key=attrgetter("scheduled_at")).starts_at if kept else None


def _on_time(case: ReportedCase) -> str:
    """Of the assessment that ``date_saa_first_attended`` names: on time unless recorded as late."""
    came = [one for one in case.assessments if one.branch in CAME]
    if not came:
        return ""
    return "false" if min(came, key=attrgetter("starts_at")).was_late else "true"


def _score(case: ReportedCase) -> str:
    if case.report_submitted_at is None:
        return ""
    halves = sum(SCORES[level] for level in case.levels)
    return f"{halves / 2:g}"


def _sessions_expected(case: ReportedCase) -> str:
    return str(case.plans[-1].sessions) if case.plans else ""


def _sessions_attended(case: ReportedCase) -> str:
    return str(case.sessions_held) if case.plans else ""


def _first_plan(case: ReportedCase) -> datetime | None:
    return case.plans[0].submitted_at if case.plans else None


def _end_state(case: ReportedCase) -> str:
    """Completed when nobody asked for the end; else ended with a report, cancelled without one (live service)."""
    if case.concluded_at is None:
        return ""
    if case.end_requested_at is None:
        return "completed"
    return "cancelled" if case.report_submitted_at is None else "ended"


Column = tuple[str, Callable[[ReportedCase], str | int | date | datetime | None]]
COLUMNS: tuple[Column, ...] = (
    ("referral_ref", lambda case: case.reference),
    ("referral_id", lambda case: str(case.id)),
    ("contract_ref", lambda case: case.contract_reference),
    ("organisation_id", lambda case: case.provider_code),
    ("caseworker_id", lambda case: case.caseworker),
    ("service_user_crn", lambda case: case.crn),
    ("date_referral_received", lambda case: case.received_at),
    ("date_saa_first_arranged", _first_arranged),
    ("date_saa_first_scheduled_for", _first_scheduled_for),
    ("date_saa_first_not_attended", _first_start(Branch.MISSED)),
    ("date_saa_first_attended", _first_start(*CAME)),
    ("date_saa_first_completed", _first_start(Branch.HELD)),
    ("saa_attended_on_time", _on_time),
    ("date_first_action_plan_submitted", _first_plan),
    ("date_of_first_action_plan_approval", _first_plan),  # submitted is approved (decision M1)
    ("date_of_first_attended_session", lambda case: case.first_session_at),
    ("outcomes_to_be_achieved_count", lambda case: case.outcomes),
    ("outcomes_achieved", _score),
    ("count_of_sessions_expected", _sessions_expected),
    ("count_of_sessions_attended", _sessions_attended),
    ("end_requested_by_pp_at", lambda case: case.end_requested_at),
    ("end_requested_by_pp_reason", lambda case: REASONS.get(case.end_reason, "")),
    ("date_eosr_submitted", lambda case: case.report_submitted_at),
    ("concluded_at", lambda case: case.concluded_at),
    ("referral_end_state", _end_state),
    ("date_intervention_to_be_completed_by", lambda case: case.completion_date),
    ("end_of_sentence_date", lambda case: case.sentence_ends_on),
)
