"""Recalling what was shared, on the page: why, who opened it, once more, and then nobody reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import DisclosureEvent
from monitoring.models import ReceivedReferral
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

SignIn = Callable[[str], Client]


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


def _received(case: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.received_id)


def test_it_is_recalled_after_it_was_checked(
    case: Referral, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    client, supplier = as_persona("pp"), as_persona("sp.caseworker")
    details = reverse("monitoring:referral_details", args=[case.received_id])
    page(supplier, details)
    address = reverse("referrals:recall_risk", args=[case.pk])

    # Without a reason nothing happens, and who opened it stands on the page
    missing = page.post(client, address, filled_in(page(client, address)), status=422)
    assert "Enter why you are recalling the risk information" in missing.get_text()
    assert personas["sp.caseworker"].display_name in missing.main.get_text()

    answers = filled_in(missing) | {"reason": "It was meant for somebody else."}
    check = page.post(client, address, answers, status=200)
    assert _received(case).current_share().recalled_at is None
    page.post(client, address, filled_in(check, check.select_one("main form")) | {"do": "save"})

    share = _received(case).current_share()
    assert share.recalled_at is not None
    followed = page(client, reverse("referrals:case", args=[case.pk])).main.get_text(" ", strip=True)
    assert "Recall the risk information" not in followed
    assert share.who_is_at_risk_text not in followed

    # What the supplier reads is when, and whom to ask
    shown = page(supplier, details).get_text(" ", strip=True)
    assert share.who_is_at_risk_text not in shown
    assert "The risk information was recalled on" in shown
    assert f"contact {_received(case).practitioner_name}" in shown

    # Opened again, the page leads back
    page(client, address, status=302)


def test_a_recall_of_another_version_than_the_page_showed_changes_nothing(
    case: Referral, as_persona: SignIn, page: Page
) -> None:
    client, address = as_persona("pp"), reverse("referrals:recall_risk", args=[case.pk])
    answers = filled_in(page(client, address)) | {"reason": "Wrong.", "number": "2", "do": "save"}

    refused = page.post(client, address, answers, status=409)

    assert "nothing was recalled" in refused.get_text()
    assert _received(case).current_share().recalled_at is None


def test_who_sends_it_again_with_another_reason_is_told_and_keeps_what_they_typed(
    case: Referral, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    client, address = as_persona("pp"), reverse("referrals:recall_risk", args=[case.pk])
    shown = filled_in(page(client, address))
    first, second = {"reason": "Wrong team.", "do": "save"}, {"reason": "It names a neighbour.", "do": "save"}
    page.post(client, address, shown | first)

    told = page.post(client, address, shown | second, status=409)

    assert told.h1.get_text(strip=True) == "This was already done"
    said = " ".join(told.main.get_text(" ").split())
    assert f"{personas['pp'].display_name} recalled version 1 of the risk information on" in said
    assert all(reason in said for reason in ("Wrong team.", "It names a neighbour."))
    # From the page before that one, too; and it is still there when the page is opened again.
    page.post(client, address, shown | second | {"do": ""}, status=409)
    assert "It names a neighbour." in page(client, address).main.get_text(" ")
    # The same again is no other reason.
    page.post(client, address, shown | first)
    assert DisclosureEvent.objects.get(referral=case.received_id, kind="RECALLED").reason == "Wrong team."
