"""Corrected versions that are shared at the same moment: one is shared, and whoever was second is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.actions.correct_risk import begin_correction
from referrals.models import CaseOpening, Referral
from risk.models import RiskInformation
from tests.concurrency.conftest import AtOnce
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    """Sent by one practitioner, and opened by another."""
    case = a_sent_referral(personas["pp"])
    CaseOpening.objects.create(referral=case, user=personas["pp.colleague"], reason="I cover for them.")
    return case


@pytest.fixture
def ready(case: Referral, as_persona: Callable[[str], Client], personas: dict[str, User], page: Page) -> Any:
    """Begins a corrected version of a persona, and answers what posts it for a given reason."""

    def begin(persona: str) -> Callable[[str], Callable[[], Any]]:
        client = as_persona(persona)
        begun = begin_correction(referral=case, by=personas[persona])
        address = reverse("referrals:correction", args=[case.pk, begun.pk])
        shown = page(client, address)
        form = next(one for one in shown.select("main form") if one.select_one("[name=reason]"))
        answers = filled_in(shown, form) | {"understood": "YES"}

        def posting(reason: str) -> Callable[[], Any]:
            tab = Client()
            tab.cookies.update(client.cookies)
            return lambda: tab.post(address, answers | {"reason": reason})

        return posting

    return begin


def _text(answer: Any) -> str:
    return BeautifulSoup(answer.content, "html.parser").get_text(" ")


def _shared_once(case: Referral) -> None:
    received = ReceivedReferral.objects.unscoped().get(pk=case.received_id)
    versions = ShareVersion.objects.unscoped().filter(received=received).order_by("number")
    assert [(one.number, one.superseded_at is None) for one in versions] == [(1, False), (2, True)]
    assert AuditEvent.objects.filter(action=AuditAction.RISK_CORRECTED).count() == 1
    assert DisclosureEvent.objects.filter(kind=DisclosureEvent.Kind.CORRECTED).count() == 1
    assert OutboxEntry.objects.filter(kind="email.risk_corrected").count() == 1
    assert verify().wrong == 0


def test_of_two_practitioners_one_shares_and_the_other_is_told(
    case: Referral, ready: Any, at_once: AtOnce
) -> None:
    first, second = ready("pp"), ready("pp.colleague")

    answers = at_once([first("It named a neighbour."), second("It said too much.")])

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (told,) = [answer for answer in answers if answer.status_code == 409]
    assert "Someone else shared another version after you started" in _text(told)
    _shared_once(case)
    left = RiskInformation.objects.get(corrects=case.pk, shared_as=None)
    assert left.purged_at is None, "what the other one wrote is still theirs"


def test_of_two_tabs_one_shares_and_the_other_is_told_which_reason_is_saved(
    case: Referral, ready: Any, at_once: AtOnce
) -> None:
    post = ready("pp")

    answers = at_once([post("It named a neighbour."), post("It said too much.")])

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (told,) = [answer for answer in answers if answer.status_code == 409]
    assert "This was already done" in _text(told)
    assert all(reason in _text(told) for reason in ("It named a neighbour.", "It said too much."))
    _shared_once(case)


def test_the_same_twice_is_shared_once(case: Referral, ready: Any, at_once: AtOnce) -> None:
    post = ready("pp")

    answers = at_once([post("It named a neighbour."), post("It named a neighbour.")])

    assert [answer.status_code for answer in answers] == [302, 302]
    _shared_once(case)
