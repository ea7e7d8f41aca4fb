"""What nDelius and the practitioner are told about appointments: through the outbox, in order, and safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from interventions.models import ProbationOffice
from monitoring.deliveries.ndelius import CLASHES, NOT_TAKEN, UNKNOWN_THERE
from monitoring.models import Appointment, Method, NdeliusState, ReceivedReferral
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import assigned, with_plan
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.monitoring.test_appointments import BUS, arrange, by_phone, keep, session_of, submit
from tests.monitoring.test_feedback_rules import HELD, MISSED, NOT_HELD
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def case(referral: Referral, personas: dict[str, User]) -> ReceivedReferral:
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    earlier = received.sent_at - timedelta(days=20)
    ReceivedReferral.objects.unscoped().filter(pk=received.pk).update(sent_at=earlier, received_at=earlier)
    received.refresh_from_db()
    return assigned(received, to=personas["sp.caseworker"])


def told() -> list[Any]:
    """What nDelius was told about appointments."""
    return [call.body for call in adapter.state().calls("ndelius", "/appointments")]


def fresh(appointment: Appointment) -> Appointment:
    return Appointment.objects.unscoped().get(pk=appointment.pk)


# --- nDelius --------------------------------------------------------------------------------------


def test_a_booking_is_accepted(case: ReceivedReferral, referral: Referral) -> None:
    region = case.contract.region or case.contract.police_area.region
    office = ProbationOffice.objects.bookable_for(case.contract).first()
    assert office is not None, region
    appointment = arrange(case, by_phone(method=Method.OFFICE, office_id=office.pk))

    deliver_all()

    (body,) = told()
    assert body["id"] == str(appointment.pk)
    assert body["referralId"] == str(referral.pk), "by the id under which nDelius knows the referral"
    assert body["officeLocationCode"] == office.delius_code
    assert body["countsTowardsRar"] is False
    assert case.person_last_name not in body["notes"]
    assert fresh(appointment).ndelius_state == NdeliusState.ACCEPTED
    assert fresh(appointment).ndelius_id is not None


def test_a_booking_waits_for_the_referral(case: ReceivedReferral) -> None:
    OutboxEntry.objects.filter(kind="ndelius.referral").update(
        state=OutboxEntry.State.WAITING, next_attempt_at=timezone.now() + timedelta(hours=1)
    )
    appointment = arrange(case)

    deliver_all()
    assert told() == []
    assert fresh(appointment).ndelius_state == NdeliusState.WAITING

    OutboxEntry.objects.filter(kind="ndelius.referral").update(state=OutboxEntry.State.DELIVERED)
    deliver_all()
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [(409, CLASHES), (404, UNKNOWN_THERE), (400, NOT_TAKEN)],
)
def test_a_refusal_marks_the_appointment_with_its_reason(
    case: ReceivedReferral, status: int, reason: str
) -> None:
    adapter.state().faults.append(
        Fault(
            Effect.STATUS,
            path_regex=r"/appointments$",
            status=status,
            body={"message": "Alex River has one at 9"},
        )
    )
    appointment = arrange(case)

    deliver_all()

    marked = fresh(appointment)
    assert (marked.ndelius_state, marked.ndelius_reason) == (NdeliusState.REFUSED, reason)
    assert OutboxEntry.objects.get(kind="ndelius.appointment").state == OutboxEntry.State.DELIVERED


def test_a_refused_appointment_that_is_moved_is_booked_anew(case: ReceivedReferral) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=409, times=1))
    old = arrange(case)
    deliver_all()

    new = arrange(case, by_phone(3), in_place_of=old.pk, change=BUS)
    deliver_all()

    assert fresh(new).ndelius_state == NdeliusState.ACCEPTED
    assert "previousId" not in told()[-1], "nDelius never had the one before"
    assert told()[-1]["rescheduleRequestedBy"] == "Person on probation"


def test_a_moved_appointment_names_the_one_before(case: ReceivedReferral) -> None:
    old = arrange(case)
    deliver_all()

    arrange(case, by_phone(3), in_place_of=old.pk, change=BUS)
    deliver_all()

    assert told()[-1]["previousId"] == str(old.pk)


@pytest.mark.slow
def test_silence_is_tried_again(case: ReceivedReferral) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=r"/appointments$", status=503))
    appointment = arrange(case)
    deliver_all()
    assert fresh(appointment).ndelius_state == NdeliusState.WAITING
    assert OutboxEntry.objects.get(kind="ndelius.appointment").state == OutboxEntry.State.WAITING

    adapter.reset()
    entry = OutboxEntry.objects.get(kind="ndelius.appointment")
    assert outbox.deliver_entry(entry.pk, now=timezone.now() + timedelta(hours=2))

    assert fresh(appointment).ndelius_state == NdeliusState.ACCEPTED


def test_what_was_moved_before_ndelius_heard_of_it_is_not_booked(case: ReceivedReferral) -> None:
    old = arrange(case)
    new = arrange(case, by_phone(3), in_place_of=old.pk, change=BUS)

    deliver_all()

    assert [body["id"] for body in told()] == [str(new.pk)]
    assert fresh(old).ndelius_state == NdeliusState.WAITING


@pytest.mark.parametrize(
    ("answers", "attended", "happened"),
    [(HELD, "YES", True), (NOT_HELD, "YES", False), (MISSED, "NO", False)],
    ids=["held", "not held", "missed"],
)
def test_an_outcome_follows_under_the_same_id(
    case: ReceivedReferral, answers: Any, attended: str, happened: bool
) -> None:
    appointment = arrange(case)
    deliver_all()
    number = fresh(appointment).ndelius_id
    Appointment.objects.unscoped().update(starts_at=timezone.now() - timedelta(hours=1))
    appointment = Appointment.objects.unscoped().select_related("received").get()

    draft = keep(appointment, answers)
    submit(appointment, draft.saved_at.isoformat())
    deliver_all()

    outcome = told()[-1]
    assert (outcome["id"], outcome["deliusId"]) == (str(appointment.pk), number)
    assert (outcome["outcome"]["attended"], outcome["outcome"]["didSessionHappen"]) == (attended, happened)
    assert fresh(appointment).ndelius_id == number


def test_what_began_before_ndelius_answered_is_told_with_its_outcome(case: ReceivedReferral) -> None:
    """nDelius takes nothing in the past without an outcome."""
    appointment = arrange(case)
    Appointment.objects.unscoped().update(starts_at=timezone.now() - timedelta(hours=1))

    deliver_all()
    assert told() == []

    appointment = Appointment.objects.unscoped().select_related("received").get()
    submit(appointment, keep(appointment, HELD).saved_at.isoformat())
    deliver_all()
    assert len(told()) == 1
    assert fresh(appointment).ndelius_state == NdeliusState.ACCEPTED


@pytest.mark.slow
def test_a_session_counts_and_an_appointment_in_the_past_is_told_once(case: ReceivedReferral) -> None:
    with_plan(case)

    arrange(case, by_phone(-1), session=session_of(case), feedback=HELD)
    deliver_all()

    (body,) = told()
    assert body["countsTowardsRar"] is True
    assert body["outcome"]["attended"] == "YES"


def test_delivering_again_changes_nothing(case: ReceivedReferral) -> None:
    appointment = arrange(case)
    deliver_all()
    number = fresh(appointment).ndelius_id
    entry = OutboxEntry.objects.get(kind="ndelius.appointment")

    outbox.HANDLERS["ndelius.appointment"](entry)

    assert fresh(appointment).ndelius_id == number


# --- Emails -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "subjects"),
    [
        pytest.param(HELD, [], id="held"),
        pytest.param(MISSED, ["Someone did not attend an appointment"], id="missed"),
        pytest.param(
            replace(HELD, notify_of_concerns=True, concerns="A bruise."),
            ["Concerns after an appointment"],
            id="concerns",
        ),
    ],
)
def test_the_practitioner_is_told_with_a_link_and_nothing_else(
    case: ReceivedReferral,
    referral: Referral,
    as_persona: SignIn,
    page: Page,
    answers: Any,
    subjects: list[str],
) -> None:
    appointment = arrange(case, by_phone(-1), feedback=answers)

    deliver_all()

    to_practitioner = [message for message in mail.outbox if message.to == [case.practitioner_email]]
    assert [message.subject.split(" – ")[0] for message in to_practitioner] == subjects
    address = reverse("referrals:case_appointment", args=[referral.pk, appointment.pk])
    for message in to_practitioner:
        assert address in message.body
        for private in (case.person_first_name, case.person_last_name, case.crn, "bruise", "Phoned"):
            assert private not in message.body + message.subject
    page(as_persona("pp"), address)


def test_an_arranged_assessment_is_told(case: ReceivedReferral) -> None:
    arrange(case)

    deliver_all()

    assert [message.subject.split(" – ")[0] for message in mail.outbox] == [
        "A new referral was sent to you",
        "A supplier assessment was arranged",
    ]


# --- The practitioner's page ----------------------------------------------------------------------------


def _words(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def test_the_practitioner_reads_what_was_recorded(
    case: ReceivedReferral, referral: Referral, as_persona: SignIn, page: Page
) -> None:
    appointment = arrange(case, by_phone(-1), feedback=HELD)

    shown = _words(
        page(as_persona("pp"), reverse("referrals:case_appointment", args=[referral.pk, appointment.pk]))
    )

    assert "Viewed a flat." in shown
    assert "Completed" in shown
    assert "Change appointment details" not in shown


def test_a_draft_is_the_suppliers_own(
    case: ReceivedReferral, referral: Referral, as_persona: SignIn, page: Page
) -> None:
    arrange(case)
    Appointment.objects.unscoped().update(starts_at=timezone.now() - timedelta(hours=1))
    appointment = Appointment.objects.unscoped().select_related("received").get()
    keep(appointment, HELD)

    shown = _words(
        page(as_persona("pp"), reverse("referrals:case_appointment", args=[referral.pk, appointment.pk]))
    )

    assert "Viewed a flat." not in shown
    assert "Needs feedback" in shown


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("pp", 200, id="owner"),
        pytest.param("pp.colleague", 404, id="colleague"),
        pytest.param("sp.caseworker", 403, id="supplier"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_who_reads_it(
    case: ReceivedReferral, referral: Referral, as_persona: SignIn, persona: str, status: int
) -> None:
    appointment = arrange(case)
    url = reverse("referrals:case_appointment", args=[referral.pk, appointment.pk])

    assert as_persona(persona).get(url).status_code == status
    assert as_persona(persona).post(url, {}).status_code in (status, 405)


def test_one_of_another_case_is_not_found(
    case: ReceivedReferral, referral: Referral, personas: dict[str, User], as_persona: SignIn, page: Page
) -> None:
    other = a_sent_referral(personas["pp"])
    appointment = arrange(case)

    page(as_persona("pp"), reverse("referrals:case_appointment", args=[other.pk, appointment.pk]), status=404)
