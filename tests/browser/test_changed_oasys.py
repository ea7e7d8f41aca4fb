"""Risk pages in a browser: OASys changes while somebody works, and buttons pressed over what was just typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from risk import redaction
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.stories.referring import Practitioner

Visitors = Callable[..., Visitor]
AsPersona = Callable[[str], Client]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def _working_on(as_persona: AsPersona, crn: str) -> Practitioner:
    practitioner = prepared.draft(as_persona, crn)
    practitioner.reviews_risk()
    return practitioner


def _box(me: Visitor, name: str) -> str:
    return me.page.locator(f"textarea[name={name}]").input_value()


@SCRIPTS
@pytest.mark.parametrize("choice", ["Use the newer information", "Keep the earlier information"])
def test_oasys_changes_while_the_edit_page_is_open(
    visitor: Visitors, as_persona: AsPersona, scripts: bool, choice: str
) -> None:
    # Given the edit page of somebody whose assessment OASys replaces meanwhile, and words typed there
    practitioner = _working_on(as_persona, "X980037")
    me = visitor(scripts=scripts).signs_in("pp").opens(practitioner.address("risk_edit"))
    me.page.locator("textarea[name=additional_information]").fill("Ask for her mother's carer.")
    me.page.locator("input[name=understood]").check()

    # When it is saved, and saved again: what changed is shown, and nothing is declared
    for _ in range(2):
        me.presses("Save and continue", 409)
        assert "Burned her hand on purpose" in me.page.locator("#oasys-newer").inner_text()
        assert not redaction.is_declared(practitioner.draft.risk)
        assert _box(me, "additional_information") == "Ask for her mother's carer."
        me.page.locator("input[name=understood]").check()
    me.looks()
    if scripts:
        me.page.locator(".govuk-error-summary a").first.click()
        assert me.page.evaluate("document.activeElement.id") == "oasys-newer"

    # Then one deliberate choice settles it, and the words are there
    me.presses(choice)
    is_taken = choice.startswith("Use")
    offered = me.page.locator("#oasys-newer button").all_inner_texts()
    assert offered == ([] if is_taken else ["Use the newer information"])
    assert _box(me, "additional_information") == "Ask for her mother's carer."
    assert ("the new care worker" in _box(me, "who_is_at_risk")) is is_taken
    me.looks()
    me.page.locator("input[name=understood]").check()
    me.presses("Save and continue")
    assert redaction.is_declared(practitioner.draft.risk)


def test_the_review_page_and_one_section_show_what_changed_too(
    visitor: Visitors, as_persona: AsPersona
) -> None:
    practitioner = _working_on(as_persona, "X980037")
    me = visitor().signs_in("pp").opens(practitioner.address("risk_information"))
    me.chooses("No")
    me.page.locator("input[name=understood]").check()
    me.presses("Save and continue", 409).looks()
    assert "Staff" in me.page.locator("#oasys-newer table").inner_text()

    me.opens(practitioner.address("risk_section", "nature-of-risk")).looks()
    me.page.locator("textarea[name=text]").fill("Locked a carer out.")
    me.presses("Keep the earlier information")
    assert _box(me, "text") == "Locked a carer out."
    assert practitioner.draft.risk.section("nature_of_risk").text == "Locked a carer out."


@SCRIPTS
@pytest.mark.parametrize("name", ["risk_edit", "risk_section"])
@pytest.mark.parametrize(
    "button",
    [
        "Revert to original OASys information for Who is at risk",
        "Undo the last change to Who is at risk",
        "Remove this section (Who is at risk)",
    ],
)
def test_a_button_over_unsaved_words(
    visitor: Visitors, as_persona: AsPersona, scripts: bool, name: str, button: str
) -> None:
    practitioner = _working_on(as_persona, "X980001")
    practitioner.edits("who-is-at-risk", "Saved before.")
    url = practitioner.address(name, *(["who-is-at-risk"] if name == "risk_section" else []))
    box = "text" if name == "risk_section" else "who_is_at_risk"
    me = visitor(scripts=scripts).signs_in("pp").opens(url)

    # Too long to be kept: the button does nothing, and the box is as it was typed
    me.page.locator(f"textarea[name={box}]").fill("x" * 4001)
    me.presses(button, 422)
    assert _box(me, box) == "x" * 4001
    assert practitioner.draft.risk.section("who_is_at_risk").text == "Saved before."
    if scripts and button.startswith("Revert"):
        me.looks()

    # Short enough: it does what it says, and Undo brings the words back
    me.page.locator(f"textarea[name={box}]").fill("Typed, and not saved.")
    me.presses(button)
    me.opens(url)
    assert _box(me, box) != "Typed, and not saved."
    me.presses("Undo the last change to Who is at risk")
    assert _box(me, box) == "Typed, and not saved."
