"""The risk pages: what they say, what their buttons do, and none of the live service's weaknesses.

The weaknesses are those of the reference on the practitioner's side, 3.10, by their letters. Told elsewhere: a, b, d in
the blanking story; h, j in the story of OASys's answers; n on the supplier's side; p by the architecture's tests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.models import Referral
from risk import redaction
from risk.models import SectionKey, SectionState
from risk.reading import for_page
from risk.wording import CURRENT_WORDING
from tests.conftest import Page
from tests.factories.referrals import a_declared_draft, a_draft_with_risk, an_answered_draft
from tests.factories.risk import decided
from tests.stories.referring import SECTION_SLUGS, Practitioner, filled_in, key_of
from upstream_stub import adapter

AsPersona = Callable[[str], Client]
WHO, WHO_KEY = "who-is-at-risk", "who_is_at_risk"
SAVE = {"do": "save", "understood": "YES"}
STYLES = Path(__file__).resolve().parents[2] / "static" / "service.css"


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def practitioner(as_persona: AsPersona, pp: User) -> Practitioner:
    """A draft of somebody about whom OASys says something in every section."""
    return _working_on(as_persona, pp, "X980001")


def _working_on(as_persona: AsPersona, pp: User, crn: str) -> Practitioner:
    return Practitioner(as_persona("pp"), str(a_draft_with_risk(pp, crn=crn).pk))


def _edit_page(practitioner: Practitioner) -> dict[str, Any]:
    return filled_in(practitioner.open(practitioner.address("risk_edit")))


def _post_edit(practitioner: Practitioner, fields: dict[str, Any], status: int = 302) -> BeautifulSoup:
    practitioner.post(practitioner.address("risk_edit"), fields, status)
    return practitioner.pages[-1]


def _review_form(practitioner: Practitioner) -> dict[str, Any]:
    page = practitioner.reviews_risk()
    return filled_in(page, page.select_one("form:has(input[name=edit])"))


def _post_review(practitioner: Practitioner, fields: dict[str, Any], status: int) -> BeautifulSoup:
    practitioner.post(practitioner.address("risk_information"), fields, status)
    return practitioner.pages[-1]


def _text(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def _card(page: BeautifulSoup, slug: str) -> Tag:
    card = page.select_one(f"#{slug}")
    assert card is not None
    return card


def _errors(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(_text(link), str(link["href"])) for link in page.select(".govuk-error-summary a")]


def _states(practitioner: Practitioner) -> dict[str, tuple[str, str]]:
    return {
        section.key: (str(section.state), section.box_text) for section in practitioner.draft.risk.in_order()
    }


# --- What the pages say


def test_the_sections_stand_in_their_order_with_a_change_link_each(practitioner: Practitioner) -> None:
    review = practitioner.reviews_risk()

    assert [_text(card) for card in review.select("section.govuk-summary-card h2")] == list(SectionKey.labels)
    for slug in SECTION_SLUGS:
        link = review.select_one(f"#change-{slug}")
        assert link is not None
        assert link["href"] == practitioner.address("risk_section", slug)


@pytest.mark.slow
def test_line_breaks_are_kept_in_every_section(as_persona: AsPersona, pp: User) -> None:
    """Weakness l."""
    practitioner = _working_on(as_persona, pp, "X980007")

    card = _card(practitioner.reviews_risk(), "risk-imminence")

    lines = len(card.find_all("br")) + len(card.find_all("p"))
    assert lines > 200


def test_text_that_looks_like_code_is_escaped_once(as_persona: AsPersona, pp: User) -> None:
    """Weakness l."""
    practitioner = _working_on(as_persona, pp, "X980009")

    for name in ("risk_information", "risk_edit"):
        page = practitioner.open(practitioner.address(name))
        assert "<script>alert('x')</script> <img src=x onerror=1>" in page.get_text()
        assert not page.select("img[onerror]")
        assert '"calm down" &amp; walks off' in page.get_text()


@pytest.mark.parametrize("name", ["risk_information", "risk_edit", "risk_section", "reason-for-referral"])
def test_the_help_on_sensitive_information_stands_wherever_risk_can_leave(
    practitioner: Practitioner, name: str
) -> None:
    """Weaknesses m and v."""
    args = [WHO] if name == "risk_section" else []

    help_text = practitioner.open(practitioner.address(name, *args)).select_one("details")

    assert help_text is not None
    for word in ("victims", "other people", "police", "prison", "health", "safeguarding", "PI 15/2016"):
        assert word in _text(help_text)


def test_both_pages_ask_for_responsibility_in_the_same_words(practitioner: Practitioner) -> None:
    """Weakness t."""
    for name in ("risk_information", "risk_edit"):
        page = practitioner.open(practitioner.address(name))
        tick = page.select_one("label[for^=id_understood]")
        assert tick is not None
        assert _text(tick) == CURRENT_WORDING.tick
        assert CURRENT_WORDING.responsibility in _text(page)


def test_answers_are_told_without_colour(practitioner: Practitioner) -> None:
    """Weakness r: yes was green and no was red."""
    card = _card(practitioner.reviews_risk(), "self-harm")

    answer = next(found for found in card.find_all("p") if _text(found) == "Yes")
    assert answer["class"] == ["govuk-body"]


def test_the_same_text_under_two_headings_is_pointed_out(practitioner: Practitioner) -> None:
    """Weakness k."""
    for name in ("risk_information", "risk_edit"):
        page = practitioner.open(practitioner.address(name))
        assert "OASys has the same text under “Concerns in relation to suicide”" in _text(
            _card(page, "self-harm")
        )
        assert "OASys has the same text under “Concerns in relation to self-harm”" in _text(
            _card(page, "suicide")
        )


def test_the_levels_are_titled_not_shared_with_provider(practitioner: Practitioner) -> None:
    panel = practitioner.reviews_risk().select_one(".rm-rosh")
    assert panel is not None
    assert "Not shared with provider" in _text(panel)


@pytest.mark.parametrize(
    ("crn", "level", "looks"),
    [
        pytest.param("X980001", "VERY HIGH RoSH", "rm-rosh__level--high", id="very high"),
        pytest.param("X980003", "UNKNOWN LEVEL RoSH", "rm-rosh__level--unknown", id="no record"),
    ],
)
def test_the_panel_without_a_level_looks_like_no_level(
    as_persona: AsPersona, pp: User, crn: str, level: str, looks: str
) -> None:
    """Live service: page and style sheet call that style by two names."""
    box = _working_on(as_persona, pp, crn).reviews_risk().select_one(".rm-rosh__level")

    assert box is not None
    assert level in _text(box)
    assert box["class"] == ["rm-rosh__level", looks]
    assert f".{looks}" in STYLES.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param([], "You have not edited any", id="nothing edited"),
        pytest.param([WHO], "You have edited 1 section of", id="one"),
        pytest.param(
            [WHO, "suicide", "additional-information"],
            "You have edited 2 sections of the OASys information. You have added additional information.",
            id="two, and one that is not OASys's",
        ),
    ],
)
def test_the_warning_says_truly_how_many_sections_were_edited(
    practitioner: Practitioner, changes: list[str], says: str
) -> None:
    """Weakness c: it was there whatever had been edited."""
    for slug in changes:
        practitioner.edits(slug, "Our own words.")

    for name in ("risk_information", "risk_edit"):
        assert says in _text(practitioner.open(practitioner.address(name)))


def test_what_was_written_is_shown_whatever_oasys_answers(as_persona: AsPersona, pp: User) -> None:
    """Weakness d: text under a "don't know" was hidden, and additional information never shown."""
    practitioner = _working_on(as_persona, pp, "X980005")
    practitioner.edits("suicide", "Nothing is known to us.")
    practitioner.edits("additional-information", "Prefers mornings.")

    review = practitioner.reviews_risk()

    assert "Nothing is known to us." in _text(_card(review, "suicide"))
    assert "Prefers mornings." in _text(_card(review, "additional-information"))


def test_additional_information_is_not_called_oasys_s(practitioner: Practitioner) -> None:
    practitioner.declares()

    card = _text(_card(practitioner.reviews_risk(), "additional-information"))

    assert "Nothing added" in card
    assert "OASys" not in card


def test_differences_are_marked_in_both_texts_in_words_too(practitioner: Practitioner) -> None:
    """Weakness e: there was nothing to compare with."""
    practitioner.edits(WHO, "Former partners; neighbours who challenge him about rent.")

    page = practitioner.open(practitioner.address("risk_section", WHO))

    removed, added = page.select("del"), page.select("ins")
    assert [_text(found) for found in removed] == ["[removed: housing staff ]"]
    assert [_text(found) for found in added] == ["[added: neighbours ]"]


@pytest.mark.parametrize("act", ["remove", "none"])
def test_an_answer_that_is_not_shared_is_marked_as_its_text_is(
    as_persona: AsPersona, pp: User, act: str
) -> None:
    """Decision R4: a removed section shares neither."""
    crn, slug, answer = (
        ("X980001", "self-harm", "Yes") if act == "remove" else ("X980005", "suicide", "Don’t know")
    )
    practitioner = _working_on(as_persona, pp, crn)
    practitioner.presses(slug, act)

    for name, args in (("risk_information", []), ("risk_edit", []), ("risk_section", [slug])):
        page = practitioner.open(practitioner.address(name, *args))
        card = page if args else _card(page, slug)
        assert f"[removed: {answer} ]" in [_text(found) for found in card.select("del")], name
        assert answer not in [_text(found) for found in card.find_all("p")], name


@pytest.mark.parametrize("crn", ["X980003", "X980031"], ids=["no record", "no answer"])
def test_nothing_is_called_oasys_s_that_it_never_said(as_persona: AsPersona, pp: User, crn: str) -> None:
    """Decision W6. Nor is there anything to compare with, or to delete on sending."""
    practitioner = _working_on(as_persona, pp, crn)
    practitioner.edits("suicide", "Ours.")
    practitioner.edits("additional-information", "Ours too.")

    for name, args in (("risk_information", []), ("risk_edit", []), ("risk_section", ["suicide"])):
        page = practitioner.open(practitioner.address(name, *args))
        said = _text(page)
        for claim in (
            "Original OASys information",
            "OASys says",
            "Don’t know",
            "Compare with OASys",
            "as in OASys",
        ):
            assert claim not in said, (name, claim)
    assert "Written by you" in _text(_card(practitioner.reviews_risk(), "suicide"))
    assert "Added by you" in _text(_card(practitioner.reviews_risk(), "additional-information"))


# --- The question on the review page


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param({}, "Select yes if you want to edit this OASys risk information", id="nothing chosen"),
        pytest.param(
            {"edit": "NO"}, "Select the box to confirm that you understand", id="no, without the tick"
        ),
        pytest.param({"edit": "MAYBE", "understood": "YES"}, "Select an answer", id="made up"),
    ],
)
def test_the_question_must_be_answered(
    practitioner: Practitioner, answers: dict[str, str], error: str
) -> None:
    """Weakness w: errors came with status 200."""
    before = _states(practitioner)

    page = _post_review(practitioner, _review_form(practitioner) | answers, 422)

    assert [text for text, _ in _errors(page)][0].startswith(error)
    assert _states(practitioner) == before
    assert not redaction.is_declared(practitioner.draft.risk)


def test_sections_to_be_decided_are_named_with_a_link_each(as_persona: AsPersona, pp: User) -> None:
    """Weakness i: blanks could be sent with one tick."""
    practitioner = _working_on(as_persona, pp, "X980006")

    page = _post_review(practitioner, _review_form(practitioner) | {"edit": "NO", "understood": "YES"}, 422)

    errors = _errors(page)
    assert [href for _, href in errors] == [
        "#change-nature-of-risk",
        "#change-self-harm",
        "#change-suicide",
        "#change-hostel-setting",
    ]
    assert "confirm there is no identified risk" in errors[0][0]
    assert "OASys says yes but gives no text" in errors[3][0]
    assert not redaction.is_declared(practitioner.draft.risk)


def test_a_declaration_is_for_what_the_page_showed(practitioner: Practitioner) -> None:
    opened = _review_form(practitioner)
    practitioner.presses(WHO, "remove")  # in another tab

    page = _post_review(practitioner, opened | {"edit": "NO", "understood": "YES"}, 409)

    assert "changed after you opened this page" in _errors(page)[0][0]
    assert "No information shared" in _text(_card(page, WHO))
    assert not redaction.is_declared(practitioner.draft.risk)
    shown = filled_in(page, page.select_one("form:has(input[name=edit])"))
    _post_review(practitioner, shown | {"edit": "NO", "understood": "YES"}, 302)
    assert redaction.is_declared(practitioner.draft.risk)


@pytest.mark.parametrize("version", ["2026-1", "", None], ids=["older", "empty", "a page of before"])
def test_words_that_changed_since_the_review_page_was_opened_are_shown_and_confirmed_anew(
    practitioner: Practitioner, version: str | None
) -> None:
    # Given the review page as it was opened under other words
    opened = _review_form(practitioner) | {"edit": "NO", "understood": "YES"}
    opened = _with_wording(opened, version)

    # When it is confirmed
    page = _post_review(practitioner, opened, 409)

    # Then nothing is declared, the words of now are shown, and the tick is to be given anew
    assert "changed after you opened the page" in _errors(page)[0][0]
    assert _errors(page)[0][1] == "#id_understood"
    assert CURRENT_WORDING.responsibility in page.get_text()
    assert page.select_one("#id_understood[checked]") is None
    assert page.select_one("input[name=edit][value=NO][checked]") is not None
    assert not practitioner.draft.risk.declarations.exists()

    # And confirmed under these, it is declared under these
    shown = filled_in(page, page.select_one("form:has(input[name=edit])"))
    _post_review(practitioner, shown | {"understood": "YES"}, 302)
    assert practitioner.draft.risk.declarations.get().wording_version == CURRENT_WORDING.version


@pytest.mark.parametrize("version", ["2026-1", None], ids=["older", "a page of before"])
def test_words_that_changed_since_the_edit_page_was_opened_lose_nothing_typed(
    practitioner: Practitioner, version: str | None
) -> None:
    opened = _edit_page(practitioner) | SAVE | {WHO_KEY: "Typed under the words of before."}

    page = _post_edit(practitioner, _with_wording(opened, version), 409)

    assert _errors(page)[0][0].startswith("The words that you confirm changed")
    assert page.select_one("#id_understood[checked]") is None
    assert filled_in(page)[WHO_KEY] == "Typed under the words of before."
    assert not practitioner.draft.risk.declarations.exists()
    _post_edit(practitioner, filled_in(page) | SAVE)
    assert practitioner.draft.risk.declarations.get().wording_version == CURRENT_WORDING.version
    assert _states(practitioner)[WHO_KEY][0] == "EDITED"


def _with_wording(fields: dict[str, Any], version: str | None) -> dict[str, Any]:
    """What a page posts that was opened under another version; None: a page that did not say which."""
    assert fields["wording_seen"] == CURRENT_WORDING.version
    others = {name: value for name, value in fields.items() if name != "wording_seen"}
    return others if version is None else others | {"wording_seen": version}


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_a_page_that_does_not_say_what_it_showed_declares_nothing(
    practitioner: Practitioner, seen: str
) -> None:
    answers = {"edit": "NO", "understood": "YES", "seen": seen}

    _post_review(practitioner, _review_form(practitioner) | answers, 409)

    assert not redaction.is_declared(practitioner.draft.risk)


def test_sharing_unedited_and_edited_are_told_apart_afterwards(practitioner: Practitioner) -> None:
    """Weaknesses f and u: nothing told who had agreed to what, or whether anything was edited."""
    practitioner.declares()
    practitioner.edits(WHO, "Former partners.")
    practitioner.declares()

    declarations = practitioner.draft.risk.declarations.order_by("pk")
    assert [one.sections_changed for one in declarations] == [0, 1]
    assert [one.voided_at is None for one in declarations] == [False, True]
    assert {one.wording_version for one in declarations} == {CURRENT_WORDING.version}


# --- Buttons under a section


def test_every_section_has_its_own_buttons_and_no_button_is_for_all(practitioner: Practitioner) -> None:
    """Weakness e, and decision R7."""
    page = practitioner.open(practitioner.address("risk_edit"))

    pressed = [str(button["value"]) for button in page.select("main form button[name=do]")]
    sections = list(SectionKey.values)
    assert {value for value in pressed if ":" not in value} == {"save"}
    assert [value for value in pressed if value.startswith("revert")] == [f"revert:{key}" for key in sections]
    oasys = sections[:-1]  # there is nothing yet to remove in the additional information
    assert [value for value in pressed if value.startswith("remove")] == [f"remove:{key}" for key in oasys]
    assert not [value for value in pressed if value.startswith("none")]  # OASys says something everywhere
    assert not [value for value in pressed if value.startswith("undo")]  # nothing to undo yet
    assert pressed[0] == "save"  # the Enter key


@pytest.mark.parametrize("where", ["edit page", "own page"])
def test_revert_stands_where_oasys_has_nothing_and_says_what_it_did(
    as_persona: AsPersona, pp: User, where: str
) -> None:
    """Decision R6: under every section. Undo brings the practitioner's words back."""
    practitioner = _working_on(as_persona, pp, "X980003")
    practitioner.edits("suicide", "Ours.")
    suffix = ":suicide" if where == "edit page" else ""
    url = practitioner.address(*(("risk_edit",) if suffix else ("risk_section", "suicide")))

    for do, box in (("revert", ""), ("undo", "Ours.")):
        page = practitioner.open(url)
        fields = filled_in(page, page.select_one("form:has(textarea)"))
        done = practitioner.open(practitioner.post(url, fields | {"do": f"{do}{suffix}"})["Location"])
        assert _states(practitioner)["suicide"][1] == box
        assert ("is empty again, because OASys gives no information" in _text(done)) == (do == "revert")


def test_undo_is_offered_once_there_is_something_to_undo(practitioner: Practitioner) -> None:
    practitioner.presses(WHO, "remove")
    page = practitioner.open(practitioner.address("risk_edit"))

    assert [str(button["value"]) for button in page.select("button[value^=undo]")] == [f"undo:{WHO_KEY}"]


@pytest.mark.parametrize(
    ("do", "state", "box"),
    [
        pytest.param("remove", "REMOVED", "", id="remove"),
        pytest.param("revert", "UNCHANGED", None, id="revert"),
        pytest.param("undo", "UNREVIEWED", None, id="undo"),
    ],
)
@pytest.mark.parametrize("where", ["edit page", "own page"])
def test_a_button_works_on_the_server_at_once(
    practitioner: Practitioner, do: str, state: str, box: str | None, where: str
) -> None:
    oasys = _states(practitioner)[WHO_KEY][1]
    practitioner.edits(WHO, "Former partners.")
    others = {key: value for key, value in _states(practitioner).items() if key != WHO_KEY}

    if where == "edit page":
        _post_edit(practitioner, _edit_page(practitioner) | {"do": f"{do}:{WHO_KEY}"})
    else:
        practitioner.presses(WHO, do)

    after = _states(practitioner)
    assert after.pop(WHO_KEY) == (state, oasys if box is None else box)
    assert after == others
    assert not redaction.is_declared(practitioner.draft.risk)


def test_no_identified_risk_is_neither_offered_nor_accepted_where_oasys_says_yes(
    practitioner: Practitioner,
) -> None:
    page = practitioner.open(practitioner.address("risk_section", "self-harm"))
    assert not page.select("button[value=none]")

    practitioner.presses("self-harm", "none", status=403)

    assert "you cannot confirm no identified risk" in _text(practitioner.pages[-1])
    assert _states(practitioner)["self_harm"][0] == "UNREVIEWED"


def test_what_was_typed_in_other_boxes_is_kept_when_a_button_is_pressed(practitioner: Practitioner) -> None:
    typed = {"nature_of_risk": "Sudden assault.", "additional_information": "More."}

    _post_edit(practitioner, _edit_page(practitioner) | typed | {"do": f"remove:{WHO_KEY}"})

    after = _states(practitioner)
    assert after["nature_of_risk"] == ("EDITED", "Sudden assault.")
    assert after["additional_information"] == ("EDITED", "More.")
    assert after[WHO_KEY] == ("REMOVED", "")


def test_no_identified_risk_is_said_at_once_where_oasys_holds_nothing(
    as_persona: AsPersona, pp: User
) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")
    page = practitioner.open(practitioner.address("risk_edit"))
    offered = [str(tick["name"]) for tick in page.select("input[name$=_none]")]
    assert offered == ["nature_of_risk_none", "self_harm_none", "suicide_none"]
    assert [one["value"] for one in page.select("button[value^=none]")] == [
        "none:vulnerability"
    ]  # OASys says no

    practitioner.presses("suicide", "none")
    ticked = {name: "YES" for name in offered if name != "suicide_none"}
    _post_edit(
        practitioner,
        _edit_page(practitioner) | ticked | {"understood": "YES", "hostel_setting": "Shares badly."},
    )

    for name in offered:
        assert _states(practitioner)[name.removesuffix("_none")] == ("NO_IDENTIFIED_RISK", "")


@pytest.mark.parametrize(
    ("crn", "offered"),
    [
        pytest.param("X980010", 0, id="OASys has text in every section that it does not answer with yes"),
        pytest.param("X980030", 0, id="OASys takes too long, so nothing is known"),
        pytest.param("X980003", 7, id="OASys has no record"),
        pytest.param("X980004", 7, id="OASys has no assessment"),
        pytest.param("X980005", 7, id="OASys does not know"),
    ],
)
def test_where_no_identified_risk_is_offered(
    as_persona: AsPersona, pp: User, settings: Settings, crn: str, offered: int
) -> None:
    settings.OASYS_TIMEOUTS = (1, 0.05, 0.05)
    settings.UPSTREAM_BACKOFF = 0
    practitioner = _working_on(as_persona, pp, crn)
    page = practitioner.open(practitioner.address("risk_edit"))
    texts = [section for section in practitioner.draft.risk.in_order() if section.may_have_no_identified_risk]
    assert len(page.select("input[name$=_none]")) == len([one for one in texts if redaction.undecided(one)])
    if crn == "X980010":
        assert not page.select(f"input[name={WHO_KEY}_none]")
    else:
        assert len(texts) == offered
    if crn == "X980030":
        assert "do not know if there is a risk" in _text(page)
        practitioner.presses(WHO, "none", status=403)
        assert "wait until OASys answers" in _text(practitioner.pages[-1])
        assert _states(practitioner)[WHO_KEY] == ("UNREVIEWED", "")


# --- Buttons pressed over what was typed and not saved


def _types_and_presses(
    practitioner: Practitioner, where: str, slug: str, typed: str, do: str, status: int = 302, **also: str
) -> None:
    """Type into the box of one section, and press one of its buttons."""
    key = key_of(slug)
    if where == "edit page":
        url, box, button = practitioner.address("risk_edit"), key, f"{do}:{key}"
    else:
        url, box, button = practitioner.address("risk_section", slug), "text", do
    practitioner.post(url, filled_in(practitioner.open(url)) | {box: typed, "do": button} | also, status)


EVERY_PLACE = pytest.mark.parametrize("where", ["edit page", "own page"])


@EVERY_PLACE
@pytest.mark.parametrize("do", ["remove", "revert", "undo"])
def test_undoing_a_button_brings_back_what_was_typed_and_not_saved(
    practitioner: Practitioner, do: str, where: str
) -> None:
    practitioner.edits(WHO, "Saved before.")

    _types_and_presses(practitioner, where, WHO, "Just typed.", do)
    assert _states(practitioner)[WHO_KEY][1] != "Just typed."
    practitioner.presses(WHO, "undo")

    assert _states(practitioner)[WHO_KEY] == ("EDITED", "Just typed.")


@EVERY_PLACE
def test_undoing_no_identified_risk_brings_back_what_was_typed(
    as_persona: AsPersona, pp: User, where: str
) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")

    _types_and_presses(practitioner, where, "suicide", "Just typed.", "none")
    assert _states(practitioner)["suicide"] == ("NO_IDENTIFIED_RISK", "")
    practitioner.presses("suicide", "undo")

    assert _states(practitioner)["suicide"] == ("EDITED", "Just typed.")


@EVERY_PLACE
@pytest.mark.parametrize("do", ["remove", "revert", "undo", "none"])
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("x" * 4001, "4,000 characters or", id="too long"),
        pytest.param("Typed\x00.", "cannot be", id="a null byte"),
    ],
)
def test_a_button_never_discards_what_cannot_be_saved(
    as_persona: AsPersona, pp: User, where: str, do: str, typed: str, says: str
) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")
    practitioner.edits("suicide", "Saved before.")
    before = _states(practitioner)

    _types_and_presses(practitioner, where, "suicide", typed, do, 422)

    page = practitioner.pages[-1]
    box = filled_in(page)["suicide" if where == "edit page" else "text"]
    assert box.replace("\ufffd", "\x00") == typed
    assert _states(practitioner) == before  # nor was the button's effect half done
    errors = " ".join(text for text, _ in _errors(page))
    assert says in errors
    assert "We could not do" in errors
    assert "discard it, then select" in errors
    assert page.select("button[value=discard]")


@EVERY_PLACE
@pytest.mark.parametrize(
    ("do", "slug"),
    [("remove", "suicide"), ("revert", "hostel-setting"), ("undo", "suicide"), ("none", "suicide")],
)
def test_a_button_never_discards_what_was_typed_over_another_tab_s_text(
    as_persona: AsPersona, pp: User, where: str, do: str, slug: str
) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")
    practitioner.edits(slug, "Saved before.")
    name, args = ("risk_edit", ()) if where == "edit page" else ("risk_section", (slug,))
    url = practitioner.address(name, *args)
    mine = filled_in(practitioner.open(url))
    practitioner.edits(slug, "Saved in the other tab.")
    box, button = (key_of(slug), f"{do}:{key_of(slug)}") if where == "edit page" else ("text", do)

    practitioner.post(url, mine | {box: "Typed in this tab.", "do": button}, 409)

    page = practitioner.pages[-1]
    assert filled_in(page)[box] == "Typed in this tab."
    assert "Saved in the other tab." in _text(page)
    assert "We could not do" in _text(page)
    assert _states(practitioner)[key_of(slug)] == ("EDITED", "Saved in the other tab.")

    # Pressed again in view of both, it is done, and both are in the history
    practitioner.post(url, filled_in(page) | {"do": button})
    practitioner.presses(slug, "undo")
    assert _states(practitioner)[key_of(slug)] == ("EDITED", "Typed in this tab.")
    practitioner.presses(slug, "undo")
    assert _states(practitioner)[key_of(slug)] == ("EDITED", "Saved in the other tab.")


@EVERY_PLACE
def test_what_was_typed_under_a_refused_button_is_kept(practitioner: Practitioner, where: str) -> None:
    """Offered on a page that was opened before OASys answered, say."""
    _types_and_presses(practitioner, where, "self-harm", "Just typed.", "none", 403)

    assert _states(practitioner)["self_harm"] == ("EDITED", "Just typed.")


def test_a_button_of_one_section_does_not_stumble_over_oasys_s_own_long_text(
    as_persona: AsPersona, pp: User
) -> None:
    practitioner = _working_on(as_persona, pp, "X980007")

    practitioner.presses("nature-of-risk", "remove")

    assert _states(practitioner)["nature_of_risk"] == ("REMOVED", "")


def test_a_box_that_cannot_be_kept_comes_back_as_typed_beside_the_button_s_effect(
    practitioner: Practitioner,
) -> None:
    too_long = "x" * 4001

    page = _post_edit(
        practitioner,
        _edit_page(practitioner) | {"nature_of_risk": too_long, "do": f"remove:{WHO_KEY}"},
        422,
    )

    assert filled_in(page)["nature_of_risk"] == too_long
    assert filled_in(page)[WHO_KEY] == ""
    assert [href for _, href in _errors(page)] == ["#id_nature_of_risk"]
    assert _states(practitioner)[WHO_KEY] == ("REMOVED", "")
    assert _states(practitioner)["nature_of_risk"][0] == "UNREVIEWED"


def test_a_button_does_not_stumble_over_oasys_s_own_long_text(as_persona: AsPersona, pp: User) -> None:
    """12,000 characters that nobody has touched are no mistake of whoever removes another section."""
    practitioner = _working_on(as_persona, pp, "X980007")

    _post_edit(practitioner, _edit_page(practitioner) | {"do": "remove:vulnerability"})

    assert _states(practitioner)["vulnerability"] == ("REMOVED", "")
    assert {state for state, _ in _states(practitioner).values()} == {"UNREVIEWED", "REMOVED"}


# --- Saving the edit page


def test_saving_keeps_every_box_and_declares(practitioner: Practitioner) -> None:
    typed = {WHO_KEY: "Former partners.", "suicide": "", "additional_information": "More."}

    _post_edit(practitioner, _edit_page(practitioner) | typed | SAVE)

    states = _states(practitioner)
    assert states[WHO_KEY] == ("EDITED", "Former partners.")
    assert states["suicide"] == ("REMOVED", "")
    assert states["nature_of_risk"][0] == "UNCHANGED"
    assert redaction.is_declared(practitioner.draft.risk)


def test_without_the_tick_nothing_is_saved_and_everything_typed_comes_back(
    practitioner: Practitioner,
) -> None:
    before = _states(practitioner)
    typed = {key: f"Typed under {key}.\n" for key in SectionKey.values} | {"self_harm": ""}

    page = _post_edit(practitioner, _edit_page(practitioner) | typed | {"do": "save"}, 422)

    assert {key: filled_in(page)[key] for key in SectionKey.values} == typed
    assert _errors(page)[0][1] == "#id_understood"
    assert _states(practitioner) == before
    assert not redaction.is_declared(practitioner.draft.risk)


def test_a_section_that_oasys_leaves_open_cannot_be_left_open(as_persona: AsPersona, pp: User) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")

    page = _post_edit(practitioner, _edit_page(practitioner) | SAVE, 422)

    assert [href for _, href in _errors(page)] == [
        "#id_nature_of_risk",
        "#id_self_harm",
        "#id_suicide",
        "#id_hostel_setting",
    ]
    decided(practitioner.draft.risk, pp)
    _post_edit(practitioner, _edit_page(practitioner) | SAVE)
    assert redaction.is_declared(practitioner.draft.risk)


def test_a_leading_line_break_is_no_edit(practitioner: Practitioner, pp: User) -> None:
    """Browsers drop a line break at the very start of a box."""
    practitioner.edits("additional-information", "\nBegins on the second line.")
    assert _states(practitioner)["additional_information"][1] == "\nBegins on the second line."
    before = _states(practitioner)

    boxes = {key: value.removeprefix("\n") for key, value in _edit_page(practitioner).items()}
    _post_edit(practitioner, boxes | SAVE)

    assert {key: box for key, (_, box) in _states(practitioner).items()} == {
        key: box for key, (_, box) in before.items()
    }


def test_line_breaks_as_browsers_send_them_are_no_edit(as_persona: AsPersona, pp: User) -> None:
    practitioner = _working_on(as_persona, pp, "X980007")
    boxes = {key: value.replace("\n", "\r\n") for key, value in _edit_page(practitioner).items()}
    short = {"nature_of_risk": "Shortened.", "risk_imminence": "Shortened."}

    _post_edit(practitioner, boxes | short | SAVE)

    edited = {key for key, (state, _) in _states(practitioner).items() if state == SectionState.EDITED}
    assert edited == set(short)


def test_the_edit_page_declares_only_what_it_showed(practitioner: Practitioner) -> None:
    """Removed on the page, and confirmed as no identified risk in another tab: an empty box either way."""
    practitioner.presses("vulnerability", "remove")
    opened = _edit_page(practitioner)
    section = practitioner.draft.risk.section("vulnerability")
    section.state = SectionState.NO_IDENTIFIED_RISK
    section.save()

    page = _post_edit(practitioner, opened | SAVE | {WHO_KEY: "Typed."}, 409)

    assert not redaction.is_declared(practitioner.draft.risk)
    assert _states(practitioner)[WHO_KEY][0] == "UNREVIEWED"
    assert filled_in(page)[WHO_KEY] == "Typed."
    (text, link) = _errors(page)[0]
    assert text.startswith("“Concerns in relation to vulnerability” changed after you opened the page")
    assert link == "#id_vulnerability"
    assert "No identified risk" in _text(_card(page, "vulnerability"))
    _post_edit(practitioner, filled_in(page) | SAVE)
    assert redaction.is_declared(practitioner.draft.risk)


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_an_edit_page_that_does_not_say_what_it_showed_declares_nothing(
    practitioner: Practitioner, seen: str
) -> None:
    _post_edit(practitioner, _edit_page(practitioner) | SAVE | {"seen": seen}, 409)

    assert not redaction.is_declared(practitioner.draft.risk)


def test_an_error_does_not_make_an_unseen_change_seen(practitioner: Practitioner) -> None:
    opened = _edit_page(practitioner)
    practitioner.presses("vulnerability", "remove")

    page = _post_edit(
        practitioner,
        opened | {"do": "save", "vulnerability": ""},
        409,  # and the tick is missing
    )

    assert "changed after you opened the page" in _text(page)


def test_changing_one_section_voids_the_declaration_and_returns_to_the_review(
    practitioner: Practitioner,
) -> None:
    practitioner.declares()

    response = practitioner.edits(WHO, "Former partners.")

    assert response["Location"] == practitioner.address("risk_information")
    assert not redaction.is_declared(practitioner.draft.risk)


# --- How far it is, in the task list and where else it is said


def _status(practitioner: Practitioner) -> str:
    page = practitioner.open(practitioner.address("tasks"))
    task = next(item for item in page.select("li") if "Risk information" in _text(item))
    return _text(task.select_one(".govuk-task-list__status") or task)


@pytest.fixture
def at_risk(as_persona: AsPersona, pp: User) -> Practitioner:
    """A draft in which everything but risk is answered."""
    return Practitioner(as_persona("pp"), str(an_answered_draft(pp, crn="X980001").pk))


@pytest.mark.slow
def test_the_task_list_says_how_far_the_risk_information_is(at_risk: Practitioner) -> None:
    at_risk.reviews_risk()
    assert _status(at_risk) == "Not started"

    at_risk.edits(WHO, "Former partners.")
    assert _status(at_risk) == "In progress"
    at_risk.presses(WHO, "undo")
    assert _status(at_risk) == "In progress"

    at_risk.declares()
    assert _status(at_risk) == "Completed"
    assert "You took responsibility for sharing this on" in _text(at_risk.reviews_risk())

    at_risk.presses("suicide", "remove")
    assert _status(at_risk) == "Declare again"
    assert "Declare again: this changed after you took responsibility" in _text(at_risk.reviews_risk())
    assert at_risk.client.get(at_risk.address("check_answers"))["Location"] == at_risk.address("tasks")

    at_risk.declares()
    assert _status(at_risk) == "Completed"


# --- What is said of saving one section


@pytest.mark.parametrize(
    ("slug", "text", "status", "says"),
    [
        pytest.param("hostel-setting", "Ours.", 302, "was saved.", id="written"),
        pytest.param("who-is-at-risk", "", 302, "No information will be shared under", id="emptied"),
        pytest.param("who-is-at-risk", None, 302, "Nothing was changed.", id="as it was"),
        pytest.param("suicide", "", 422, "Enter information for", id="still to be decided, and left empty"),
    ],
)
def test_saving_one_section_says_what_became_of_it(
    as_persona: AsPersona, pp: User, slug: str, text: str | None, status: int, says: str
) -> None:
    practitioner = _working_on(as_persona, pp, "X980006")
    url = practitioner.address("risk_section", slug)
    fields = filled_in(practitioner.open(url)) | {"do": "save"}

    response = practitioner.post(url, fields if text is None else fields | {"text": text}, status)

    page = practitioner.pages[-1] if status == 422 else practitioner.open(response["Location"])
    assert says in _text(page)
    is_success = bool(page.select(".govuk-notification-banner--success"))
    assert is_success is (status == 302 and text is not None)


# --- Made-up posts


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"do": "remove:everything"}, id="a made-up section"),
        pytest.param({"do": "remove:"}, id="no section"),
        pytest.param({"do": "remove:who-is-at-risk"}, id="a section's slug"),
        pytest.param({"do": "publish"}, id="a made-up button"),
        pytest.param({"do": "publish:suicide"}, id="a made-up button of a section"),
        pytest.param(
            {"do": "none:additional_information"}, id="no identified risk in additional information"
        ),
    ],
)
def test_made_up_buttons_change_nothing(practitioner: Practitioner, fields: dict[str, str]) -> None:
    before = _states(practitioner)
    status = 403 if fields["do"].startswith("none") else 404

    _post_edit(practitioner, _edit_page(practitioner) | SAVE | fields, status)

    assert _states(practitioner) == before
    assert not redaction.is_declared(practitioner.draft.risk)


@pytest.mark.parametrize("do", ["publish", "remove:suicide", "revert:", "SAVE"])
def test_made_up_buttons_of_one_section_change_nothing(practitioner: Practitioner, do: str) -> None:
    before = _states(practitioner)

    practitioner.post(
        practitioner.address("risk_section", WHO), {"do": do, "text": "Something else."}, status=404
    )

    assert _states(practitioner) == before


@pytest.mark.parametrize("slug", ["everything", "who_is_at_risk", "Suicide", "-", "edit-"])
def test_made_up_sections_are_not_found(practitioner: Practitioner, page: Page, slug: str) -> None:
    url = practitioner.address("risk_section", slug)

    page(practitioner.client, url, status=404)
    page.post(practitioner.client, url, {"do": "remove"}, status=404)


def test_a_page_that_was_not_sent_completely_changes_nothing(practitioner: Practitioner) -> None:
    """An absent box is not an emptied one."""
    before = _states(practitioner)
    incomplete = {key: value for key, value in _edit_page(practitioner).items() if key != "suicide"}

    page = _post_edit(practitioner, incomplete | SAVE, 422)
    assert "Part of this page was not sent" in _text(page)
    _post_edit(practitioner, SAVE, 422)
    practitioner.post(practitioner.address("risk_section", WHO), {"do": "save"}, status=422)

    assert _states(practitioner) == before


# --- Whose, and when


RISK_POSTS: dict[str, dict[str, str]] = {
    "risk_information": {"edit": "NO", "understood": "YES"},
    "risk_edit": {"do": "remove:suicide"},
    "risk_take_newer": {},
    "risk_section": {"do": "remove"},
}


def _address(practitioner: Practitioner, name: str) -> str:
    return practitioner.address(name, *([WHO] if name == "risk_section" else []))


def test_a_colleague_neither_sees_nor_changes_it(
    practitioner: Practitioner, as_persona: AsPersona, page: Page
) -> None:
    """Weakness o."""
    before = _states(practitioner)
    colleague = as_persona("pp.colleague")

    for name, fields in RISK_POSTS.items():
        url = _address(practitioner, name)
        if name != "risk_take_newer":
            page(colleague, url, status=404)
        page.post(colleague, url, fields, status=404)

    assert _states(practitioner) == before


def test_after_sending_the_pages_are_gone(as_persona: AsPersona, pp: User, page: Page) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))
    practitioner.sends()
    version = ShareVersion.objects.unscoped().get()

    for name, fields in RISK_POSTS.items():
        url = _address(practitioner, name)
        if name != "risk_take_newer":
            gone = page(practitioner.client, url, status=410)
            assert "Your cases" in _text(gone)
        page.post(practitioner.client, url, fields, status=410)

    assert ShareVersion.objects.unscoped().get() == version
    assert {box for _, box in _states(practitioner).values()} == {""}  # the text is deleted, not refilled


def test_a_refused_sending_does_not_lock_the_draft(as_persona: AsPersona, pp: User) -> None:
    """Weakness q: an edit between two attempts made the referral unsendable for ever."""
    practitioner = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))
    practitioner.edits(WHO, "Former partners.")
    practitioner.post(practitioner.address("send"), {}, status=403)

    practitioner.declares()
    practitioner.sends()

    assert (
        ReceivedReferral.objects.unscoped().get().as_handover().risk.who_is_at_risk.text == "Former partners."
    )


def test_every_page_and_every_change_is_recorded_without_text(practitioner: Practitioner) -> None:
    """Weakness f."""
    AuditEventsBefore = AuditEvent.objects.count()  # noqa: N806
    practitioner.reviews_risk()
    practitioner.edits(WHO, "Former partners, canary.")
    practitioner.presses(WHO, "revert")
    practitioner.declares()

    events = list(AuditEvent.objects.order_by("at"))[AuditEventsBefore:]
    done = [event.action for event in events if event.action != AuditAction.RISK_VIEWED]
    assert done == [AuditAction.RISK_EDITED, AuditAction.RISK_REVERTED, AuditAction.RISK_DECLARED]
    assert sum(event.action == AuditAction.RISK_VIEWED for event in events) == 4
    assert {str(event.referral) for event in events} == {practitioner.draft_id}
    assert "canary" not in " ".join(str(event.facts) for event in events)


def test_a_draft_s_pages_ask_oasys_once(practitioner: Practitioner, settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0
    before = len(adapter.state().calls("oasys", "/risks/"))

    practitioner.reviews_risk()
    practitioner.open(practitioner.address("risk_edit"))
    practitioner.open(practitioner.address("risk_section", WHO))
    practitioner.open(practitioner.address("preview"))

    assert len(adapter.state().calls("oasys", "/risks/")) == before


def test_the_draft_counts_as_changed(practitioner: Practitioner) -> None:
    """Its 90 days begin again with work on risk, too."""
    before = practitioner.draft.changed_at

    for slug in (WHO, "suicide"):
        practitioner.presses(slug, "remove")
        after = Referral.objects.get(pk=practitioner.draft_id).changed_at
        assert after > before
        before = after
    assert for_page(practitioner.draft.risk_id).section(key_of(WHO)).state == "REMOVED"
