"""What only a browser can show: focus, the keyboard, counting while typing, double clicks, a web session that ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect

from events.models import OutboxEntry
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.models import KeptText
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.stories.referring import Practitioner

Visitors = Callable[..., Visitor]
AsPersona = Callable[[str], Client]
TICK = (
    "I understand this information will be shared with the Service Provider and that I am responsible for it"
)


@pytest.fixture
def practitioner(as_persona: AsPersona) -> Practitioner:
    """A draft about somebody with a full assessment, reviewed."""
    made = prepared.draft(as_persona, "X980001")
    made.reviews_risk()
    return made


@pytest.fixture
def me(visitor: Visitors, practitioner: Practitioner) -> Visitor:
    """Its author on the page of all eight boxes."""
    return visitor().signs_in("pp").opens(practitioner.address("risk_edit"))


def box(me: Visitor, key: str) -> str:
    """What stands in one section's box."""
    return me.page.locator(f"textarea[name={key}]").input_value()


def writes(me: Visitor, key: str, text: str) -> None:
    me.page.locator(f"textarea[name={key}]").fill(text)


def test_eight_boxes_a_forgotten_tick_and_the_declaration(me: Visitor, practitioner: Practitioner) -> None:
    writes(me, "who_is_at_risk", "Former partners.")
    writes(me, "self_harm", "")
    me.presses("Remove this section (Concerns in relation to suicide)").looks()
    # The section's button kept what was typed in the other boxes
    assert (box(me, "who_is_at_risk"), box(me, "self_harm"), box(me, "suicide")) == (
        "Former partners.",
        "",
        "",
    )

    writes(me, "nature_of_risk", "Assault after drinking.")
    me.presses("Save and continue", 422)
    summary = me.page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    me.looks()
    assert me.page.title().startswith("Error: ")
    assert (box(me, "nature_of_risk"), box(me, "suicide")) == ("Assault after drinking.", "")
    assert practitioner.draft.risk.section("nature_of_risk").state == "UNREVIEWED"  # nothing is half-saved

    summary.get_by_role("link").click()
    expect(me.page.get_by_label(TICK)).to_be_focused()
    me.chooses(TICK).presses("Save and continue").looks()
    me.opens(practitioner.address("risk_edit"))
    assert [box(me, key) for key in ("who_is_at_risk", "nature_of_risk", "self_harm", "suicide")] == [
        "Former partners.",
        "Assault after drinking.",
        "",
        "",
    ]
    me.opens(practitioner.address("preview"))
    assert "You cannot send the referral until you confirm" not in me.main


def test_reverting_and_undoing(me: Visitor) -> None:
    original = box(me, "vulnerability")
    writes(me, "vulnerability", "Owes money.")
    me.presses("Remove this section (Concerns in relation to suicide)")
    heading = "Concerns in relation to vulnerability"
    me.presses(f"Revert to original OASys information for {heading}").looks()
    assert box(me, "vulnerability") == original
    me.presses(f"Undo the last change to {heading}")
    assert box(me, "vulnerability") == "Owes money."
    marked = me.page.locator("#vulnerability")
    expect(marked.locator("del").first).to_be_visible()


def test_characters_are_counted_while_typing(me: Visitor) -> None:
    me.page.locator("textarea[name=who_is_at_risk]").fill("x" * 3_990)
    count = me.page.locator("#who-is-at-risk .govuk-character-count__status")
    expect(count).to_have_text("You have 10 characters remaining")
    me.page.locator("textarea[name=who_is_at_risk]").press_sequentially("y" * 12)
    expect(count).to_have_text("You have 2 characters too many")


def test_the_enter_key_saves_and_presses_no_button_of_a_section(
    me: Visitor, practitioner: Practitioner
) -> None:
    me.chooses(TICK)
    with me.page.expect_navigation():
        me.page.get_by_label(TICK).press("Enter")
    assert me.heading == "Make a referral"
    assert {section.state for section in practitioner.draft.risk.in_order()} == {"UNCHANGED"}


def test_by_keyboard_alone(visitor: Visitors, practitioner: Practitioner) -> None:
    me = visitor().signs_in("pp").opens(practitioner.address("risk_information"))
    keys = me.page.keyboard
    keys.press("Tab")
    skip = me.page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    expect(me.page.locator("main")).to_be_focused()
    keys.press("Tab")
    expect(me.page.get_by_role("link", name="Change (Who is at risk)")).to_be_focused()

    help_text = me.page.get_by_text("details of victims")
    expect(help_text).to_be_hidden()
    presses_tab_until(me, "summary")
    keys.press("Enter")
    expect(help_text).to_be_visible()

    presses_tab_until(me, "input[type=radio]")
    keys.press("Space")
    expect(me.page.get_by_label("Yes", exact=True)).to_be_checked()
    keys.press("ArrowDown")
    expect(me.page.get_by_label("No", exact=True)).to_be_checked()
    keys.press("Tab")
    expect(me.page.get_by_label(TICK)).to_be_focused()
    keys.press("Space")
    keys.press("Tab")
    with me.page.expect_navigation():
        keys.press("Enter")
    assert me.heading == "Criminogenic needs" or "risk" not in me.page.url
    assert practitioner.draft.risk.declarations.count() == 1


def presses_tab_until(me: Visitor, selector: str) -> None:
    """Go on from control to control until one of this kind has the focus."""
    for _ in range(60):
        me.page.keyboard.press("Tab")
        if me.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_double_click_sends_once(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.ready(as_persona, "X980001")
    me = visitor().signs_in("pp").opens(practitioner.address("check_answers"))
    me.presses("Send the referral")
    me.page.get_by_role("button", name="Send without deciding").dblclick()
    expect(me.page.locator("h1")).to_have_text("Referral sent")
    assert ReceivedReferral.objects.unscoped().count() == 1
    assert ShareVersion.objects.unscoped().count() == 1
    assert OutboxEntry.objects.filter(referral=practitioner.draft_id).count() == 1


def test_without_scripts_a_second_tab_sends_once(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.ready(as_persona, "X980001")
    me = visitor(scripts=False).signs_in("pp").opens(practitioner.address("check_answers"))
    other = me.context.new_page()
    other.goto(practitioner.address("check_answers"))
    other.get_by_role("button", name="Send the referral").click()
    me.presses("Send the referral").presses("Send without deciding")
    other.get_by_role("button", name="Send without deciding").click()
    expect(other.locator("h1")).to_have_text("Referral sent")
    assert other.locator(".govuk-panel").inner_text() == me.page.locator(".govuk-panel").inner_text()
    assert ReceivedReferral.objects.unscoped().count() == 1


def test_a_web_session_that_ends_while_typing(
    me: Visitor, visitor: Visitors, practitioner: Practitioner
) -> None:
    writes(me, "who_is_at_risk", "Typed before the web session ended.")
    me.context.clear_cookies(name="sessionid")
    me.presses("Save and continue").looks()
    assert me.heading == "Sign in"
    assert "Typed before" not in me.page.content()
    me.clicks(me.page.locator("button[name=account][value=pp]")).looks()
    assert box(me, "who_is_at_risk") == "Typed before the web session ended."
    assert "What you typed here earlier was not saved" in me.main
    assert practitioner.draft.risk.section("who_is_at_risk").state == "UNREVIEWED"

    me.chooses(TICK).presses("Save and continue")
    assert practitioner.draft.risk.section("who_is_at_risk").text == "Typed before the web session ended."
    assert not KeptText.objects.exists()


def test_text_of_an_ended_web_session_is_offered_to_nobody_else(
    me: Visitor, practitioner: Practitioner
) -> None:
    writes(me, "who_is_at_risk", "Typed before the web session ended.")
    me.context.clear_cookies(name="sessionid")
    me.presses("Save and continue")
    me.clicks(me.page.locator("button[name=account][value='pp.colleague']"), 404).looks()
    assert "Typed before" not in me.page.content()


def test_errors_get_the_focus_after_a_jump_inside_the_page(
    visitor: Visitors, practitioner: Practitioner
) -> None:
    me = visitor().signs_in("pp").opens(practitioner.address("enforceable-days"))
    me.page.keyboard.press("Tab")
    me.page.keyboard.press("Enter")  # "Skip to main content"
    assert me.page.url.endswith("#main-content")
    me.presses("Save and continue", 422)
    expect(me.page.locator(".govuk-error-summary")).to_be_focused()
