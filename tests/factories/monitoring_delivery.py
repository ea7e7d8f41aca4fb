"""Cases further on: assigned, assessed, planned, delivered, reported; and one at each stage.

Writes rows through the models, so that a test of one part needs no other part. Each builder takes the case, answers it
as it stands afterwards, and has its stage worked out. Times follow from the day of receipt unless told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.actions.standing import refresh
from monitoring.models import (
    ActionPlan,
    Appointment,
    Assignment,
    Closed,
    Conclusion,
    DeliverySession,
    EndOfServiceReport,
    Feedback,
    Method,
    NdeliusState,
    OutcomeAchievement,
    PlanActivity,
    PlanChangeRequest,
    Purpose,
    ReceivedOutcome,
    ReceivedReferral,
    Stage,
)
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import received

RECEIVED_AGO = timedelta(days=30)
A_DAY = timedelta(days=1)


#: Whether a builder is at work for another, which has the stage worked out once all is done.
_within_another = ContextVar("within_another", default=False)


@contextmanager
def _for_another() -> Iterator[None]:
    token = _within_another.set(True)
    try:
        yield
    finally:
        _within_another.reset(token)


def again(case: ReceivedReferral) -> ReceivedReferral:
    """The case as the database has it, with its stage worked out."""
    fresh = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    if not _within_another.get():
        refresh(fresh)
    return fresh


def assigned(
    case: ReceivedReferral, *, to: User | None = None, at: datetime | None = None
) -> ReceivedReferral:
    """With a caseworker (a new one on its contract unless told)."""
    worker = to or caseworker_on(case.contract)
    Assignment.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        caseworker=worker,
        assigned_by=worker,
        assigned_at=at or case.received_at + A_DAY,
    )
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(caseworker=worker)
    return again(case)


def with_assessment_arranged(
    case: ReceivedReferral, *, starts_at: datetime | None = None
) -> ReceivedReferral:
    """Assigned, with a supplier assessment that nothing was said about yet."""
    case = _assigned_at_all(case)
    _appointment(case, Purpose.ASSESSMENT, None, starts_at or case.received_at + 5 * A_DAY)
    return again(case)


def assessed(
    case: ReceivedReferral,
    *,
    starts_at: datetime | None = None,
    happened: bool = True,
    attended: bool = True,
) -> ReceivedReferral:
    """Assigned, with a supplier assessment that was recorded: held unless told."""
    case = _assigned_at_all(case)
    starts_at = starts_at or case.received_at + 5 * A_DAY
    waiting = case.appointments.filter(purpose=Purpose.ASSESSMENT, closed_as="").first()
    _record(
        waiting or _appointment(case, Purpose.ASSESSMENT, None, starts_at),
        happened=happened,
        attended=attended,
    )
    return again(case)


def with_plan(
    case: ReceivedReferral,
    *,
    sessions: int = 2,
    at: datetime | None = None,
    text: str = "View flats together.",
) -> ReceivedReferral:
    """Assessed, with a submitted action plan, one activity for each desired outcome, and its delivery sessions.

    The plan before it, if any, is superseded and its open change requests are answered.
    """
    case = _assessed_at_all(case)
    at = at or case.received_at + 7 * A_DAY
    case.action_plans.filter(submitted_at__isnull=False, superseded_at__isnull=True).update(superseded_at=at)
    PlanChangeRequest.objects.unscoped().filter(plan__received=case, answered_at=None).update(answered_at=at)
    plan = ActionPlan.objects.unscoped().create(
        received=case,
        number=case.action_plans.count() + 1,
        created_by=case.caseworker,
        created_at=at,
    )
    PlanActivity.objects.unscoped().bulk_create(
        PlanActivity(plan=plan, outcome=outcome, position=position, text=text)
        for position, outcome in enumerate(outcomes_of(case), start=1)
    )
    plan.sessions, plan.submitted_by, plan.submitted_at = sessions, case.caseworker, at
    plan.save()
    there = case.sessions.count()
    DeliverySession.objects.unscoped().bulk_create(
        DeliverySession(received=case, number=number) for number in range(there + 1, sessions + 1)
    )
    return again(case)


def with_session_arranged(
    case: ReceivedReferral, number: int = 1, *, starts_at: datetime | None = None
) -> ReceivedReferral:
    """With an appointment for a delivery session that nothing was said about yet."""
    starts_at = starts_at or case.received_at + (9 + number) * A_DAY
    _appointment(case, Purpose.SESSION, case.sessions.get(number=number), starts_at)
    return again(case)


def with_session(
    case: ReceivedReferral,
    number: int = 1,
    *,
    starts_at: datetime | None = None,
    happened: bool = True,
    attended: bool = True,
    response: str = "Took part well.",
) -> ReceivedReferral:
    """With a delivery session that was recorded: held unless told. ``attended=False`` means it was missed."""
    session = case.sessions.get(number=number)
    starts_at = starts_at or case.received_at + (9 + number) * A_DAY
    waiting = session.appointments.filter(closed_as="", feedback__isnull=True).first()
    _record(
        waiting or _appointment(case, Purpose.SESSION, session, starts_at),
        happened=happened and attended,
        attended=attended,
        response=response,
    )
    return again(case)


def with_booking_refused(
    case: ReceivedReferral,
    *,
    at: datetime | None = None,
    reason: str = "It clashes with another appointment in nDelius. Choose a different date or time.",
) -> ReceivedReferral:
    """With its arranged appointments not accepted by nDelius, as the outbox marks them."""
    assert _without_feedback(case).update(
        ndelius_state=NdeliusState.REFUSED, ndelius_reason=reason, ndelius_refused_at=at or timezone.now()
    )
    return again(case)


def with_change_asked(
    case: ReceivedReferral, *, by: User | None = None, text: str = "Add budgeting."
) -> ReceivedReferral:
    """With a change to the plan in force asked for by a practitioner."""
    PlanChangeRequest.objects.unscoped().create(
        form_key=uuid4(),
        plan=case.action_plans.get(submitted_at__isnull=False, superseded_at__isnull=True),
        text=text,
        asked_by=by or PractitionerFactory(),
        asked_at=case.received_at + 8 * A_DAY,
    )
    return again(case)


def with_end_requested(
    case: ReceivedReferral, *, reason: str = "MOV", by: User | None = None
) -> ReceivedReferral:
    """With an end asked for by a practitioner, and what was to come cancelled; concluded when nobody ever attended."""
    at = case.received_at + 20 * A_DAY
    _without_feedback(case).filter(starts_at__gt=at).update(closed_as=Closed.ENDED, closed_at=at)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(
        end_requested_at=at,
        end_requested_by=by or PractitionerFactory(),
        end_reason=reason,
        end_comments="Moved.",
    )
    if not Feedback.objects.unscoped().filter(appointment__session__received=case, attended=True).exists():
        _conclude(case, Conclusion.CANCELLED, at)
    return again(case)


def with_report(case: ReceivedReferral, *, conclusion: Conclusion) -> ReceivedReferral:
    """With the end of service report submitted, and so concluded."""
    at = case.received_at + 22 * A_DAY
    report = EndOfServiceReport.objects.unscoped().create(
        received=case, started_by=case.caseworker, started_at=at, further_information=""
    )
    OutcomeAchievement.objects.unscoped().bulk_create(
        OutcomeAchievement(
            report=report,
            outcome=outcome,
            level=OutcomeAchievement.Level.ACHIEVED,
            progress="Found a room and kept it.",
        )
        for outcome in outcomes_of(case)
    )
    report.submitted_by, report.submitted_at = case.caseworker, at
    report.save()
    _conclude(case, conclusion, at)
    return again(case)


def at_stage(
    stage: Stage, *, contract: Contract | None = None, at: datetime | None = None
) -> ReceivedReferral:
    """A case at ``stage``, received 30 days ago unless told."""
    case = received(contract, at=at or timezone.now() - RECEIVED_AGO)
    if stage != Stage.ASSIGN:  # or it stands there already
        with _for_another():
            case = BUILDERS[stage](case)
        case = again(case)
    assert case.stage == stage, f"{case.stage} instead of {stage}"
    return case


BUILDERS: dict[Stage, Callable[[ReceivedReferral], ReceivedReferral]] = {
    Stage.ASSIGN: again,
    Stage.ARRANGE_ASSESSMENT: assigned,
    Stage.HOLD_ASSESSMENT: with_assessment_arranged,
    Stage.PLAN: assessed,
    Stage.CHANGE_PLAN: lambda case: with_change_asked(with_plan(case)),
    Stage.ARRANGE_SESSION: lambda case: with_session(with_plan(case), 1),
    Stage.HOLD_SESSION: lambda case: with_session_arranged(with_plan(case), 1),
    Stage.REPORT: lambda case: with_session(with_session(with_plan(case), 1), 2, attended=False),
    Stage.COMPLETED: lambda case: with_report(
        with_session(with_plan(case, sessions=1), 1), conclusion=Conclusion.COMPLETED
    ),
    Stage.ENDED_EARLY: lambda case: with_report(
        with_end_requested(with_session(with_plan(case), 1)), conclusion=Conclusion.ENDED_EARLY
    ),
    Stage.CANCELLED: lambda case: with_end_requested(case),
}


def outcomes_of(case: ReceivedReferral) -> list[ReceivedOutcome]:
    """The desired outcomes in the order of the referral."""
    return [
        *ReceivedOutcome.objects.unscoped()
        .filter(service__received=case)
        .order_by("service__position", "position")
    ]


def _assigned_at_all(case: ReceivedReferral) -> ReceivedReferral:
    with _for_another():
        return case if case.caseworker_id else assigned(case)


def _assessed_at_all(case: ReceivedReferral) -> ReceivedReferral:
    held = Feedback.objects.unscoped().filter(appointment__received=case, happened=True)
    with _for_another():
        return case if held.filter(appointment__purpose=Purpose.ASSESSMENT).exists() else assessed(case)


def _appointment(
    case: ReceivedReferral, purpose: Purpose, session: DeliverySession | None, starts_at: datetime
) -> Appointment:
    return Appointment.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        purpose=purpose,
        session=session,
        starts_at=starts_at,
        minutes=60,
        method=Method.PHONE,
        scheduled_by=case.caseworker,
        scheduled_at=starts_at - A_DAY,
    )


def _record(
    appointment: Appointment, *, happened: bool, attended: bool, response: str = "Took part well."
) -> None:
    Feedback.objects.unscoped().create(
        appointment=appointment,
        happened=happened,
        attended=attended,
        was_late=False if happened else None,
        what_was_done="Talked about what is needed." if happened else "",
        how_they_responded=response if happened else "",
        no_attendance_information="" if attended else "Did not answer the phone.",
        notify_of_concerns=False,
        saved_at=appointment.starts_at,
        submitted_by=appointment.scheduled_by,
        submitted_at=appointment.starts_at,
    )
    if not happened:
        appointment.closed_as = Closed.NOT_HELD if attended else Closed.MISSED
        appointment.closed_at = appointment.starts_at
        appointment.save()


def _without_feedback(case: ReceivedReferral) -> QuerySet[Appointment]:
    return case.appointments.filter(closed_as="", feedback__submitted_at=None)


def _conclude(case: ReceivedReferral, conclusion: Conclusion, at: datetime) -> None:
    _without_feedback(case).update(closed_as=Closed.UNRECORDED, closed_at=at)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(concluded_at=at, conclusion=conclusion)
