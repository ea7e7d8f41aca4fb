"""What is known about a case, read once: the facts that its stage, its next step and its conclusion follow from.

Reads the supplier's side only. Decides nothing: see ``monitoring.rules.stages`` and ``monitoring.rules.conclusion``.
Nothing here depends on the clock, but for one thing: a pause that is going on lasts until today.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    ServiceLevel,
    Timer,
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


# Used where no administrator set anything else: the live service's texts.
USUAL_LEVELS = {
    Timer.ASSESSMENT: 10,
    Timer.ACTION_PLAN: 5,
    Timer.FEEDBACK: 0,
    Timer.END_OF_SERVICE_REPORT: 5,
}


def facts_of(received: ReceivedReferral, *, today: date | None = None) -> CaseFacts:
    """Read the facts of one case: seven statements, inside the caller's transaction.

    ``today`` is how far a pause that is going on reaches (this day in the UK unless told).
    """
    appointments = [
        *Appointment.objects.unscoped()
        .filter(received=received)
        .select_related("feedback")
        .order_by("starts_at")
    ]
    plan = plan_in_force(received)
    report = EndOfServiceReport.objects.unscoped().filter(received=received).first()
    assessments = [one for one in appointments if one.purpose == Purpose.ASSESSMENT]
    sessions = [one for one in appointments if one.purpose == Purpose.SESSION]
    recorded = [one for one in sessions if one.is_recorded]
    # A session that was missed and arranged anew is open again, also when that was cancelled with the case.
    kept = [one for one in sessions if one.closed_as != Closed.REPLACED]
    in_order = sorted(kept, key=lambda one: (one.is_current, one.scheduled_at))
    newest = {one.session_id: one for one in in_order}
    change = (
        PlanChangeRequest.objects.unscoped()
        .waiting()
        .filter(plan__received=received)
        .order_by("asked_at")
        .first()
    )
    return CaseFacts(
        received_on=day_of(received.received_at),
        has_caseworker=received.caseworker_id is not None,
        assessment_arranged_for=_first_day(one for one in assessments if one.is_waiting),
        assessed_on=_first_day(one for one in assessments if _has_happened(one)),
        planned_sessions=plan.sessions if plan else None,
        plan_change_asked_on=day_of(change.asked_at) if change else None,
        sessions_recorded=sum(one.is_recorded for one in newest.values()),
        sessions_attended=len({one.session_id for one in recorded if one.feedback.attended}),
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
        service_levels=service_levels(day_of(received.received_at)),
        pauses=_pauses(received, today or timezone.localdate()),
    )


def service_levels(received_on: date) -> dict[str, int]:
    """The working days that hold for a referral received on that day: later rules do not change old cases."""
    levels: dict[str, int] = {timer.value: days for timer, days in USUAL_LEVELS.items()}
    for level in ServiceLevel.objects.unscoped().filter(valid_from__lte=received_on).order_by("valid_from"):
        levels[level.timer] = level.working_days
    return levels


def day_of(moment: datetime) -> date:
    """The day in UK time."""
    return timezone.localdate(moment)


def plan_in_force(received: ReceivedReferral) -> ActionPlan | None:
    """The submitted version that no later one has replaced."""
    return ActionPlan.objects.unscoped().in_force().filter(received=received).first()


def _pauses(received: ReceivedReferral, today: date) -> tuple[Span, ...]:
    """First and last days. One that is going on has held the clock until today, and tomorrow it will be a day more."""
    spans = Pause.objects.unscoped().filter(received=received).values_list("starts_on", "ends_on")
    return tuple((first, last if last is not None else max(first, today)) for first, last in spans)


def _has_happened(appointment: Appointment) -> bool:
    return bool(appointment.recorded and appointment.recorded.happened)


def _first_day(appointments: Iterable[Appointment]) -> date | None:
    return min((day_of(one.starts_at) for one in appointments), default=None)
