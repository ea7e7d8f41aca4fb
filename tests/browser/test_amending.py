"""A sent referral is changed on two pages at once, and both sides read the change log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.visitor import Visitor
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reason_for_referral_is_changed(
    visitor: Visitors, personas: dict[str, User], scripts: bool
) -> None:
    # Given a practitioner who follows the link beside the answer, in two tabs
    referral = a_sent_referral(personas["pp"], crn="X980017")
    me = visitor(scripts=scripts).signs_in("pp")
    me.opens(reverse("referrals:case", args=[referral.pk])).looks()
    me.clicks(me.page.locator("a[href$='/change/reason-for-referral']").first)
    address = me.page.url
    me.looks()
    other = visitor(scripts=scripts).signs_in("pp").opens(address)

    # When they forget to say why, and then say it
    me.fills("Reason for referral", "He needs a home near work.").presses("Save change", 422).looks()
    expect(me.page.locator(".govuk-error-summary")).to_contain_text("Enter why you are changing this")
    me.fills("Why are you changing this?", "He found work.").presses("Save change")
    assert "You changed “Reason for referral”." in me.main
    assert "He needs a home near work." in me.main

    # Then the other tab is shown both versions, and saving again replaces the first
    other.fills("Reason for referral", "He needs a home near school.").fills(
        "Why are you changing this?", "He learns."
    )
    other.presses("Save change", 409).looks()
    assert "What someone else saved" in other.main
    other.presses("Save change")
    assert "He needs a home near school." in other.main

    # And the service provider reads both changes
    you = visitor(scripts=scripts).signs_in("sp.caseworker")
    you.opens(reverse("monitoring:changes", args=[referral.received_id])).looks()
    expect(you.page.locator("main tbody tr")).to_have_count(2)
    you.clicks(you.page.locator("main tbody a").first)
    you.looks()
    assert "He learns." in you.main
