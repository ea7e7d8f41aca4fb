"""Risk information after sending, in a browser: OASys changed, corrected with an error on the way, recalled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from referrals.models import Referral
from tests.browser.visitor import Visitor
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
NEW = "Staff at the house, when he has been drinking."
REASON = "OASys was updated."


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    """Of somebody about whom OASys says something else the second time."""
    return a_sent_referral(personas["pp"], crn="X980037")


@BOTH
def test_a_version_is_corrected_and_recalled(visitor: Visitors, referral: Referral, scripts: bool) -> None:
    details = reverse("monitoring:referral_details", args=[referral.received_id])
    me, them = (visitor(scripts=scripts).signs_in(name) for name in ("pp", "sp.caseworker"))
    them.opens(details)

    # The case says that OASys changed, and leads to a corrected version
    me.opens(reverse("referrals:case", args=[referral.pk])).looks()
    assert "OASys has newer information" in me.main
    me.follows("Compare and share a corrected version").looks()
    me.presses("Start a corrected version").looks()
    assert "Shared now" in me.main

    # One section is changed on its page, another taken from OASys on the page of all
    me.clicks(me.page.locator("#change-who-is-at-risk")).looks()
    me.fills("What will be shared", NEW).presses("Save and continue")
    me.follows("Edit all sections").looks()
    me.clicks(me.page.locator("button[value='revert:nature_of_risk']")).looks(thoroughly=False)
    me.presses("Save and continue").looks()
    assert "Different from what is shared now" in me.main

    # Without a reason and the tick it is not shared; with them it is
    me.presses("Share the corrected version", 422).looks()
    me.fills("Why are you sharing a corrected version?", REASON)
    me.page.locator("input[name=understood]").check()
    me.presses("Share the corrected version").looks()
    assert "You shared a corrected version." in me.page.inner_text("body")
    assert "OASys has newer information" not in me.main

    # The caseworker reads the new version, and what changed since they opened the other
    them.opens(details).looks()
    assert NEW in them.main
    assert "Changed since you last opened it" in them.main

    # It is recalled, and nobody reads it any more
    me.follows("Recall the risk information").looks()
    me.fills("Why are you recalling the risk information?", "It was meant for another team.")
    me.presses("Continue").looks()
    me.presses("Recall the risk information").looks()
    them.opens(details).looks()
    assert NEW not in them.main
    assert "The risk information was recalled on" in them.page.inner_text("body")
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    assert (received.current_share().number, received.current_share().recalled_at is not None) == (2, True)
