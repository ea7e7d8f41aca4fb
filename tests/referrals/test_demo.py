"""The demo's cases: there after loading, the same after loading again, and fit to be shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from integrations.stub import adapter
from integrations.stub.faults import Effect, Fault
from monitoring.models import ReceivedReferral
from refer_monitor import demo
from referrals.models import Referral
from tests.pages import assert_page


@pytest.fixture
def cases(personas: dict[str, User]) -> None:
    demo.load_cases()


def test_two_drafts_and_two_sent_referrals(cases: None) -> None:
    made = {draft.crn: draft.is_sent for draft in Referral.objects.all()}

    assert made == {"X980001": False, "X980011": False, "X980010": True, "X980026": True}


def test_loading_again_changes_nothing(cases: None) -> None:
    before = list(Referral.objects.order_by("pk").values())

    demo.load_cases()

    assert list(Referral.objects.order_by("pk").values()) == before
    assert ReceivedReferral.objects.unscoped().count() == 2


def test_the_ready_draft_can_be_sent_and_the_other_cannot(
    cases: None, as_persona: Callable[[str], Client]
) -> None:
    client = as_persona("pp")
    ready, half_filled = (Referral.objects.get(crn=crn) for crn in ("X980011", "X980001"))

    assert client.post(reverse("referrals:send", args=[half_filled.pk])).status_code == 403
    assert client.post(reverse("referrals:send", args=[ready.pk])).status_code == 302


@pytest.mark.parametrize("persona", ["sp.caseworker", "sp.manager"])
def test_the_supplier_has_something_to_look_at(
    cases: None, as_persona: Callable[[str], Client], persona: str
) -> None:
    client = as_persona(persona)
    page = assert_page(client.get(reverse("monitoring:all_cases"))).get_text()
    assert "X980010" in page
    assert "X980026" in page

    for received in ReceivedReferral.objects.unscoped():
        page = assert_page(client.get(reverse("monitoring:referral_details", args=[received.pk]))).get_text()
        assert not [name for name in ("Vellacott", "Dorian", "Milo", "Fosse", "Tern Court") if name in page]


def test_without_ndelius_there_are_no_cases_and_no_failure(personas: dict[str, User]) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", status=404))

    demo.load_cases()

    assert not Referral.objects.exists()
