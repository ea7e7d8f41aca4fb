"""What was just done is said where the reader is, and the focus is on it."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, expect

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.factories.monitoring_delivery import assigned
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]


def _is_where_the_reader_is(said: Locator) -> None:
    expect(said).to_have_count(1)
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()


def test_of_a_section_at_the_section(visitor: Visitors, as_persona: Callable[[str], Client]) -> None:
    practitioner = prepared.draft(as_persona, "X980001")
    practitioner.reviews_risk()
    section = practitioner.draft.risk.section("vulnerability")
    me = visitor().signs_in("pp").opens(practitioner.address("risk_edit"))
    me.page.locator("textarea[name=vulnerability]").fill("Something else.")
    card = me.page.locator(f"#{section.section_key.slug}")

    me.clicks(card.get_by_role("button", name="Revert to original OASys information"))

    _is_where_the_reader_is(card.get_by_role("alert"))
    _is_where_the_reader_is(me.page.get_by_role("alert"))
    me.looks()


def test_of_a_page_at_its_top(visitor: Visitors, personas: dict[str, User]) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = assigned(
        ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"]
    )
    me = visitor().signs_in("sp.caseworker").opens(reverse("monitoring:ask_question", args=[case.pk]))
    me.page.locator("main textarea").first.fill("When can she come?")
    me.page.get_by_role("radio").first.check()
    me.page.locator("main select").select_option(index=1)

    me.clicks(me.page.locator("main form button").first)

    _is_where_the_reader_is(me.page.get_by_role("alert"))
    me.looks()
    me.page.reload()
    expect(me.page.get_by_role("alert")).to_have_count(0)
