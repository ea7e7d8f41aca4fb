"""What people are told is in their list of notifications while the case is theirs; emails come as they chose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import emails
from events.models import AuditAction, AuditEvent, OutboxEntry
from interventions.models import ContractGrant
from monitoring.actions.give_feedback import CONCERNS
from monitoring.actions.write_case_note import write_case_note
from monitoring.models import ReceivedReferral
from notifications import unread
from notifications.digest import prepare_digests
from notifications.models import EmailChoice, Notification
from referrals.models import Referral
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ALL, EMAILS = "/notifications/", "/notifications/emails"


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    """Sent and assigned; everybody was told of everything so far, and has read it."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    received = assigned(
        ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"]
    )
    User.objects.filter(pk=personas["pp"].pk).update(email=received.practitioner_email)
    deliver_all()
    mail.outbox.clear()
    Notification.objects.all().delete()
    cache.clear()
    return sent


def _note(referral: Referral, by: User) -> None:
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    write_case_note(
        received=received, by=by, subject="A visit", body="All went well.", tell_other_side=True, form_key=uuid4()
    )  # fmt: skip
    deliver_all()


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text().split())


def _list(client: Client) -> str:
    return _words(assert_page(client.get(ALL)))


# --- The list


@pytest.mark.parametrize(("writes", "reads"), [("pp", "sp.caseworker"), ("sp.caseworker", "pp")])
def test_somebody_is_told_opens_it_and_has_read_it(
    personas: dict[str, User], referral: Referral, as_persona: SignIn, writes: str, reads: str
) -> None:
    # When the other side adds a case note
    _note(referral, personas[writes])

    # Then the header of any page says that there is something new, and the list says what, without a word of it
    client = as_persona(reads)
    assert "Notifications (1 new)" in _words(assert_page(client.get(reverse("your_account"))))
    shown = assert_page(client.get(ALL))
    for private in ("A visit", "went well", referral.crn):
        assert private not in shown.get_text()
    assert referral.reference in shown.get_text()
    # And its email, of the same words, was sent
    (email,) = mail.outbox
    assert email.subject.startswith("A case note was added")

    # When they follow its link, they are on the page of the note, and nothing is new any more
    link = shown.select_one("tbody a")["href"]
    assert "/case-notes/" in link
    note = _words(assert_page(client.get(link)))
    assert "went well" in note
    assert "Notifications (1" not in note
    assert "Notifications (1" not in _list(client)
    # And nobody else was told
    assert "A case note was added" not in _list(as_persona("sp.manager"))
    assert AuditEvent.objects.filter(action=AuditAction.NOTIFICATIONS_VIEWED).exists()


def test_what_a_browser_fetches_ahead_is_not_read(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    _note(referral, personas["pp"])
    client = as_persona("sp.caseworker")
    link = assert_page(client.get(ALL)).select_one("tbody a")["href"]

    for ahead in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}):
        client.get(link, headers=ahead)
        assert "Notifications (1 new)" in _list(client)
    client.head(link)
    client.get(f"{link}?from=an-email")

    assert "Notifications (" not in _list(client)


@pytest.mark.slow
def test_of_a_case_that_is_theirs_no_more_the_service_provider_sees_nothing(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    _note(referral, personas["pp"])
    client, worker = as_persona("sp.caseworker"), personas["sp.caseworker"]
    link = assert_page(client.get(ALL)).select_one("tbody a")["href"]

    ContractGrant.objects.filter(user=worker).update(revoked_at=timezone.now(), revoked_by=worker)
    cache.clear()

    said = _list(client)
    assert "You have no notifications." in said
    assert "Notifications (" not in said
    assert client.get(link).status_code == 404
    assert Notification.objects.filter(user=worker).unread().exists(), "what was refused was not read"
    Notification.objects.filter(user=worker).update(in_digest=True)
    mail.outbox.clear()
    prepare_digests(date(2026, 6, 1))
    deliver_all()
    assert mail.outbox == []

    # What they had not read is still there when the case is theirs again
    ContractGrant.objects.filter(user=worker).update(revoked_at=None, revoked_by=None)
    unread.forget(worker)
    assert "Notifications (1 new)" in _list(client)


def test_of_a_person_whom_they_may_not_see_any_more_the_practitioner_sees_nothing(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    _note(referral, personas["sp.caseworker"])
    client = as_persona("pp")
    link = assert_page(client.get(ALL)).select_one("tbody a")["href"]

    entry = {"crn": referral.crn, "userExcluded": True, "userRestricted": False, "exclusionMessage": "No."}
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", status=200, body={"access": [entry]})
    )
    cache.clear()

    assert "You have no notifications." in _list(client)
    assert client.get(link).status_code == 403
    unread.forget(personas["pp"])  # counted anew, without asking nDelius again
    assert "Notifications (" not in _list(client)


@pytest.mark.slow
def test_as_many_statements_for_one_as_for_many(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    costs = []
    for key in ("sp.caseworker", "pp"):
        client, user = as_persona(key), personas[key]
        for count in (1, 45):
            Notification.objects.bulk_create(
                Notification(
                    user=user, entry=uuid4(), kind="email.plan_submitted", referral=referral.received_id,
                    subject="An action plan was submitted", sentence="…", path=f"/{number}",
                )
                for number in range(count)
            )  # fmt: skip
            unread.forget(user)
            client.get(ALL)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(ALL).status_code == 200
            costs.append(len(queries))
        assert len(assert_page(client.get(f"{ALL}?page=3")).select("tbody tr")) == 6
        client.post(reverse("notifications:mark_all_read"))
        assert not Notification.objects.filter(user=user).unread().exists()

    assert costs[0] == costs[1]
    assert costs[2] == costs[3]


# --- Emails as chosen


def _chooses(client: Client, **answers: object) -> None:
    fields = filled_in(assert_page(client.get(EMAILS))) | answers
    assert client.post(EMAILS, fields).status_code == 302


def test_an_email_that_is_switched_off_is_still_in_the_list(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    client = as_persona("sp.caseworker")
    _chooses(client, wanted=["plan"])

    _note(referral, personas["pp"])

    assert mail.outbox == []
    assert "A case note was added" in _list(client)
    assert OutboxEntry.objects.get(kind="email.case_note_to_caseworker").state == "DELIVERED"
    # And the page shows what was chosen
    chosen = assert_page(client.get(EMAILS)).select("input[name=wanted][checked]")
    assert [box["value"] for box in chosen] == ["plan"]


@pytest.mark.slow
def test_one_email_a_day_but_what_is_urgent_at_once(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    # Given a practitioner who wants one email a day
    client, today = as_persona("pp"), date(2026, 6, 1)
    _chooses(client, how_often="DAILY")

    # When they are told of two notes, and of a concern
    for _ in range(2):
        _note(referral, personas["sp.caseworker"])
    entry = OutboxEntry.objects.create(
        kind=CONCERNS, key="k", receiver="practitioner", referral=referral.received_id,
        payload={"appointment": str(uuid4())},
    )  # fmt: skip
    deliver_all()

    # Then only the concern comes at once
    assert [email.subject.split(" – ")[0] for email in mail.outbox] == ["Concerns after an appointment"]
    assert Notification.objects.filter(entry=entry.pk, in_digest=False).exists()
    mail.outbox.clear()

    # And in the morning one email, however often it is asked for, which counts the notes and leads to the list
    assert prepare_digests(today) == 1
    assert prepare_digests(today) == 0
    deliver_all()
    (email,) = mail.outbox
    assert "You have 2 new notifications." in email.body
    assert email.body.rstrip().endswith(ALL)

    # And the next morning none, unless something came since; what was read before it is not told again
    assert prepare_digests(date(2026, 6, 2)) == 0
    _note(referral, personas["sp.caseworker"])
    assert prepare_digests(date(2026, 6, 3)) == 1
    client.post(reverse("notifications:mark_all_read"))
    mail.outbox.clear()
    deliver_all()
    assert mail.outbox == []
    assert EmailChoice.objects.get().daily


@pytest.mark.parametrize("switches", [True, False], ids=["to one email a day", "nothing"])
def test_who_chooses_otherwise_after_an_email_failed_is_told_once(
    personas: dict[str, User],
    referral: Referral,
    as_persona: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    switches: bool,
) -> None:
    # Given an email that could not be sent at once
    def fails(*_: Any, **__: Any) -> int:
        raise OSError

    with monkeypatch.context() as without_mail:
        without_mail.setattr(emails, "send_mail", fails)
        _note(referral, personas["sp.caseworker"])
    (told,) = Notification.objects.filter(user=personas["pp"])
    assert (mail.outbox, told.in_digest) == ([], False)

    # When its reader chooses one email a day, or not, before it is tried again
    if switches:
        _chooses(as_persona("pp"), how_often="DAILY")
    OutboxEntry.objects.update(next_attempt_at=timezone.now())
    deliver_all()
    at_once = len(mail.outbox)
    prepare_digests(date(2026, 6, 1))
    deliver_all()

    # Then it reaches them once, one way or the other
    assert (at_once, len(mail.outbox)) == (0 if switches else 1, 1)
    deliver_all()
    assert (prepare_digests(date(2026, 6, 2)), len(mail.outbox)) == (0, 1)


def test_the_daily_email_asks_no_other_system(
    personas: dict[str, User], referral: Referral, as_persona: SignIn
) -> None:
    # Given one email a day, and a note that was told
    _chooses(as_persona("pp"), how_often="DAILY")
    _note(referral, personas["sp.caseworker"])
    mail.outbox.clear()

    # When the email is sent while no other system answers
    prepare_digests(date(2026, 6, 1))
    cache.clear()
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/access$", status=503))
    deliver_all()

    # Then it comes
    (email,) = mail.outbox
    assert "You have 1 new notification." in email.body
