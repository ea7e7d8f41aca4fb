"""What is known about a case: the facts that its stage, its next step and its conclusion follow from.

Pure: takes rows that were read (``monitoring.actions.standing``). Decides nothing: see ``monitoring.rules.stages`` and
``monitoring.rules.conclusion``. Nothing here depends on the clock: how far a pause that is going on reaches is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from monitoring.models import (
    ActionPlan,
    Appointment,
    Closed,
    Conclusion,
    EndOfServiceReport,
    Pause,
    PlanChangeRequest,
    Purpose,
    ReceivedReferral,
)
from monitoring.rules.refused_bookings import is_to_be_arranged_again
from monitoring.rules.working_days import Span


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case. Dates are days in UK time."""

    received_on: date
    has_caseworker: bool = False
    assessment_arranged_for: date | None = None
    assessed_on: date | None = None
    planned_sessions: int | None = None  # of the plan in force; None: no plan was submitted yet
    plan_change_asked_on: date | None = None
    sessions_recorded: int = 0  # sessions whose newest appointment has a submitted attendance record
    sessions_attended: int = 0  # sessions to which the person came at least once, delivered or not
    last_recorded_on: date | None = None
    next_session_on: date | None = None  # the earliest arranged appointment without feedback
    booking_refused_on: date | None = None  # since when an arranged appointment is not accepted by nDelius
    end_requested_on: date | None = None
    report_submitted: bool = False
    conclusion: str = ""
    completion_date: date | None = None
    service_levels: dict[str, int] = field(default_factory=dict)
    pauses: tuple[Span, ...] = ()


def facts_from(
    received: ReceivedReferral,
    *,
    appointments: Sequence[Appointment],
    plan: ActionPlan | None,
    change: PlanChangeRequest | None,
    report: EndOfServiceReport | None,
    levels: dict[str, int],
    pauses: Iterable[Pause],
    today: date,
) -> CaseFacts:
    """The facts of a case with these rows: all its appointments with their feedback, the plan in force, the first
    change that waits for an answer, its report, the working days that hold for it, and its pauses.

    ``today`` is how far a pause that is going on reaches.
    """
    assessments = [one for one in appointments if one.purpose == Purpose.ASSESSMENT]
    sessions = [one for one in appointments if one.purpose == Purpose.SESSION]
    recorded = [one for one in sessions if one.is_recorded]
    # A session that was missed and arranged anew is open again, also when that was cancelled with the case.
    kept = [one for one in sessions if one.closed_as != Closed.REPLACED]
    in_order = sorted(kept, key=lambda one: (one.is_current, one.scheduled_at))
    newest = {one.session_id: one for one in in_order}
    return CaseFacts(
        received_on=day_of(received.received_at),
        has_caseworker=received.caseworker_id is not None,
        assessment_arranged_for=_first_day(one for one in assessments if one.is_waiting),
        assessed_on=_first_day(one for one in assessments if _has_happened(one)),
        planned_sessions=plan.sessions if plan else None,
        plan_change_asked_on=day_of(change.asked_at) if change else None,
        sessions_recorded=sum(one.is_recorded for one in newest.values()),
        sessions_attended=sessions_attended(appointments),
        last_recorded_on=max((day_of(one.starts_at) for one in recorded), default=None),
        next_session_on=_first_day(one for one in sessions if one.is_waiting),
        booking_refused_on=min(
            (
                day_of(at)
                for one in appointments
                if is_to_be_arranged_again(one) and (at := one.ndelius_refused_at)
            ),
            default=None,
        ),
        end_requested_on=day_of(received.end_requested_at) if received.end_requested_at else None,
        report_submitted=report is not None and report.is_submitted,
        conclusion=Conclusion(received.conclusion).value if received.conclusion else "",
        completion_date=received.completion_date,
        service_levels=levels,
        pauses=tuple(_span(pause, today) for pause in pauses),
    )


def sessions_attended(appointments: Iterable[Appointment]) -> int:
    """To how many delivery sessions the person came at least once."""
    sessions = (one for one in appointments if one.purpose == Purpose.SESSION and one.is_recorded)
    return len({one.session_id for one in sessions if one.feedback.attended})


def day_of(moment: datetime) -> date:
    """The day in UK time."""
    return timezone.localdate(moment)


def _span(pause: Pause, today: date) -> Span:
    """First and last day. One that is going on has held the clock until today, and tomorrow it will be a day more."""
    return pause.starts_on, pause.ends_on or max(pause.starts_on, today)


def _has_happened(appointment: Appointment) -> bool:
    return bool(appointment.recorded and appointment.recorded.happened)


def _first_day(appointments: Iterable[Appointment]) -> date | None:
    return min((day_of(one.starts_at) for one in appointments), default=None)
