"""What was still arranged when a case ends: cancelled here and in nDelius, in order, and safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import Refused
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.actions.close_appointments import close_what_is_left
from monitoring.actions.end_referral import request_end
from monitoring.actions.give_feedback import WAS_CLOSED, save_draft
from monitoring.actions.standing import facts_of
from monitoring.deliveries.ndelius import STILL_THERE
from monitoring.models import Appointment, Closed, Conclusion, NdeliusState, ReceivedReferral, Stage
from monitoring.rules.conclusion import Delivery, delivery
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import (
    assigned,
    outcomes_of,
    with_assessment_arranged,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.factories.referrals import a_sent_referral
from tests.monitoring.test_appointments import BUS, arrange, by_phone, keep, session_of, submit
from tests.monitoring.test_feedback_rules import HELD
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
A_DAY = timedelta(days=1)


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def case(referral: Referral, personas: dict[str, User]) -> ReceivedReferral:
    """Received a month ago, assigned to the demo's caseworker."""
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    earlier = timezone.now() - 30 * A_DAY
    rows.update(sent_at=earlier, received_at=earlier)
    return assigned(rows.get(), to=personas["sp.caseworker"])


@pytest.fixture
def end(personas: dict[str, User]) -> Callable[[ReceivedReferral], ReceivedReferral]:
    """The practitioner asks for the end of a case."""
    return lambda case: request_end(received=case, reason="MOV", comments="Moved.", by=personas["pp"])


def told() -> list[Any]:
    """What nDelius was told about appointments."""
    return [call.body for call in adapter.state().calls("ndelius", "/appointments")]


def deliver_all(*, now: datetime | None = None) -> None:
    for entry in OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING).order_by("created_at"):
        outbox.deliver_entry(entry.pk, now=now)


def fresh(appointment: Appointment) -> Appointment:
    return Appointment.objects.unscoped().get(pk=appointment.pk)


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- What is closed, and as what ------------------------------------------------------------------------


def test_a_cancelled_case_keeps_nothing_arranged(case: ReceivedReferral, end: Any) -> None:
    case = with_plan(case, sessions=3)
    with_session_arranged(case, 1, starts_at=timezone.now() - A_DAY)
    with_session_arranged(case, 2, starts_at=timezone.now() + A_DAY)

    ended = end(case)

    assert ended.stage == Stage.CANCELLED
    closed = {one.session.number: one.closed_as for one in case.appointments.exclude(session=None)}
    assert closed == {1: Closed.UNRECORDED, 2: Closed.ENDED}
    assert AuditEvent.objects.get(action=AuditAction.END_REQUESTED).facts == {
        "reason": "MOV", "meaning": "withdrawn_before_first_session", "cancelled": 1,
    }  # fmt: skip


def test_what_has_begun_can_be_recorded_until_the_report_is_submitted(
    case: ReceivedReferral, end: Any
) -> None:
    case = with_session(with_plan(case, sessions=3), 1)
    with_session_arranged(case, 2, starts_at=timezone.now() - timedelta(hours=1))
    with_session_arranged(case, 3, starts_at=timezone.now() + A_DAY)

    assert end(case).stage == Stage.REPORT

    begun = Appointment.objects.unscoped().select_related("received").get(session__number=2)
    assert (begun.closed_as, case.appointments.get(session__number=3).closed_as) == ("", Closed.ENDED)
    submit(begun, keep(begun, HELD).saved_at.isoformat())
    assert facts_of(case).sessions_recorded == 2


def test_the_report_closes_what_nobody_recorded(
    case: ReceivedReferral, end: Any, personas: dict[str, User]
) -> None:
    case = with_session(with_plan(case, sessions=3), 1)
    case = with_session_arranged(case, 2, starts_at=timezone.now() - timedelta(hours=1))
    end(case)
    worker = personas["sp.caseworker"]
    end_of_service.start_report(received=case, by=worker)
    for outcome in outcomes_of(case):
        end_of_service.save_achievement(
            received=case, outcome=outcome.pk, level="ACHIEVED", progress="Well", remaining="", by=worker
        )
    end_of_service.save_further_information(received=case, text="", by=worker)

    end_of_service.submit_report(received=case, by=worker)

    assert case.appointments.get(session__number=2).closed_as == Closed.UNRECORDED
    now = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    assert now.conclusion == Conclusion.ENDED_EARLY


def test_what_was_recorded_moved_or_missed_stays_as_it_was(case: ReceivedReferral, end: Any) -> None:
    case = with_plan(case, sessions=3)
    case = with_session(case, 1, attended=False)
    first = arrange(case, by_phone(2), session=session_of(case, 2))
    arrange(case, by_phone(3), session=session_of(case, 2), in_place_of=first.pk, change=BUS)
    before = dict(case.appointments.exclude(closed_as="", feedback=None).values_list("pk", "closed_as"))

    end(case)

    assert dict(case.appointments.filter(pk__in=before).values_list("pk", "closed_as")) == before


def test_a_missed_session_that_was_to_be_held_after_all_does_not_count_as_delivered(
    case: ReceivedReferral, end: Any
) -> None:
    """Else a case that ended early would read as completed."""
    case = with_session(with_plan(case, sessions=2), 1)
    case = with_session(case, 2, attended=False)
    arrange(case, by_phone(2), session=session_of(case, 2))

    end(case)

    assert delivery(facts_of(case)) is Delivery.IN_PROGRESS


def test_closing_again_changes_nothing(case: ReceivedReferral, end: Any) -> None:
    case = with_session_arranged(
        with_session(with_plan(case, sessions=2), 1), 2, starts_at=timezone.now() + A_DAY
    )
    end(case)
    before = [*case.appointments.order_by("pk").values()], OutboxEntry.objects.count()

    end(case)
    assert close_what_is_left(ReceivedReferral.objects.unscoped().get(pk=case.pk), at=timezone.now()) == 0

    assert ([*case.appointments.order_by("pk").values()], OutboxEntry.objects.count()) == before


# --- What nDelius is told -------------------------------------------------------------------------------


def test_ndelius_is_told_that_it_did_not_happen_and_that_nobody_failed(
    case: ReceivedReferral, end: Any
) -> None:
    appointment = arrange(case)
    deliver_all()
    number = fresh(appointment).ndelius_id

    end(case)
    assert fresh(appointment).ndelius_state == NdeliusState.WAITING
    deliver_all()

    booked, cancelled = told()
    assert (cancelled["id"], cancelled["deliusId"], cancelled["start"]) == (
        booked["id"],
        number,
        booked["start"],
    )
    assert cancelled["outcome"] == {
        "attended": "YES",  # NO counts as a failure to attend, and starts enforcement
        "didSessionHappen": False,
        "noSessionReasonType": "LOGISTICS",
        "notifyProbationPractitionerOfAttendanceFailure": False,
        "notifyProbationPractitionerOfBehaviour": False,
        "notifyProbationPractitionerOfConcerns": False,
    }
    assert cancelled["notes"].startswith("Cancelled because the referral ended.")
    assert fresh(appointment).ndelius_state == NdeliusState.ACCEPTED


def test_what_ndelius_never_had_is_not_made_there_to_be_cancelled(case: ReceivedReferral, end: Any) -> None:
    arrange(case)

    end(case)
    deliver_all()

    assert told() == []
    assert (
        not OutboxEntry.objects.filter(kind="ndelius.appointment")
        .exclude(state__in=OutboxEntry.SETTLED)
        .exists()
    )


def test_what_ndelius_refused_is_not_cancelled_there(case: ReceivedReferral, end: Any) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=409, times=1))
    arrange(case)
    deliver_all()

    end(case)
    deliver_all()

    assert len(told()) == 1


@pytest.mark.slow
def test_a_booking_that_may_have_got_through_is_cancelled(case: ReceivedReferral, end: Any) -> None:
    """nDelius took it and its answer was lost; then the case ended, before the next try."""
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=503))
    arrange(case)
    deliver_all()
    adapter.reset()

    end(case)
    deliver_all(now=timezone.now() + timedelta(hours=2))

    assert [body.get("outcome", {}).get("noSessionReasonType") for body in told()] == [
        "LOGISTICS",
        "LOGISTICS",
    ]


def test_it_is_told_after_the_booking(case: ReceivedReferral, end: Any) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=503))
    arrange(case)
    deliver_all()
    adapter.reset()
    end(case)
    last = OutboxEntry.objects.get(key__endswith=":cancelled")

    assert not outbox.deliver_entry(last.pk), "the booking before it is not delivered yet"
    assert told() == []


def test_a_cancellation_that_ndelius_refuses_is_said(
    case: ReceivedReferral, end: Any, as_persona: SignIn, page: Page
) -> None:
    appointment = arrange(case)
    deliver_all()
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=400))

    end(case)
    deliver_all()

    marked = fresh(appointment)
    assert (marked.ndelius_state, marked.ndelius_reason) == (NdeliusState.REFUSED, STILL_THERE)
    shown = words(
        page(as_persona("sp.caseworker"), reverse("monitoring:appointment", args=[case.pk, appointment.pk]))
    )
    assert STILL_THERE in shown


def test_telling_twice_says_the_same(case: ReceivedReferral, end: Any) -> None:
    arrange(case)
    deliver_all()
    end(case)
    deliver_all()

    outbox.HANDLERS["ndelius.appointment"](OutboxEntry.objects.get(key__endswith=":cancelled"))

    assert told()[-1] == told()[-2]


def test_a_moved_appointment_is_cancelled_under_its_own_name(case: ReceivedReferral, end: Any) -> None:
    """Told of the one before again, nDelius would make a third appointment."""
    old = arrange(case)
    deliver_all()
    new = arrange(case, by_phone(3), in_place_of=old.pk, change=BUS)
    deliver_all()

    end(case)
    deliver_all()

    assert [body.get("previousId") for body in told()] == [None, str(old.pk), None]
    assert told()[-1]["id"] == str(new.pk)


# --- What people see --------------------------------------------------------------------------------------


def test_the_practitioner_reads_beforehand_what_is_cancelled(
    case: ReceivedReferral, referral: Referral, as_persona: SignIn, page: Page
) -> None:
    with_assessment_arranged(case, starts_at=timezone.now() + A_DAY)
    client, address = as_persona("pp"), reverse("referrals:end_case", args=[referral.pk])

    fields = filled_in(page(client, address)) | {"reason": "MOV", "comments": "Moved."}
    checking = page.post(client, address, fields, status=200)

    assert "This appointment will be cancelled: Supplier assessment appointment on" in words(checking)


def test_both_sides_read_that_it_was_cancelled(
    case: ReceivedReferral, referral: Referral, end: Any, as_persona: SignIn, page: Page
) -> None:
    case = with_session(with_plan(case, sessions=2), 1)
    appointment = arrange(case, by_phone(2), session=session_of(case, 2))

    end(case)

    for persona, name, key in (("sp.caseworker", "monitoring", case.pk), ("pp", "referrals", referral.pk)):
        prefix = "" if name == "monitoring" else "case_"
        client = as_persona(persona)
        progress = words(page(client, reverse(f"{name}:{prefix}progress", args=[key])))
        assert "Cancelled because the referral ended" in progress
        assert f"{timezone.localdate() + 2 * A_DAY:%B %Y} cancelled because the referral ended" in progress
        shown = words(page(client, reverse(f"{name}:{prefix}appointment", args=[key, appointment.pk])))
        assert "This appointment was cancelled because the referral ended." in shown
        assert "Change appointment details" not in shown


def test_it_blocks_no_other_appointment_and_has_no_calendar_file(
    case: ReceivedReferral, end: Any, as_persona: SignIn, page: Page, personas: dict[str, User]
) -> None:
    case = with_session(with_plan(case, sessions=2), 1)
    appointment = arrange(case, by_phone(2), session=session_of(case, 2))
    other = assigned(
        ReceivedReferral.objects.unscoped().get(
            pk=a_sent_referral(personas["pp"], crn="X980001").received_id
        ),
        to=personas["sp.caseworker"],
    )

    assert end(case).stage == Stage.REPORT, "the case itself goes on"

    arrange(other, by_phone(2))
    page(
        as_persona("sp.caseworker"),
        reverse("monitoring:appointment_calendar", args=[case.pk, appointment.pk]),
        status=403,
    )


def test_nothing_is_recorded_about_it(case: ReceivedReferral, end: Any, personas: dict[str, User]) -> None:
    case = with_session(with_plan(case, sessions=2), 1)
    appointment = arrange(case, by_phone(2), session=session_of(case, 2))
    end(case)

    later = timezone.now() + 3 * A_DAY
    closed = Appointment.objects.unscoped().select_related("received").get(pk=appointment.pk)
    with pytest.raises(Refused) as refused:
        save_draft(appointment=closed, answers=HELD, as_opened="", by=personas["sp.caseworker"], at=later)
    assert refused.value.reason == WAS_CLOSED
