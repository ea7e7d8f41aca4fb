"""Check for sensitive details in a browser: every state of the page, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect

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
    me.follows("1 detail in your answers").looks()
    me.follows("View your decisions (2)").looks()
    me.presses("Change decision about detail 1").looks()
    me.opens(practitioner.address("sensitive_details")).looks()
    me.follows("Continue without deciding")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_every_detail_of_the_risk_information_is_handled_where_it_stands(
    visitor: Visitors, as_persona: AsPersona, scripts: bool
) -> None:
    """From the review page to declared with every detail decided: two pages and at most 25 presses (X980010)."""
    practitioner = prepared.draft(as_persona, "X980010")
    me = visitor(scripts=scripts).signs_in("pp").opens(practitioner.address("risk_information")).looks()
    me.page.get_by_label("Yes", exact=True).check()
    me.presses("Save and continue").looks()
    presses = 2
    loaded: list[str] = []
    me.page.on("framenavigated", lambda frame: loaded.append(frame.url))
    while (buttons := me.page.locator("button[data-press][value^='take-out']")).count():
        value = buttons.first.get_attribute("value")
        buttons.first.click()
        presses += 1
        expect(me.page.locator(f"button[value='{value}']")).to_have_count(0)
        expect(me.page.locator(".govuk-notification-banner--success")).to_contain_text("Taken out")
        if scripts:
            expect(me.page.locator(".govuk-notification-banner--success")).to_be_focused()
    assert not (scripts and loaded), "with scripts no press loads the page anew"
    me.opens(practitioner.address("risk_edit")).looks()
    expect(me.page.get_by_text("The search finds no details left to decide.")).to_be_visible()
    for tick in me.page.locator("input[name$=_none]").all():
        tick.check()
        presses += 1
    me.page.locator("input[name=understood]").check()
    me.presses("Save and continue")
    presses += 2
    assert me.heading == "Make a referral"
    assert practitioner.draft.risk.declarations.filter(voided_at=None).count() == 1
    assert presses <= 25


def test_a_detail_is_said_otherwise_and_brought_back_by_keyboard(
    visitor: Visitors, as_persona: AsPersona
) -> None:
    practitioner = prepared.draft(as_persona, "X980010")
    me = visitor().signs_in("pp").opens(practitioner.address("risk_edit"))
    say = me.page.locator("#who-is-at-risk button[data-press][value$=':0']").first
    say.focus()
    me.page.keyboard.press("Enter")
    expect(me.page.locator("#who-is-at-risk .govuk-notification-banner--success")).to_be_focused()
    expect(me.page.locator("#id_who_is_at_risk")).to_have_value(re.compile("another person"))
    undo = me.page.locator("#who-is-at-risk button[value='undo:who_is_at_risk']")
    undo.focus()
    me.page.keyboard.press("Enter")
    expect(me.page.locator("#id_who_is_at_risk")).not_to_have_value(re.compile("another person"))


def test_with_nothing_to_decide_and_with_many(visitor: Visitors, practitioner: Practitioner) -> None:
    me = visitor().signs_in("pp").opens(practitioner.address("sensitive_details")).looks()
    me.opens(f"{practitioner.address('sensitive_details')}?show=decided").looks()
    draft = practitioner.draft
    draft.further_information = " ".join(f"Rang 01632 960{number:03d}." for number in range(45)) + "x" * 600
    draft.save()
    me.opens(practitioner.address("sensitive_details")).looks()
    me.opens(f"{practitioner.address('sensitive_details')}?page=2").looks()
