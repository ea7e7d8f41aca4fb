"""Two tabs on one draft: the second save is told what changed and shown both texts; saving again overwrites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.forms.models import model_to_dict
from django.test import Client

from accounts.kept_text.posted import TAB_FIELD, TOKEN_FIELD
from accounts.models import User
from risk import redaction
from risk.actions import change_section as changing
from risk.models import SectionKey
from tests.factories.referrals import a_draft_with_risk
from tests.factories.risk import take_newer
from tests.stories.referring import Practitioner, filled_in

AsPersona = Callable[[str], Client]
WHO, KEY = "who-is-at-risk", "who_is_at_risk"
TOKENS = ("csrfmiddlewaretoken", TOKEN_FIELD, TAB_FIELD)
SAVE = {"do": "save", "understood": "YES"}


@pytest.fixture
def practitioner(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    return Practitioner(as_persona("pp"), str(a_draft_with_risk(personas["pp"], crn="X980001").pk))


def _opens(practitioner: Practitioner, name: str, *args: Any) -> tuple[str, dict[str, Any]]:
    """One tab: the page's address, and its form as it was opened."""
    url = practitioner.address(name, *args)
    return url, filled_in(practitioner.open(url))


def _answers(practitioner: Practitioner, slug: str) -> dict[str, Any]:
    """What stands in the form, without the tokens that differ each time."""
    fields = _opens(practitioner, slug)[1]
    return {name: value for name, value in fields.items() if name not in TOKENS}


def _told(practitioner: Practitioner, url: str, fields: dict[str, Any]) -> BeautifulSoup:
    practitioner.post(url, fields, 409)
    page = practitioner.pages[-1]
    title = page.title
    assert title is not None
    assert title.get_text().startswith("Error: ")
    return page


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _box(practitioner: Practitioner) -> tuple[str, str]:
    section = practitioner.draft.risk.section(KEY)
    return str(section.state), section.box_text


def _beside(page: BeautifulSoup) -> str:
    """What the conflict page shows side by side."""
    return " ".join(side.get_text() for side in page.select(".rm-comparison"))


@pytest.mark.parametrize(
    ("first", "state", "shown"),
    [
        pytest.param(
            {"text": "From the first tab."},
            ("EDITED", "From the first tab."),
            "From the first tab.",
            id="edited",
        ),
        pytest.param({"do": "remove"}, ("REMOVED", ""), "This section was emptied.", id="removed"),
    ],
)
def test_a_section_saved_in_another_tab_is_not_overwritten_unseen(
    practitioner: Practitioner, first: dict[str, str], state: tuple[str, str], shown: str
) -> None:
    # Given two tabs on one section, of which one has saved
    url, mine = _opens(practitioner, "risk_section", WHO)
    practitioner.post(url, mine | {"do": "save"} | first)

    # When the other one saves
    page = _told(practitioner, url, mine | {"do": "save", "text": "From the second tab."})

    # Then nothing is overwritten, and both texts are shown
    assert _box(practitioner) == state
    assert "changed after you opened the page" in _text(page)
    assert shown in _text(page)
    assert filled_in(page)["text"] == "From the second tab."

    # And saving again overwrites, on purpose
    practitioner.post(url, filled_in(page) | {"do": "save"})
    assert _box(practitioner) == ("EDITED", "From the second tab.")


@pytest.mark.parametrize("where", ["own page", "edit page"])
def test_text_that_cannot_be_saved_comes_back_beside_what_another_tab_saved(
    practitioner: Practitioner, where: str
) -> None:
    """Text that one tab alone shows: it was offered back there, and the other tab saved over it."""
    # Given a text that is too long, which is kept and offered back in two tabs, of which one saves another
    url, box = practitioner.address("risk_section", WHO), "text"
    if where == "edit page":
        url, box = practitioner.address("risk_edit"), KEY
    typed = "Typed at length. " * 300
    practitioner.post(url, _opened(practitioner, url) | SAVE | {box: typed}, 422)
    first, second = _opened(practitioner, url), _opened(practitioner, url)
    assert first[box] == second[box] == typed
    practitioner.post(url, second | SAVE | {box: "Saved in the second tab."})

    # When the first tab sends what it still shows
    page = _told(practitioner, url, first | SAVE)

    # Then nothing is saved, and both texts are there
    assert "Saved in the second tab." in page.get_text()
    assert filled_in(page, page.select_one("form:has(textarea)"))[box] == typed
    assert _box(practitioner) == ("EDITED", "Saved in the second tab.")


def _opened(practitioner: Practitioner, url: str) -> dict[str, Any]:
    page = practitioner.open(url)
    return filled_in(page, page.select_one("form:has(textarea)"))


@pytest.mark.slow
def test_the_edit_page_says_which_section_was_saved_meanwhile(practitioner: Practitioner) -> None:
    # Given the edit page, and a section that was saved in another tab meanwhile
    url, mine = _opens(practitioner, "risk_edit")
    practitioner.edits(WHO, "From the first tab.")

    # When the edit page is saved with other words for this section and for another one
    typed = {KEY: "From the second tab.", "nature_of_risk": "Shouting."}
    page = _told(practitioner, url, mine | SAVE | typed)

    # Then nothing at all is saved, both texts are shown, and everything typed is there
    assert _box(practitioner) == ("EDITED", "From the first tab.")
    assert practitioner.draft.risk.section("nature_of_risk").state == "UNREVIEWED"
    assert not redaction.is_declared(practitioner.draft.risk)
    links = [str(link["href"]) for link in page.select(".govuk-error-summary a")]
    assert links == [f"#id_{KEY}"]
    card = page.select_one(f"#{WHO}")
    assert card is not None
    assert "From the first tab." in card.get_text()
    assert filled_in(page)[KEY] == "From the second tab."
    assert filled_in(page)["nature_of_risk"] == "Shouting."

    # And saving again overwrites, and declares
    practitioner.post(url, filled_in(page) | SAVE)
    assert _box(practitioner) == ("EDITED", "From the second tab.")
    assert redaction.is_declared(practitioner.draft.risk)


def test_an_untouched_box_does_not_undo_the_other_tab_s_removal(practitioner: Practitioner) -> None:
    """The old text stands in the box of the page that was opened first: saving it would share it again."""
    url, mine = _opens(practitioner, "risk_edit")
    practitioner.presses(WHO, "remove")

    _told(practitioner, url, mine | SAVE)

    assert _box(practitioner) == ("REMOVED", "")
    assert not redaction.is_declared(practitioner.draft.risk)


def test_a_button_does_not_save_boxes_that_are_out_of_date(practitioner: Practitioner) -> None:
    url, mine = _opens(practitioner, "risk_edit")
    practitioner.presses(WHO, "remove")

    page = _told(practitioner, url, mine | {"do": "remove:suicide"})

    assert _box(practitioner) == ("REMOVED", "")
    assert practitioner.draft.risk.section("suicide").state == "REMOVED"  # what was pressed is done
    assert filled_in(page)[KEY] == mine[KEY]


@pytest.mark.parametrize("name", ["risk_edit", "risk_section"])
def test_saving_the_same_twice_is_no_conflict(practitioner: Practitioner, name: str) -> None:
    """A double click, or the browser's own repeat."""
    url, mine = _opens(practitioner, name, *([WHO] if name == "risk_section" else []))
    typed = SAVE | {KEY if name == "risk_edit" else "text": "Former partners."}

    practitioner.post(url, mine | typed)
    practitioner.post(url, mine | typed)

    assert _box(practitioner) == ("EDITED", "Former partners.")


def test_a_newer_assessment_taken_in_another_tab_is_a_change(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_draft_with_risk(personas["pp"], crn="X980037").pk))
    url, mine = _opens(practitioner, "risk_edit")
    take_newer(practitioner.draft.risk, personas["pp"])

    page = _told(practitioner, url, mine | SAVE)

    assert "the new care worker" in _text(page)
    assert {section.state for section in practitioner.draft.risk.in_order()} == {"UNREVIEWED"}


QUESTIONS = {
    "additional-needs": ({"additional_needs": "First."}, {"additional_needs": "Second."}, "First"),
    "responsibilities": (
        {"has_responsibilities": "YES", "when_unavailable": "Mondays."},
        {"has_responsibilities": "NO"},
        "Mondays.",
    ),
    "enforceable-days": ({"enforceable_days": "5"}, {"enforceable_days": "6"}, "5"),
    "reason-for-referral": (
        {"reason_for_referral": "First.", "further_information": "None."},
        {"reason_for_referral": "Other.", "further_information": "Second."},
        "First",
    ),
}


@pytest.mark.parametrize("slug", list(QUESTIONS))
def test_a_question_answered_in_another_tab_is_not_overwritten_unseen(
    practitioner: Practitioner, slug: str
) -> None:
    first, second, shown = QUESTIONS[slug]
    url, mine = _opens(practitioner, slug)
    practitioner.post(url, mine | first)
    after_the_first = model_to_dict(practitioner.draft)

    page = _told(practitioner, url, mine | second)

    assert model_to_dict(practitioner.draft) == after_the_first
    assert "Another answer to this question was saved" in _text(page)
    assert shown in _beside(page)
    assert next(iter(second.values())).strip(".") in _beside(page) or "has_responsibilities" in second
    again = filled_in(page)
    assert {name: again[name] for name in second} == second

    practitioner.post(url, again)
    stands = _answers(practitioner, slug)
    assert {name: stands[name] for name in second} == second


def test_the_same_answer_twice_is_no_conflict(practitioner: Practitioner) -> None:
    url, mine = _opens(practitioner, "additional-needs")

    practitioner.post(url, mine | {"additional_needs": "The same."})
    practitioner.post(url, mine | {"additional_needs": "The same."})

    assert practitioner.draft.additional_needs == "The same."


def test_two_different_questions_do_not_disturb_each_other(practitioner: Practitioner) -> None:
    first, mine = _opens(practitioner, "additional-needs")
    second, other = _opens(practitioner, "diversity")

    practitioner.post(first, mine | {"additional_needs": "One."})
    practitioner.post(second, other | {"diversity": "Two."})

    draft = practitioner.draft
    assert (draft.additional_needs, draft.diversity) == ("One.", "Two.")


@pytest.mark.slow
def test_every_section_can_be_told_apart_when_it_is_out_of_date(practitioner: Practitioner) -> None:
    url, mine = _opens(practitioner, "risk_edit")
    for key in SectionKey.values:
        _post_box(practitioner, key)

    page = _told(practitioner, url, mine | SAVE | dict.fromkeys(SectionKey.values, "Second."))

    links = [str(link["href"]) for link in page.select(".govuk-error-summary a")]
    assert links == [f"#id_{key}" for key in SectionKey.values]


def _post_box(practitioner: Practitioner, key: str) -> None:
    risk = practitioner.draft.risk
    changing.edit_section(risk=risk, key=key, text="First.", by=risk.owner)
