"""Finding one of very many answers by typing: by keyboard and mouse, with wrong text, and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visitor import PHONE, Visitor

Visitors = Callable[..., Visitor]
pytestmark = pytest.mark.urls("tests.browser.one_office")
PAGE = "/one-office"
UNKNOWN = "Select a probation office from the list"


def _box(me: Visitor, name: str = "Probation office") -> Locator:
    """The box; the select in whose place it stands would have the same role."""
    box = me.page.get_by_role("combobox", name=name, exact=True)
    expect(box).to_have_attribute("autocomplete", "off")
    return box


def _matches(me: Visitor) -> Locator:
    return me.page.get_by_role("option")


def _error(me: Visitor) -> str:
    return me.page.locator("#id_office-error").inner_text()


def _selected(me: Visitor) -> str:
    """What the select behind the box would send."""
    return str(me.page.locator("select[name=office]").input_value())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("alder", ["Alder House", "Alder Yard"], id="start of a name"),
        pytest.param("york", ["York", "North Yorkshire"], id="names that begin with it first"),
        pytest.param("riding hull", ["Hull and East Riding"], id="words in any order"),
        pytest.param("st helens", ["Knowsley and St. Helens"], id="without the full stop"),
        pytest.param("ty afon", ["Tŷ Afon"], id="without the accent"),
        pytest.param("lodz", ["Łódź House"], id="without letters that no keyboard has"),
        pytest.param("ŁÓDŹ hou", ["Łódź House"], id="with them, in capitals"),
        pytest.param("bold", ["<b>Bold</b> & “quoted” House"], id="markup is text"),
        pytest.param("leedz", ["Nothing on the list matches"], id="no match"),
    ],
)
def test_the_list_narrows_while_typing(visitor: Visitors, typed: str, found: list[str]) -> None:
    me = visitor().opens(PAGE)
    _box(me).press_sequentially(typed)
    expect(_matches(me)).to_have_text(found)
    me.looks()


def test_with_the_keyboard_alone(visitor: Visitors) -> None:
    me = visitor().opens(PAGE).looks()
    box, keyboard = _box(me), me.page.keyboard
    keyboard.press("Tab")
    me.page.get_by_label("Probation office", exact=True).focus()
    keyboard.type("alder")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(_matches(me).nth(1)).to_be_focused()
    me.looks()
    keyboard.press("Enter")
    expect(box).to_have_value("Alder Yard")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    assert _selected(me) == "2"
    keyboard.press("Tab")
    expect(me.page.get_by_label("Yes", exact=True)).to_be_focused()
    keyboard.press("Shift+Tab")
    with me.page.expect_navigation():
        keyboard.press("Enter")
    assert me.main.split("\n")[-1] == "2 and none"


def test_escape_closes_the_list_and_changes_nothing(visitor: Visitors) -> None:
    me = visitor().opens(PAGE)
    box, keyboard = _box(me), me.page.keyboard
    box.focus()
    keyboard.type("ald")
    keyboard.press("ArrowDown")
    keyboard.press("Escape")
    expect(box).to_have_value("ald")
    expect(box).to_be_focused()
    expect(_matches(me)).to_have_count(0)
    assert _selected(me) == ""


def test_a_highlighted_answer_is_taken_when_the_box_is_left(visitor: Visitors) -> None:
    me = visitor().opens(PAGE)
    _box(me).focus()
    me.page.keyboard.type("hull")
    me.page.keyboard.press("ArrowDown")
    me.page.keyboard.press("Tab")
    expect(_box(me)).to_have_value("Hull and East Riding")
    assert me.presses("Save and continue").main.split("\n")[-1] == "3 and none"


def test_nothing_is_taken_that_was_not_highlighted(visitor: Visitors) -> None:
    me = visitor().opens(PAGE)
    _box(me).press_sequentially("hull")
    me.page.keyboard.press("Tab")
    expect(_box(me)).to_have_value("hull")
    me.presses("Save and continue", 422)
    assert UNKNOWN in _error(me)


def test_with_the_mouse(visitor: Visitors) -> None:
    me = visitor().opens(PAGE)
    _box(me).press_sequentially("bold")
    _matches(me).first.click()
    expect(_box(me)).to_have_value("<b>Bold</b> & “quoted” House")
    me.chooses("Yes")
    _box(me, "Another office").press_sequentially("york")
    me.looks(widths=())
    _matches(me).get_by_text("North Yorkshire", exact=True).click()
    assert me.presses("Save and continue").main.split("\n")[-1] == "6 and 7"


def test_a_name_typed_to_its_end_is_an_answer(visitor: Visitors) -> None:
    me = visitor().opens(PAGE)
    _box(me).press_sequentially(" tŷ  AFON")
    assert _selected(me) == "5"
    assert me.presses("Save and continue").main.split("\n")[-1] == "5 and none"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("Leedz", UNKNOWN, id="no such office"),
        pytest.param("Alder", UNKNOWN, id="half a name"),
        pytest.param('"><script>alert(1)</script>', UNKNOWN, id="markup"),
        pytest.param("", "Select a probation office", id="emptied"),
    ],
)
def test_text_that_is_no_answer_does_not_keep_the_answer_before(
    visitor: Visitors, text: str, message: str
) -> None:
    """The live service kept it, and nobody noticed."""
    me = visitor().opens(f"{PAGE}?chosen=1")
    expect(_box(me)).to_have_value("Alder House")
    expect(_matches(me)).to_have_count(0)
    _box(me).fill(text)
    me.page.get_by_label("Reason").fill("Near home")
    assert _selected(me) == ""

    me.presses("Save and continue", 422).looks()

    assert message in _error(me)
    expect(_box(me)).to_have_value(text)
    expect(_matches(me)).to_have_count(0)
    expect(me.page.get_by_label("Reason")).to_have_value("Near home")
    me.page.get_by_role("alert").get_by_role("link").click()
    expect(_box(me)).to_be_focused()
    _box(me).fill("")
    _box(me).press_sequentially("york")
    _matches(me).first.click()
    assert me.presses("Save and continue").main.split("\n")[-1] == "8 and none"


def test_hint_and_error_stay_with_the_box_while_typing(visitor: Visitors) -> None:
    me = visitor().opens(PAGE).presses("Save and continue", 422)
    box = _box(me)
    for text in ("a", "al", ""):
        box.fill(text)
        me.page.wait_for_timeout(50)
        described = box.get_attribute("aria-describedby") or ""
        assert described.startswith("id_office-hint id_office-error"), (text, described)


def test_a_stored_answer_is_shown_and_kept(visitor: Visitors) -> None:
    me = visitor().opens(f"{PAGE}?chosen=4").looks()
    expect(_box(me)).to_have_value("Knowsley and St. Helens")
    _box(me).focus()
    expect(_matches(me)).to_have_count(0)
    assert me.presses("Save and continue").main.split("\n")[-1] == "4 and none"


def test_a_long_list_on_a_narrow_screen(visitor: Visitors) -> None:
    me = visitor().opens(f"{PAGE}?offices=325")
    me.page.set_viewport_size({"width": PHONE, "height": 900})
    _box(me).press_sequentially("o")
    expect(_matches(me)).to_have_count(323)
    me.looks()
    _box(me).press_sequentially("ffice 324")
    _matches(me).first.click()
    assert me.presses("Save and continue").main.split("\n")[-1] == "325 and none"


def test_without_scripts_it_is_a_select(visitor: Visitors) -> None:
    me = visitor(scripts=False).opens(PAGE).looks()
    me.presses("Save and continue", 422).looks()
    assert "Select a probation office" in _error(me)
    me.page.get_by_label("Probation office", exact=True).select_option("York")
    assert me.presses("Save and continue").main.split("\n")[-1] == "8 and none"


def test_the_script_is_fetched_only_where_a_question_asks_for_it(visitor: Visitors) -> None:
    me = visitor()
    fetched: list[str] = []
    me.page.on("request", lambda request: fetched.append(request.url))
    me.opens("/sign-in").page.wait_for_load_state("networkidle")
    assert not [url for url in fetched if "autocomplete" in url]
    me.opens(PAGE).page.wait_for_load_state("networkidle")
    assert len({url for url in fetched if "autocomplete" in url}) == 3
