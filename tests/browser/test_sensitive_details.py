"""Check for sensitive details in a browser: every state of the page, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from referrals.models import Decision, SensitiveDetailDecision
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.stories.referring import Practitioner

Visitors = Callable[..., Visitor]
AsPersona = Callable[[str], Client]
WRITTEN = "His landlady Mrs Adeyinka Fosse lives below. His brother Milo phones from 07700 900123."


@pytest.fixture
def practitioner(as_persona: AsPersona) -> Practitioner:
    return prepared.draft(as_persona, "X980001")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_pointed_out_kept_and_taken_back(
    visitor: Visitors, practitioner: Practitioner, scripts: bool
) -> None:
    practitioner.answers_where()
    me = visitor(scripts=scripts).signs_in("pp").opens(practitioner.address("additional-needs"))
    me.page.locator("textarea").fill(WRITTEN)
    me.presses("Save and continue").looks()
    assert "Check for sensitive details" in me.page.title()
    assert me.page.locator("mark").count() == 3

    keep = me.page.locator("input[value=KEEP]")
    keep.first.check()
    me.presses("Save decisions and continue", 422).looks()
    if scripts:
        me.page.locator(".govuk-error-summary a").click()
    me.page.locator("textarea").first.fill("She opens the door.")
    me.page.locator("input[value=NOT_SENSITIVE]").nth(1).check()
    me.presses("Save decisions and continue").looks()
    assert {one.decision for one in SensitiveDetailDecision.objects.all()} == set(Decision.values)

    me.opens(practitioner.address("tasks")).looks()
    me.follows("1 detail may be sensitive").looks()
    me.follows("View your decisions (2)").looks()
    me.presses("Decide again about detail 1").looks()
    me.opens(practitioner.address("sensitive_details")).looks()
    me.follows("Continue without deciding")


def test_with_nothing_to_decide_and_with_many(visitor: Visitors, practitioner: Practitioner) -> None:
    me = visitor().signs_in("pp").opens(practitioner.address("sensitive_details")).looks()
    me.opens(f"{practitioner.address('sensitive_details')}?show=decided").looks()
    draft = practitioner.draft
    draft.further_information = " ".join(f"Rang 01632 960{number:03d}." for number in range(45)) + "x" * 600
    draft.save()
    me.opens(practitioner.address("sensitive_details")).looks()
    me.opens(f"{practitioner.address('sensitive_details')}?page=2").looks()
