"""Who is told when somebody has left, or an address is refused; and what both sides read about it (decision W5)."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.dismissing import dismiss
from events.models import OutboxEntry
from integrations import failures
from integrations.ndelius import client as ndelius
from interventions.models import Contract, ContractGrant
from monitoring.actions.amend_referral import replace_practitioner
from monitoring.actions.answer_question import answer_question
from monitoring.actions.ask_question import ask_question
from monitoring.actions.end_referral import request_end
from monitoring.actions.give_feedback import NDELIUS_APPOINTMENT
from monitoring.actions.write_action_plan import ask_for_plan_change
from monitoring.actions.write_case_note import write_case_note
from monitoring.models import Question, ReceivedReferral, UndeliveredMessage
from monitoring.rules.amendments import NewPractitioner
from referrals.models import Reassignment, Referral
from tests.factories.monitoring_delivery import assigned, with_plan, with_session_arranged
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NO_SUCH_USER, MAILBOX_BUSY = 550, 450


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    """Sent, assigned, with a plan; everything so far was delivered."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    with_plan(assigned(_received(sent), to=personas["sp.caseworker"]))
    deliver_all()
    mail.outbox.clear()
    return sent


def _received(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


def _note(referral: Referral, by: User) -> None:
    write_case_note(
        received=_received(referral),
        by=by,
        subject="A visit",
        body="All went well.",
        tell_other_side=True,
        form_key=uuid4(),
    )


def _read(client: Client, name: str, key: Any) -> str:
    return " ".join(assert_page(client.get(reverse(name, args=[key]))).get_text().split())


def _both_read(as_persona: SignIn, referral: Referral) -> dict[str, str]:
    return {
        "practitioner": _read(as_persona("pp"), "referrals:case_progress", referral.pk),
        "service provider": _read(as_persona("sp.manager"), "monitoring:progress", referral.received_id),
    }


def _refusing(monkeypatch: pytest.MonkeyPatch, address: str, code: int) -> None:
    """A mail server that takes every email but those to one address."""
    sends = EmailBackend.send_messages

    def refuse(backend: EmailBackend, messages: list[Any]) -> int:
        if any(address in message.to for message in messages):
            raise smtplib.SMTPRecipientsRefused({address: (code, b"no")})
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


# --- One refused address


@pytest.mark.slow
def test_a_refused_address_holds_up_nobody_else_and_both_sides_read_it(
    personas: dict[str, User], referral: Referral, as_persona: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a mail server that knows no such user as the practitioner
    received = _received(referral)
    _refusing(monkeypatch, received.practitioner_email, NO_SUCH_USER)

    # When the caseworker writes a note, and then the practitioner does
    _note(referral, personas["sp.caseworker"])
    _note(referral, personas["pp"])
    deliver_all()

    # Then the first is given up at once, the second arrives
    refused = OutboxEntry.objects.get(state="GIVEN_UP")
    assert (refused.attempts, refused.last_failure) == (
        1,
        "The mail server permanently refused the email (550)",
    )
    assert [email.to for email in mail.outbox] == [[personas["sp.caseworker"].email]]
    # And both sides read that the practitioner was not told, and what to do
    for page in _both_read(as_persona, referral).values():
        assert "We could not send an email to the probation practitioner" in page
        assert "by phone" in page
        assert received.practitioner_email not in page.partition("Messages not delivered")[2][:300]
    # And so does an administrator
    listed = as_persona("admin").get("/admin/events/outboxentry/?state__exact=GIVEN_UP").content.decode()
    assert "permanently refused the email" in listed
    assert received.practitioner_email not in listed


def test_what_is_delivered_after_all_is_struck_out(
    personas: dict[str, User], referral: Referral, as_persona: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        _refusing(refusing, _received(referral).practitioner_email, NO_SUCH_USER)
        _note(referral, personas["sp.caseworker"])
        deliver_all()
    assert UndeliveredMessage.objects.unscoped().count() == 1

    outbox.try_again(OutboxEntry.objects.get(state="GIVEN_UP"))
    deliver_all()

    assert not UndeliveredMessage.objects.unscoped().exists()
    assert "Messages not delivered" not in _both_read(as_persona, referral)["practitioner"]


@pytest.mark.slow
def test_a_passing_refusal_is_tried_again_for_a_day_after_the_first_try(
    personas: dict[str, User], referral: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refusing(monkeypatch, _received(referral).practitioner_email, MAILBOX_BUSY)
    _note(referral, personas["sp.caseworker"])
    # Nobody tried for three days: the worker was down.
    OutboxEntry.objects.filter(state="WAITING").update(created_at=timezone.now() - timedelta(days=3))
    entry, now = OutboxEntry.objects.get(state="WAITING"), timezone.now()

    states = []
    for hours in (0, 12, 23, 25):
        outbox.deliver_entry(entry.pk, now=now + timedelta(hours=hours))
        entry.refresh_from_db()
        states.append(entry.state)

    assert states == ["WAITING", "WAITING", "WAITING", "GIVEN_UP"]


@pytest.mark.slow
def test_both_sides_read_what_waits_what_failed_and_what_was_dismissed_and_why(
    personas: dict[str, User],
    referral: Referral,
    as_persona: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    # Given a mailbox that takes nothing now, and an nDelius that gave no answer for a day
    _refusing(monkeypatch, _received(referral).practitioner_email, MAILBOX_BUSY)
    monkeypatch.setattr(ndelius, "record_appointment", _no_answer)
    _note(referral, personas["sp.caseworker"])
    case = with_session_arranged(_received(referral), starts_at=timezone.now() + timedelta(days=3))
    appointment = case.appointments.get(session__number=1)
    case.appointments.update(ndelius_state="WAITING")
    outbox.enqueue(
        NDELIUS_APPOINTMENT, key="booking", referral=referral.pk, payload={"appointment": str(appointment.pk)}
    )
    deliver_all()

    # Then both sides read that they wait, and why
    for page in _both_read(as_persona, referral).values():
        assert "We have not emailed the probation practitioner yet: A case note was added." in page
        assert "The email system cannot reach the mailbox now. We will try again." in page
        assert "We have not updated nDelius yet: An appointment. nDelius took too long to answer." in page

    # When nDelius is given up
    booking = OutboxEntry.objects.get(key="booking")
    outbox.deliver_entry(booking.pk, now=timezone.now() + timedelta(hours=25))
    for page in _both_read(as_persona, referral).values():
        assert "An appointment. nDelius took too long to answer. An administrator has been told." in page

    # And an administrator dismisses both
    for entry in OutboxEntry.objects.exclude(state__in=OutboxEntry.SETTLED):
        assert dismiss(entry, reason="Agreed with the unit.", by=personas["admin"])

    # Then both sides read what nDelius was not told, and nothing waits
    for page in _both_read(as_persona, referral).values():
        assert "We did not update nDelius: An appointment. An administrator dismissed this" in page
        assert "We have not emailed" not in page
        assert "Agreed with the unit." not in page
    appointment.refresh_from_db()
    assert appointment.get_ndelius_state_display() == "Not sent to nDelius"


def _no_answer(*_: Any) -> int:
    raise failures.TimedOut("nDelius", "record_appointment")


# --- Who is responsible today


def _contact(referral: Referral, **details: str) -> None:
    ReceivedReferral.objects.unscoped().filter(pk=referral.received_id).update(**details)


def _mailbox(referral: Referral, address: str) -> None:
    Contract.objects.filter(pk=referral.contract_id).update(incoming_email=address)


def _sender_left(people: dict[str, User], referral: Referral) -> None:
    _contact(referral, practitioner_email=people["pp"].email)
    _close(people["pp"])


def _contact_accepted(people: dict[str, User], referral: Referral) -> None:
    _sender_left(people, referral)
    received = _received(referral)
    contact = replace(NewPractitioner.standing(received), practitioner_email="accepted@probation.example")
    replace_practitioner(
        received=received, practitioner=contact, reason="A new officer.", by=people["pp.colleague"]
    )


def _reassigned(people: dict[str, User], referral: Referral) -> None:
    _sender_left(people, referral)
    _contact(referral, contact_email="", back_up_email="")
    Reassignment.objects.create(
        referral=referral,
        leaver=people["pp"],
        successor=people["pp.colleague"],
        reason="Left.",
        by=people["admin"],
    )


def _reassigned_to_a_leaver(people: dict[str, User], referral: Referral) -> None:
    _reassigned(people, referral)
    _close(people["pp.colleague"])


def _caseworker_left(people: dict[str, User], referral: Referral) -> None:
    _close(people["sp.caseworker"])


def _without_mailbox(people: dict[str, User], referral: Referral) -> None:
    _close(people["sp.caseworker"])
    _mailbox(referral, "")


def _mailbox_of_a_leaver(people: dict[str, User], referral: Referral) -> None:
    _close(people["sp.caseworker"])
    _mailbox(referral, people["sp.caseworker"].email)


#: Situation: how it came to be, who is told on the practitioner's side, and who on the provider's. "" is no one.
SITUATIONS: dict[str, tuple[Callable[[dict[str, User], Referral], None], str, str]] = {
    "everyone is there": (lambda *_: None, "practitioner", "caseworker"),
    "the sender left": (_sender_left, "back-up", "caseworker"),
    "a new contact was accepted": (_contact_accepted, "accepted", "caseworker"),
    "an administrator reassigned it": (_reassigned, "successor", "caseworker"),
    "everyone on the practitioner’s side left": (_reassigned_to_a_leaver, "", "caseworker"),
    "the caseworker’s grant was revoked": (
        lambda people, _: _revoke(people["sp.caseworker"]), "practitioner", "mailbox",
    ),
    "the caseworker’s account is closed": (_caseworker_left, "practitioner", "mailbox"),
    "the contract has no mailbox": (_without_mailbox, "practitioner", ""),
    "the mailbox is that of a leaver": (_mailbox_of_a_leaver, "practitioner", ""),
}  # fmt: skip


@pytest.mark.slow
def test_a_message_goes_to_who_is_responsible_today(personas: dict[str, User], referral: Referral) -> None:
    _contact(referral, back_up_email="back.up@probation.example", contact_email="")
    received = _received(referral)
    addresses = {
        "practitioner": received.practitioner_email,
        "back-up": received.back_up_email,
        "accepted": "accepted@probation.example",
        "successor": personas["pp.colleague"].email,
        "caseworker": personas["sp.caseworker"].email,
        "mailbox": received.contract.incoming_email,
    }
    for situation, (arrange, practitioner, provider) in SITUATIONS.items():
        with transaction.atomic():
            arrange(personas, referral)
            deliver_all()
            for side, told in ((personas["sp.manager"], practitioner), (personas["pp"], provider)):
                mail.outbox.clear()
                _note(referral, side)
                deliver_all()
                assert [email.to for email in mail.outbox] == ([[addresses[told]]] if told else []), situation
            kept = UndeliveredMessage.objects.unscoped().count()
            assert kept == [practitioner, provider].count(""), situation
            transaction.set_rollback(True)


# --- Somebody who left


def _close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _revoke(user: User) -> None:
    ContractGrant.objects.filter(user=user).update(revoked_at=timezone.now(), revoked_by=user)


@pytest.mark.parametrize(
    ("leaves", "says"),
    [
        pytest.param(_close, "This caseworker’s account is closed.", id="account closed"),
        pytest.param(_revoke, "This caseworker no longer has access to this contract.", id="grant revoked"),
    ],
)
def test_a_caseworker_who_left_is_not_shown_as_if_at_work_and_the_team_is_told(
    personas: dict[str, User],
    referral: Referral,
    as_persona: SignIn,
    leaves: Callable[[User], None],
    says: str,
) -> None:
    caseworker = personas["sp.caseworker"]
    leaves(caseworker)

    ask_for_plan_change(
        received=_received(referral), by=personas["pp"], text="More sessions.", form_key=uuid4()
    )
    deliver_all()

    to = [email.to for email in mail.outbox]
    assert to == [[_received(referral).contract.incoming_email]]
    assert "We sent this to your team because" in mail.outbox[0].body
    pages = _both_read(as_persona, referral)
    for page in pages.values():
        assert says in page
        assert caseworker.email not in page
    assert "The service provider needs to reassign the case." in pages["practitioner"]
    assert "Assign the case to someone else." in pages["service provider"]
    assert "Assign to someone else" in pages["service provider"]


def test_the_end_of_a_referral_is_told_to_the_team_of_a_caseworker_who_left(
    personas: dict[str, User], referral: Referral
) -> None:
    received = _received(referral)
    _close(personas["sp.caseworker"])

    request_end(received=received, by=personas["pp"], reason="MOV", comments="Moved.")
    deliver_all()

    assert [email.to for email in mail.outbox] == [[received.contract.incoming_email]]
    assert OutboxEntry.objects.get(kind="email.end_requested").state == "DELIVERED"


def test_who_asked_a_question_and_left_is_not_told_the_answer(
    personas: dict[str, User], referral: Referral
) -> None:
    received = _received(referral)
    ask_question(
        received=received, by=personas["sp.caseworker"], about="needs", kind="UNCLEAR", text="Which?",
        form_key=uuid4(),
    )  # fmt: skip
    question = Question.objects.unscoped().get(received=received)
    _close(personas["sp.caseworker"])
    answer_question(
        received=received,
        question_id=question.pk,
        by=personas["pp"],
        answer="This.",
        correction_follows=False,
    )
    mail.outbox.clear()
    deliver_all()

    assert [received.contract.incoming_email] in [email.to for email in mail.outbox]
    assert all(personas["sp.caseworker"].email not in email.to for email in mail.outbox)


def test_a_practitioner_who_left_is_not_written_to_alone(
    personas: dict[str, User], referral: Referral
) -> None:
    received = _received(referral)
    User.objects.filter(pk=personas["pp"].pk).update(email=received.practitioner_email)
    _close(personas["pp"])

    _note(referral, personas["sp.caseworker"])
    deliver_all()

    (email,) = mail.outbox
    assert email.to != [received.practitioner_email]
    assert "the responsible practitioner’s account is closed" in email.body


def test_nothing_that_went_to_nobody_counts_as_delivered(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    # Given a practitioner's side on which everybody has left
    ReceivedReferral.objects.unscoped().filter(pk=referral.received_id).update(
        practitioner_email="", contact_email="", back_up_email=""
    )
    _close(personas["pp"])

    _note(referral, personas["sp.caseworker"])
    deliver_all()

    entry = OutboxEntry.objects.get(kind="email.case_note_to_practitioner")
    assert entry.state == "GIVEN_UP"
    assert mail.outbox == []
    page = _read(as_persona("sp.manager"), "monitoring:progress", referral.received_id)
    assert "We could not send an email to the probation practitioner" in page


def test_who_assigned_a_case_is_named_as_they_write_their_name(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    page = _read(as_persona("sp.manager"), "monitoring:progress", referral.received_id)

    assert "holloway" not in page
