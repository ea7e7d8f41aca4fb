"""Sent cases with something on every page: further on, with drafts, notes, questions and pauses; and a report's file.

For tests that ask every address of the service, and so need a real object behind every part of an address. Must not
be read for how a case gets further: the stories tell that.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import Audience, User
from monitoring.actions.make_performance_report import make_report
from monitoring.models import (
    ActionPlan,
    CaseNote,
    Conclusion,
    EndOfServiceReport,
    Feedback,
    OutcomeAchievement,
    Pause,
    PerformanceReport,
    PlanActivity,
    Question,
    ReceivedReferral,
    ReferralChange,
    Stage,
    Topic,
)
from monitoring.rules.question_parts import parts_of
from tests.factories.monitoring_delivery import (
    again,
    assigned,
    outcomes_of,
    with_change_asked,
    with_end_requested,
    with_plan,
    with_report,
    with_session,
    with_session_arranged,
)

AN_HOUR = timedelta(hours=1)


def with_a_caseworker(case: ReceivedReferral, caseworker: User) -> ReceivedReferral:
    """Assigned, and no more."""
    return assigned(case, to=caseworker)


def delivered(case: ReceivedReferral, caseworker: User) -> ReceivedReferral:
    """In delivery: a plan with a draft of the next, sessions 1 (begun, feedback half given) to 3, and all that is said.

    A pause is going on, a question is open, a change was asked for and answered.
    """
    case = with_plan(with_change_asked(with_plan(assigned(case, to=caseworker), sessions=3)), sessions=3)
    case = with_session_arranged(case, 1, starts_at=timezone.now() - AN_HOUR)
    appointment = case.appointments.get(session__number=1)
    Feedback.objects.unscoped().create(
        appointment=appointment,
        happened=True,
        attended=True,
        was_late=False,
        what_was_done="Looked at flats.",
        how_they_responded="Took part well.",
        notify_of_behaviour=False,
        notify_of_concerns=False,
        saved_at=timezone.now(),
    )
    with_draft_plan(case)
    with_conversation(case)
    Pause.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        starts_on=timezone.localdate(),
        reason="In hospital.",
        set_by=caseworker,
        set_at=timezone.now(),
    )
    case = again(case)
    assert case.stage == Stage.HOLD_SESSION
    return case


def reported_on(case: ReceivedReferral, caseworker: User) -> ReceivedReferral:
    """Every session is recorded; the end of service report is begun, with an answer to its first outcome."""
    case = with_session(with_plan(assigned(case, to=caseworker), sessions=1), 1)
    report = EndOfServiceReport.objects.unscoped().create(
        received=case, started_by=caseworker, started_at=timezone.now(), further_information=""
    )
    OutcomeAchievement.objects.unscoped().create(
        report=report,
        outcome=outcomes_of(case)[0],
        level=OutcomeAchievement.Level.ACHIEVED,
        progress="Found a room and kept it.",
    )
    case = again(case)
    assert case.stage == Stage.REPORT
    return case


def ended(case: ReceivedReferral, caseworker: User) -> ReceivedReferral:
    """Ended early, with the reason in words, and reported on."""
    case = with_session(with_plan(assigned(case, to=caseworker), sessions=2), 1)
    case = with_report(with_end_requested(case), conclusion=Conclusion.ENDED_EARLY)
    assert case.stage == Stage.ENDED_EARLY
    return case


def with_draft_plan(case: ReceivedReferral) -> ActionPlan:
    """A draft of the next version of the action plan, with everything in it."""
    plan = ActionPlan.objects.unscoped().create(
        received=case,
        number=case.action_plans.count() + 1,
        sessions=3,
        created_by=case.caseworker,
        created_at=timezone.now(),
    )
    for position, outcome in enumerate(outcomes_of(case), start=1):
        PlanActivity.objects.unscoped().create(
            plan=plan, outcome=outcome, position=position, text="View flats together, and budget."
        )
    return plan


def with_conversation(case: ReceivedReferral) -> None:
    """A note by the caseworker, a question that waits for its answer, and a change to the referral."""
    CaseNote.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        subject="A visit",
        body="Saw a flat on Thursday.",
        written_by=case.caseworker,
        side=Audience.SUPPLIER,
        written_at=timezone.now(),
    )
    Question.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        about=next(iter(parts_of(case.services.all()))),
        kind=Question.Kind.UNCLEAR,
        text="Since when?",
        asked_by=case.caseworker,
        asked_at=timezone.now(),
    )
    ReferralChange.objects.unscoped().create(
        received=case,
        topic=Topic.MAXIMUM_ENFORCEABLE_DAYS,
        before="10",
        after="12",
        reason="The court added two.",
        by_name="Pat Practitioner",
        at=timezone.now(),
    )


def a_ready_report(by: User) -> PerformanceReport:
    """A performance report over the last year, made: its file is in the storage."""
    today = timezone.localdate()
    report = PerformanceReport.objects.unscoped().create(
        form_key=uuid4(),
        requested_by=by,
        requested_at=timezone.now(),
        from_date=today - timedelta(days=365),
        to_date=today,
    )
    assert make_report(report.pk)
    return PerformanceReport.objects.unscoped().get(pk=report.pk)


def rows_in_addresses(case: ReceivedReferral) -> dict[str, UUID]:
    """The key of a row of ``case`` for each part of an address that names one; a part without a row has no entry."""
    activities = PlanActivity.objects.unscoped().filter(plan__received=case, plan__submitted_at=None)
    rows = {
        "note_id": case.case_notes.all(),
        "question_id": case.questions.all(),
        "pause_id": case.pauses.all(),
        "change_id": case.changes.all(),
        "activity_id": activities,
        "appointment_id": case.appointments.filter(session__number=1),
    }
    return {part: found.pk for part, there in rows.items() if (found := there.first()) is not None}
