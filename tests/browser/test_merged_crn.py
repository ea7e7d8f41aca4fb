"""nDelius no longer has the CRN of a case: its practitioner enters another, and sees whom nDelius has under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.visitor import Visitor
from tests.factories.merged import NEW, OLD, a_case_merged_since
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import case_details

Visitors = Callable[..., Visitor]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_new_crn_is_entered_and_the_person_compared(
    visitor: Visitors, personas: dict[str, User], monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    case = a_case_merged_since(personas["pp"])
    me = visitor(scripts=scripts).signs_in("pp")

    # Given that the case says so
    me.opens(reverse("referrals:case_progress", args=[case.pk])).looks()
    assert f"nDelius no longer has CRN {OLD}" in me.main
    me.clicks(me.page.locator("#gone a")).looks()
    me.fills("What is the person’s CRN now?", "X98")
    me.presses("Continue", 422).looks()

    # When nDelius has somebody else under the CRN that they enter
    nobody_we_know = case_details(NEW, "Someone", "Else", "1990-01-02", "Male")
    with monkeypatch.context() as patch:
        patch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=nobody_we_know))  # type: ignore[index]
        me.fills("What is the person’s CRN now?", NEW)
        me.presses("Continue", 409).looks()
        assert me.heading == "You cannot use this CRN"
        me.clicks(me.page.get_by_role("link", name="Check the CRN and enter it again"))

    # Or the same person by another name, they confirm it first
    renamed = case_details(NEW, "Ravi", "Sundaram", "1987-12-12", "Male")
    monkeypatch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=renamed))  # type: ignore[index]
    me.presses("Continue").looks()
    me.presses("Use the new CRN", 422).looks()
    me.page.get_by_label("This is the same person").check()
    me.presses("Use the new CRN")

    # Then the case has it
    assert f"This person’s CRN is now {NEW}" in me.main
    expect(me.page.locator("#gone")).to_have_count(0)
