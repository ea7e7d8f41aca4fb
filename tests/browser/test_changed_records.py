"""nDelius has changed about somebody whose record is limited: a practitioner updates one detail and keeps the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from monitoring.models import ReceivedReferral
from referrals.actions.compare_sent import compare_person
from referrals.pulls.people_to_ask import Claimed
from tests.browser.visitor import Visitor
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]
LIMITED = "X980017"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_detail_is_updated_and_another_kept(
    visitor: Visitors, personas: dict[str, User], scripts: bool
) -> None:
    # Given a sent referral, of which nDelius has another mobile number and address by now
    referral = a_sent_referral(personas["pp"], crn=LIMITED)
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    rows.update(person_mobile="07700 900000", person_address_lines=["A street with a long name " * 9])
    compare_person(Claimed(LIMITED, timezone.now()))

    # When the practitioner follows the link on the case, selects nothing, and then the mobile number
    me = visitor(scripts=scripts).signs_in("pp")
    me.opens(reverse("referrals:case", args=[referral.pk])).looks()
    me.clicks(me.page.get_by_role("link", name="Check what changed and decide"))
    me.looks()
    me.presses("Update selected details", 422).looks()
    expect(me.page.locator(".govuk-error-summary")).to_contain_text("Select the details to update")
    me.page.get_by_label("Mobile number").check()
    me.presses("Update selected details")
    assert "You updated 1 detail." in me.main

    # Then the address waits, until they keep it
    me.opens(reverse("referrals:case_records", args=[referral.pk])).looks()
    assert "Mobile number" not in me.main
    me.presses("Keep all as they are")
    expect(me.page.locator("#records")).not_to_contain_text("Last known address")

    # And the service provider reads the new number, and that it is from nDelius
    you = visitor(scripts=scripts).signs_in("sp.caseworker")
    you.opens(reverse("monitoring:changes", args=[referral.received_id])).looks()
    assert "Updated from nDelius: mobile number." in you.main
    you.opens(reverse("monitoring:referral_details", args=[referral.received_id])).looks()
    assert "Updated from nDelius on" in you.main
