"""Another practitioner manages the person by now: nDelius says so, and a practitioner accepts them as the contact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.actions.as_sent import as_sent
from monitoring.handover.seal import canonical
from monitoring.models import ReceivedReferral
from referrals.deliveries.emails import address_today
from referrals.models import Referral
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.persona import manager, officers

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
BANNER = "nDelius now names Carl Carr as the probation practitioner."


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    assigned(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"])
    deliver_all()
    mail.outbox.clear()
    return sent


def _received(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


def _ndelius_answers(status: int = 200) -> None:
    """From now on nDelius names somebody else, or does not answer."""
    adapter.reset()
    body = officers(manager("N01CARR", "Carl", "Carr"))
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/responsible-officer$", status=status, body=body)
    )
    cache.clear()


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text().split())


@pytest.mark.parametrize("before", ["a practitioner", "a main point of contact"])
def test_the_new_practitioner_is_accepted(
    personas: dict[str, User], referral: Referral, as_persona: SignIn, before: str
) -> None:
    # Given a case whose service provider contacts somebody
    if before == "a main point of contact":
        ReceivedReferral.objects.unscoped().filter(pk=referral.received_id).update(
            practitioner_name="", practitioner_email="", contact_name="Dora Dell", contact_role="Prison officer"
        )
    sealed = canonical(as_sent(_received(referral)))
    client = as_persona("pp")
    progress = reverse("referrals:case_progress", args=[referral.pk])
    accept = reverse("referrals:accept_practitioner", args=[referral.pk])

    # When nDelius names another, the case says so, and shows both
    _ndelius_answers()
    assert BANNER in _words(assert_page(client.get(progress)))
    shown = assert_page(client.get(accept))
    old = "Dora Dell" if before != "a practitioner" else _received(referral).practitioner_name
    assert old in _words(shown)
    assert "Carl Carr" in _words(shown)

    # And it is accepted, pressed twice
    fields = filled_in(shown)
    for _ in range(2):
        assert client.post(accept, fields).status_code == 302

    # Then the service provider reads the new one, and nothing of the one before
    case = _received(referral)
    assert (case.practitioner_name, case.contact_name) == ("Carl Carr", "")
    sp = as_persona("sp.caseworker")
    details = _words(assert_page(sp.get(reverse("monitoring:referral_details", args=[case.pk]))))
    assert "Carl Carr" in details
    assert "Dora Dell" not in details
    # And both read one change, with both, and the caseworker is told once
    (change,) = case.changes.all()
    assert old in change.before
    assert "Carl Carr" in change.after
    deliver_all()
    assert [email.to for email in mail.outbox] == [[personas["sp.caseworker"].email]]
    assert AuditEvent.objects.filter(action=AuditAction.REFERRAL_CHANGED).count() == 1
    # And messages go to who is responsible now; the case asks no more; what was sent stays provable
    again = Referral.objects.select_related("received", "created_by").get(pk=referral.pk)
    assert address_today(again) in {case.practitioner_email, personas["pp"].email}
    assert BANNER not in _words(assert_page(client.get(progress)))
    assert canonical(as_sent(case)) == sealed


def test_what_was_shown_is_what_is_accepted(referral: Referral, as_persona: SignIn) -> None:
    client, accept = as_persona("pp"), reverse("referrals:accept_practitioner", args=[referral.pk])
    _ndelius_answers()
    fields = filled_in(assert_page(client.get(accept)))

    adapter.reset()  # nDelius has changed its mind
    again = assert_page(client.post(accept, fields), 409)

    assert "Check them again" in _words(again)
    assert not _received(referral).changes.exists()


@pytest.mark.slow
def test_without_an_answer_of_ndelius_the_case_works_and_nothing_is_accepted(
    referral: Referral, as_persona: SignIn
) -> None:
    client = as_persona("pp")
    _ndelius_answers(status=503)

    said = _words(assert_page(client.get(reverse("referrals:case_progress", args=[referral.pk]))))
    refused = assert_page(client.get(reverse("referrals:accept_practitioner", args=[referral.pk])))

    assert BANNER not in said
    assert "so we cannot show who is responsible now" in _words(refused)
