"""Arranging appointments and recording them: the actions, whatever page calls them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import OutOfDate, Refused
from monitoring.access.database_rights import supplier_rights
from monitoring.actions.arrange_appointment import CannotBeArranged, arrange_appointment
from monitoring.actions.give_feedback import ChangedMeanwhile, save_draft, submit_feedback, version_of
from monitoring.models import (
    Appointment,
    AskedBy,
    Closed,
    DeliverySession,
    Feedback,
    Method,
    Purpose,
    ReceivedReferral,
    Stage,
)
from monitoring.rules.appointments import Arrangement, Change
from monitoring.rules.feedback import FeedbackAnswers
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import received
from tests.factories.monitoring_delivery import (
    assessed,
    assigned,
    at_stage,
    with_assessment_arranged,
    with_end_requested,
    with_plan,
    with_session,
)
from tests.monitoring.test_feedback_rules import HELD, MISSED, NOT_HELD
from tests.monitoring.test_receiving_at_once import _at_once

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
BUS = Change(AskedBy.PERSON_ON_PROBATION, "The bus does not go.")


def by_phone(days: float = 2, **changes: Any) -> Arrangement:
    """An hour on the phone, in so many days, on a whole hour."""
    whole = timezone.now().replace(minute=0, second=0, microsecond=0)
    return replace(Arrangement(starts_at=whole + days * A_DAY, minutes=60, method=Method.PHONE), **changes)


def case_at(build: Any = assigned, *, days_ago: int = 30) -> ReceivedReferral:
    """A case sent and received some days ago."""
    at = timezone.now() - days_ago * A_DAY
    case: ReceivedReferral = build(received(at=at, sent_at=at))
    return case


def arrange(
    case: ReceivedReferral,
    arrangement: Arrangement | None = None,
    *,
    within: Callable[[User], AbstractContextManager[None]] = supplier_rights,
    **changes: Any,
) -> Appointment:
    """Arrange, under the supplier's own database rights unless told."""
    facts: dict[str, Any] = {
        "session": None,
        "arrangement": arrangement or by_phone(),
        "in_place_of": None,
        "form_key": uuid4(),
        "by": User.objects.filter(pk=case.caseworker_id).first(),
        **changes,
    }
    with within(facts["by"]):
        return arrange_appointment(received=case, **facts)


def session_of(case: ReceivedReferral, number: int = 1) -> DeliverySession:
    return case.sessions.get(number=number)


def stage_of(case: ReceivedReferral) -> str:
    return ReceivedReferral.objects.unscoped().get(pk=case.pk).stage


def kinds() -> list[str]:
    return sorted(OutboxEntry.objects.values_list("kind", flat=True))


# --- Arranging ------------------------------------------------------------------------------------


def test_an_assessment_is_arranged() -> None:
    case = case_at()

    appointment = arrange(case)

    assert appointment.purpose == Purpose.ASSESSMENT
    assert stage_of(case) == Stage.HOLD_ASSESSMENT
    assert kinds() == ["email.assessment_arranged", "ndelius.appointment"]
    booking = OutboxEntry.objects.get(kind="ndelius.appointment")
    assert booking.referral == case.key, "waits until nDelius knows the referral"
    assert booking.payload == {"appointment": str(appointment.pk)}
    event = AuditEvent.objects.get(action=AuditAction.APPOINTMENT_ARRANGED)
    assert event.facts == {"appointment": str(appointment.pk), "purpose": "ASSESSMENT"}


def test_a_session_is_arranged_and_nobody_is_emailed() -> None:
    case = case_at(with_plan)

    appointment = arrange(case, by_phone(is_group=True), session=session_of(case))

    assert (appointment.purpose, appointment.session, appointment.is_group) == (
        Purpose.SESSION,
        session_of(case),
        True,
    )
    assert stage_of(case) == Stage.HOLD_SESSION
    assert kinds() == ["ndelius.appointment"]


def test_the_same_form_again_changes_nothing() -> None:
    case, form_key = case_at(), uuid4()

    first = arrange(case, form_key=form_key)
    again = arrange(case, form_key=form_key)

    assert first == again
    assert Appointment.objects.unscoped().count() == 1
    assert OutboxEntry.objects.count() == 2


def test_the_same_form_again_finds_what_it_made_when_the_stage_has_moved_on() -> None:
    case, form_key = case_at(), uuid4()
    first = arrange(case, by_phone(-1), feedback=HELD, form_key=form_key)
    assert stage_of(case) == Stage.PLAN

    assert arrange(case, by_phone(-1), feedback=HELD, form_key=form_key) == first


def test_rescheduling_keeps_the_old_one() -> None:
    case = case_at()
    old = arrange(case)

    new = arrange(case, by_phone(3), in_place_of=old.pk, change=BUS)

    old.refresh_from_db()
    assert (old.closed_as, new.replaces, new.closed_as) == (Closed.REPLACED, old, "")
    assert (new.reschedule_asked_by, new.reschedule_reason) == ("PERSON_ON_PROBATION", "The bus does not go.")
    assert AuditEvent.objects.filter(action=AuditAction.APPOINTMENT_RESCHEDULED).count() == 1
    assert kinds().count("email.assessment_arranged") == 2


def test_what_needs_feedback_can_still_be_moved() -> None:
    """Q12: not only delivery sessions."""
    case = case_at(lambda case: with_assessment_arranged(case, starts_at=timezone.now() - AN_HOUR))
    old = case.appointments.get()

    new = arrange(case, in_place_of=old.pk, change=BUS)

    assert new.replaces == old


def test_every_earlier_appointment_is_closed() -> None:
    """Q23: at most one is current, however often it was moved."""
    case = case_at(with_plan)
    last = arrange(case, session=session_of(case))
    for days in (3, 4, 5):
        last = arrange(case, by_phone(days), session=session_of(case), in_place_of=last.pk, change=BUS)

    assert [one.pk for one in case.appointments.filter(purpose=Purpose.SESSION, closed_as="")] == [last.pk]


@pytest.mark.parametrize("change", [None, Change(AskedBy.SERVICE_PROVIDER, "  ")], ids=["nothing", "blank"])
def test_a_change_needs_who_and_why(change: Change | None) -> None:
    case = case_at()
    old = arrange(case)

    with pytest.raises(CannotBeArranged):
        arrange(case, by_phone(3), in_place_of=old.pk, change=change)

    old.refresh_from_db()
    assert old.closed_as == ""


@pytest.mark.parametrize("in_place_of", [None, UUID(int=0)], ids=["as if there were none", "another one"])
def test_the_second_of_two_people_is_told(in_place_of: UUID | None) -> None:
    case = case_at()
    arrange(case)

    with pytest.raises(OutOfDate):
        arrange(case, by_phone(3), in_place_of=in_place_of, change=BUS)


def test_what_was_there_when_the_page_was_opened_may_be_gone() -> None:
    with pytest.raises(OutOfDate):
        arrange(case_at(), in_place_of=uuid4(), change=BUS)


@pytest.mark.parametrize("answers", [MISSED, NOT_HELD], ids=["missed", "not held"])
def test_after_one_that_did_not_take_place_there_is_a_new_one(answers: FeedbackAnswers) -> None:
    """V24: no reason is asked, and the old one stays what it was."""
    case = case_at()
    old = arrange(case, by_phone(-1), feedback=answers)

    new = arrange(case)

    old.refresh_from_db()
    assert old.closed_as in (Closed.MISSED, Closed.NOT_HELD)
    assert new.replaces is None


def test_after_an_assessment_was_held_there_is_no_other() -> None:
    case = case_at(assessed)

    with pytest.raises(Refused) as refusal:
        arrange(case)
    assert refusal.value.code == "stage"


def test_after_a_session_was_held_there_is_no_other() -> None:
    """Q30: the live service's backend did not refuse it."""
    case = case_at(lambda case: with_session(with_plan(case), 1))
    held = case.sessions.get(number=1).appointments.get()

    with pytest.raises(Refused) as refusal:
        arrange(case, session=session_of(case), in_place_of=held.pk, change=BUS)
    assert refusal.value.code == "happened"


@pytest.mark.parametrize(
    "stage",
    [Stage.ASSIGN, Stage.PLAN, Stage.ARRANGE_SESSION, Stage.REPORT, Stage.COMPLETED, Stage.CANCELLED],
)
def test_stages_at_which_no_assessment_is_arranged(stage: Stage) -> None:
    case = at_stage(stage)

    with pytest.raises(Refused):
        arrange(case, by=caseworker_on(case.contract))


def test_somebody_of_another_provider_is_refused() -> None:
    """By the action itself; under their database rights they would not find the case on PostgreSQL."""
    with pytest.raises(Refused) as refusal:
        arrange(case_at(), by=caseworker_on(received().contract), within=nullcontext)
    assert refusal.value.code == "not_granted"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"minutes": 0}, id="no length"),
        pytest.param({"method": Method.OFFICE, "office_id": 12345}, id="an office that is not there"),
        pytest.param({"is_group": True}, id="a group for an assessment"),
        pytest.param({"starts_at": timezone.now() + 200 * A_DAY}, id="too far ahead"),
    ],
)
def test_the_rules_hold_for_the_action_too(changes: dict[str, Any]) -> None:
    with pytest.raises(CannotBeArranged):
        arrange(case_at(), by_phone(**changes))
    assert not Appointment.objects.unscoped().exists()


# --- Clashes ----------------------------------------------------------------------------------------


def test_one_person_has_one_appointment_at_a_time() -> None:
    case = case_at(with_plan)
    arrange(case, session=session_of(case, 1))

    with pytest.raises(CannotBeArranged, match="clash") as refusal:
        arrange(case, by_phone(2 + 0.5 / 24), session=session_of(case, 2))
    assert refusal.value.reason.startswith("The person has")
    arrange(case, by_phone(2 + 1 / 24), session=session_of(case, 2))


def test_one_caseworker_has_one_appointment_at_a_time_and_no_word_of_the_other_case() -> None:
    case = case_at()
    other = assigned(received(case.contract, crn="X980011"), to=User.objects.get(pk=case.caseworker_id))
    arrange(other)

    with pytest.raises(CannotBeArranged) as refusal:
        arrange(case)
    assert refusal.value.reason.startswith("The caseworker has")
    assert other.reference not in refusal.value.reason


def test_another_caseworkers_time_is_free() -> None:
    case = case_at()
    arrange(assigned(received(case.contract)))

    arrange(case)


@pytest.mark.parametrize("closed", [Closed.REPLACED, Closed.MISSED])
def test_a_closed_appointment_takes_no_time(closed: Closed) -> None:
    case = case_at(with_plan)
    first = arrange(case, session=session_of(case, 1))
    Appointment.objects.unscoped().filter(pk=first.pk).update(closed_as=closed, closed_at=timezone.now())

    arrange(case, session=session_of(case, 2))


def test_moving_by_half_an_hour_does_not_clash_with_itself() -> None:
    case = case_at()
    old = arrange(case)

    arrange(case, by_phone(2 + 0.5 / 24), in_place_of=old.pk, change=BUS)


# --- In the past --------------------------------------------------------------------------------------


def test_one_in_the_past_is_recorded_with_its_feedback_in_one() -> None:
    case = case_at()

    appointment = arrange(case, by_phone(-1), feedback=HELD)

    assert appointment.feedback.submitted_at is not None
    assert stage_of(case) == Stage.PLAN
    assert kinds() == ["ndelius.appointment"], "one entry tells of both; nobody is invited to the past"


@pytest.mark.parametrize(
    ("days", "feedback"),
    [
        pytest.param(-1, None, id="past without feedback"),
        pytest.param(1, HELD, id="to come with feedback"),
    ],
)
def test_past_and_feedback_belong_together(days: float, feedback: FeedbackAnswers | None) -> None:
    with pytest.raises(CannotBeArranged):
        arrange(case_at(), by_phone(days), feedback=feedback)


def test_incomplete_feedback_saves_nothing() -> None:
    case = case_at()

    with pytest.raises(Refused) as refusal:
        arrange(case, by_phone(-1), feedback=replace(HELD, what_was_done=""))

    assert refusal.value.code == "incomplete"
    assert not Appointment.objects.unscoped().exists()
    assert not OutboxEntry.objects.exists()


def test_what_was_held_before_an_end_was_asked_for_can_be_recorded() -> None:
    case = case_at(lambda case: with_end_requested(with_session(with_plan(case), 1)))

    arrange(case, by_phone(-1), session=session_of(case, 2), feedback=HELD)
    with pytest.raises(Refused):
        arrange(case, by_phone(1), session=session_of(case, 2))


# --- Feedback -------------------------------------------------------------------------------------------


def waiting(**changes: Any) -> Appointment:
    """An assessment that began an hour ago."""
    case = case_at(lambda case: with_assessment_arranged(case, starts_at=timezone.now() - AN_HOUR, **changes))
    return case.appointments.select_related("received").get()


def keep(appointment: Appointment, answers: FeedbackAnswers, as_opened: str | None = None) -> Feedback:
    by = User.objects.get(pk=appointment.received.caseworker_id)
    shown = version_of(Feedback.objects.unscoped().filter(appointment=appointment).first())
    with supplier_rights(by):
        return save_draft(
            appointment=appointment,
            answers=answers,
            as_opened=shown if as_opened is None else as_opened,
            by=by,
        )


def submit(appointment: Appointment, as_shown: str) -> Feedback:
    by = User.objects.get(pk=appointment.received.caseworker_id)
    with supplier_rights(by):
        return submit_feedback(appointment=appointment, as_shown=as_shown, by=by)


@pytest.mark.parametrize(
    ("answers", "closed_as", "stage", "emails"),
    [
        pytest.param(HELD, "", Stage.PLAN, [], id="held"),
        pytest.param(
            replace(HELD, notify_of_behaviour=True, behaviour="Shouted."),
            "", Stage.PLAN, ["email.session_poor_behaviour"], id="behaviour",
        ),
        pytest.param(
            replace(HELD, notify_of_concerns=True, concerns="A bruise."),
            "", Stage.PLAN, ["email.session_concerns"], id="concerns",
        ),
        pytest.param(
            replace(HELD, notify_of_concerns=True, concerns="A.", notify_of_behaviour=True, behaviour="B."),
            "", Stage.PLAN, ["email.session_concerns", "email.session_poor_behaviour"], id="both",
        ),
        pytest.param(NOT_HELD, Closed.NOT_HELD, Stage.ARRANGE_ASSESSMENT, [], id="not held"),
        pytest.param(
            MISSED, Closed.MISSED, Stage.ARRANGE_ASSESSMENT, ["email.appointment_not_attended"], id="missed"
        ),
        pytest.param(
            replace(MISSED, notify_of_concerns=True, concerns="Not seen for days."),
            Closed.MISSED, Stage.ARRANGE_ASSESSMENT,
            ["email.appointment_not_attended", "email.session_concerns"], id="missed, and concerns",
        ),
    ],
)  # fmt: skip
def test_submitting(answers: FeedbackAnswers, closed_as: str, stage: Stage, emails: list[str]) -> None:
    appointment = waiting()

    submit(appointment, version_of(keep(appointment, answers)))

    appointment.refresh_from_db()
    assert appointment.closed_as == closed_as
    assert (appointment.closed_at is not None) == bool(closed_as)
    assert stage_of(appointment.received) == stage
    assert kinds() == [*emails, "ndelius.appointment"]
    assert OutboxEntry.objects.get(kind="ndelius.appointment").key.endswith(":outcome")
    event = AuditEvent.objects.get(action=AuditAction.FEEDBACK_SUBMITTED)
    assert set(event.facts) == {
        "appointment",
        "happened",
        "attended",
        "notified_of_behaviour",
        "notified_of_concerns",
    }


def test_a_draft_is_no_record() -> None:
    appointment = waiting()

    keep(appointment, HELD)

    assert stage_of(appointment.received) == Stage.HOLD_ASSESSMENT
    assert not OutboxEntry.objects.exists()


def test_submitting_again_changes_nothing() -> None:
    appointment = waiting()
    first = submit(appointment, version_of(keep(appointment, MISSED)))

    again = submit(appointment, "whatever was shown")

    assert again.submitted_at == first.submitted_at
    assert kinds() == ["email.appointment_not_attended", "ndelius.appointment"]
    assert AuditEvent.objects.filter(action=AuditAction.FEEDBACK_SUBMITTED).count() == 1


def test_nothing_is_saved_over_submitted_feedback() -> None:
    appointment = waiting()
    submit(appointment, version_of(keep(appointment, MISSED)))

    with pytest.raises(OutOfDate):
        keep(appointment, HELD)

    assert Feedback.objects.unscoped().get().attended is False


@pytest.mark.parametrize(
    "answers", [None, FeedbackAnswers(happened=True, attended=True)], ids=["nothing", "half"]
)
def test_only_what_is_complete_is_submitted(answers: FeedbackAnswers | None) -> None:
    appointment = waiting()
    shown = version_of(keep(appointment, answers)) if answers else ""

    with pytest.raises(Refused) as refusal:
        submit(appointment, shown)
    assert refusal.value.code == "incomplete"


def test_what_was_changed_after_it_was_shown_is_not_submitted() -> None:
    appointment = waiting()
    shown = version_of(keep(appointment, HELD))
    keep(appointment, MISSED)

    with pytest.raises(ChangedMeanwhile):
        submit(appointment, shown)


def test_the_second_of_two_tabs_is_told_what_is_saved() -> None:
    appointment = waiting()
    keep(appointment, HELD)

    with pytest.raises(ChangedMeanwhile) as changed:
        keep(appointment, MISSED, as_opened="")
    assert changed.value.saved.happened is True


def test_no_feedback_about_what_is_to_come() -> None:
    case = case_at(lambda case: with_assessment_arranged(case, starts_at=timezone.now() + AN_HOUR))
    appointment = case.appointments.select_related("received").get()

    for attempt in (lambda: keep(appointment, HELD), lambda: submit(appointment, "")):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "future"


def test_no_feedback_about_what_was_moved() -> None:
    appointment = waiting()
    arrange(appointment.received, in_place_of=appointment.pk, change=BUS)

    with pytest.raises(Refused) as refusal:
        keep(appointment, HELD)
    assert refusal.value.code == "moved"


def test_changing_attendance_clears_what_was_said_before() -> None:
    """Q20, stored: the two flags and behaviour included."""
    appointment = waiting()
    keep(appointment, replace(HELD, notify_of_behaviour=True, behaviour="Shouted.", next_plans="Budget."))

    keep(appointment, MISSED)

    kept = Feedback.objects.unscoped().get()
    assert (kept.behaviour, kept.notify_of_behaviour, kept.what_was_done, kept.next_plans) == (
        "",
        None,
        "",
        "",
    )


def test_missed_and_then_attended() -> None:
    case = case_at(lambda case: with_plan(case, sessions=1))
    arrange(case, by_phone(-3), session=session_of(case), feedback=MISSED)
    assert stage_of(case) == Stage.ARRANGE_SESSION

    arrange(case, by_phone(-1), session=session_of(case), feedback=HELD)

    assert stage_of(case) == Stage.REPORT
    closed = (
        case.appointments.filter(session=session_of(case))
        .order_by("starts_at")
        .values_list("closed_as", flat=True)
    )
    assert list(closed) == [Closed.MISSED, ""]


def test_a_case_may_have_several_sessions_arranged_in_any_order() -> None:
    case = case_at(lambda case: with_plan(case, sessions=3))

    arrange(case, by_phone(9), session=session_of(case, 3))
    arrange(case, by_phone(3), session=session_of(case, 1))

    assert case.appointments.filter(closed_as="", purpose=Purpose.SESSION).count() == 2


# --- At once ----------------------------------------------------------------------------------------------

TRIES = 20
on_postgresql = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


class TestAtOnce:
    """Twenty tries at the same moment, each on a connection of its own."""

    pytestmark = on_postgresql

    def test_one_form_makes_one_appointment(self) -> None:
        case, form_key, arrangement = case_at(), uuid4(), by_phone()

        made = _at_once([lambda: arrange(case, arrangement, form_key=form_key).pk] * TRIES)

        assert set(made) == {Appointment.objects.unscoped().get().pk}
        assert OutboxEntry.objects.count() == 2

    def test_one_form_in_the_past_makes_one_appointment_with_one_feedback(self) -> None:
        case, form_key, arrangement = case_at(), uuid4(), by_phone(-1)

        made = _at_once([lambda: arrange(case, arrangement, form_key=form_key, feedback=MISSED).pk] * TRIES)

        assert set(made) == {Appointment.objects.unscoped().get().pk}
        assert Feedback.objects.unscoped().count() == 1
        assert kinds() == ["email.appointment_not_attended", "ndelius.appointment"]

    def test_of_twenty_people_one_arranges_it(self) -> None:
        case, arrangement = case_at(), by_phone()

        def attempt() -> object:
            try:
                return arrange(case, arrangement).pk
            except OutOfDate:
                return "told"

        answers = _at_once([attempt] * TRIES)

        assert answers.count("told") == TRIES - 1
        assert Appointment.objects.unscoped().count() == 1

    def test_feedback_is_submitted_once(self) -> None:
        appointment = waiting()
        shown = version_of(keep(appointment, MISSED))

        _at_once([lambda: submit(appointment, shown)] * TRIES)

        assert AuditEvent.objects.filter(action=AuditAction.FEEDBACK_SUBMITTED).count() == 1
        assert kinds() == ["email.appointment_not_attended", "ndelius.appointment"]

    def test_one_draft_is_kept(self) -> None:
        appointment = waiting()

        def attempt() -> object:
            try:
                return keep(appointment, HELD, as_opened="").pk
            except ChangedMeanwhile:
                return "told"

        answers = _at_once([attempt] * TRIES)

        assert answers.count("told") == TRIES - 1
        assert Feedback.objects.unscoped().count() == 1
