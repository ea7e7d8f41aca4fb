"""A name that is found in one risk section is found in all, however it is said; and what is never taken for it."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from accounts.models import User
from referrals.actions.handle_detail import Boxes, change_detail, decide_detail
from referrals.models import Decision, Referral
from referrals.presenters.details_in_risk import present
from referrals.sensitive_details.in_risk import RiskDetail, details_of, only_in
from referrals.sensitive_details.same_names import BEFORE_NAMES, INITIALS, NOT_BY_NAME, find_in_all
from referrals.sensitive_details.undecided import count_undecided, undecided_by_place
from risk.actions import change_section as changing
from risk.models import SectionKey
from risk.reading import for_page
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.rules import all_rules
from tests.factories.referrals import a_draft_with_risk

KNOWN = KnownWords.of(people=["Kezia Brackenridge", "Patience Okonjo"], sex="f")
NAMED = "Threatened Jamal Farouk."
NOBODY = Boxes({}, {})


def _found(named: str, other: str, known: KnownWords = KNOWN) -> dict[str, str]:
    """What is found of other people in the second text, and under which words it is offered."""
    found = find_in_all({"first": named, "second": other}, known)
    others = [one for one in found.findings["second"] if one.category is Category.OTHER_PERSON]
    for one in others:
        assert other[one.start : one.end] == one.words
    return {one.words: found.leading(one).words for one in others}


@pytest.mark.parametrize(
    ("named", "other", "offered"),
    [
        pytest.param(NAMED, "Jamal left the hostel.", {"Jamal": "Jamal Farouk"}, id="first name"),
        pytest.param(NAMED, "Seen near Farouk again.", {"Farouk": "Jamal Farouk"}, id="family name"),
        pytest.param(NAMED, "told farouk to go", {"farouk": "Jamal Farouk"}, id="typed small"),
        pytest.param(NAMED, "The call came from JF.", {"JF": "Jamal Farouk"}, id="initials"),
        pytest.param(NAMED, "The call came from J.F. at night.", {"J.F.": "Jamal Farouk"}, id="with stops"),
        pytest.param(NAMED, "The call came from J F at night.", {"J F": "Jamal Farouk"}, id="with a space"),
        pytest.param(
            NAMED, "He met JAMAL FAROUK.", dict.fromkeys(("JAMAL", "FAROUK"), "Jamal Farouk"), id="in capitals"
        ),
        pytest.param(
            "Hit Jamal Wrenfarouk.", "he met wrenfarouk jamal", {"wrenfarouk jamal": "Jamal Wrenfarouk"},
            id="both names, small, the other way round",
        ),
        pytest.param(NAMED, "Mr Farouk’s house.", {"Mr Farouk": "Jamal Farouk"}, id="after a title"),
        pytest.param(
            "Hit Jamal Idris Farouk.", "JIF and JF.", dict.fromkeys(("JIF", "JF"), "Jamal Idris Farouk"),
            id="initials of three names",
        ),
        pytest.param(
            "Neighbour Mrs Adeyinka Fosse.", "Fosse’s nephew.", {"Fosse": "Mrs Adeyinka Fosse"}, id="a place is a name"
        ),
        pytest.param("Sister May Fosse.", "Told Fosse.", {"Fosse": "May Fosse"}, id="the name beside a month"),
        pytest.param("Friend Will Price.", "He told Will to stop.", {"Will": "Will Price"}, id="Will, told"),
        pytest.param("Friend Mark Nwosu.", "Mark said so.", {"Mark": "Mark Nwosu"}, id="Mark said"),
    ],
)  # fmt: skip
def test_a_name_is_found_in_another_text(named: str, other: str, offered: dict[str, str]) -> None:
    assert _found(named, other) == offered


@pytest.mark.parametrize(
    ("named", "other"),
    [
        pytest.param("Friend Will Price.", "She will go. Will attend on Friday.", id="Will, a verb"),
        pytest.param(
            "Friend Mark Nwosu.", "Mark the date. They mark it. Bruises mark him.", id="Mark, a verb"
        ),
        pytest.param("Friend Mark Nwosu.", "The Mark Hotel was full.", id="a thing"),
        pytest.param("Sister May Fosse.", "In May. May attend. Since 4 May.", id="May"),
        pytest.param("Cousin April Dunne.", "By April. April is hard.", id="April"),
        pytest.param("Kezia Brackenridge hit him.", "Kezia left. Ms Brackenridge, KB.", id="the person"),
        pytest.param("Told Patience Okonjo.", "Okonjo wrote. PO and P.O. agreed.", id="the practitioner"),
        pytest.param(
            "Ex-partner Dorian Vellacott.", "A history of DV. D.V. markers.", id="domestic violence"
        ),
        pytest.param("Brother Ian Turner.", "Needs IT training. It is late.", id="IT"),
        pytest.param("Nephew Amos Nwosu.", "He is an angry man, and an adult.", id="small letters"),
        pytest.param(NAMED, "He was jovial, and fair. Staff agreed.", id="nothing of it"),
    ],
)
def test_what_is_no_name_here_is_not_found(named: str, other: str) -> None:
    assert _found(named, other) == {}


@pytest.mark.parametrize(
    ("named", "other", "offered"),
    [
        pytest.param(
            "Dorian Vellacott and Dorian Nwosu.", "Dorian left. Vellacott stayed.",
            {"Dorian": "Dorian", "Vellacott": "Dorian Vellacott"}, id="two of one first name",
        ),
        pytest.param(
            "Mr Vellacott and Mrs Vellacott.", "Dorian Vellacott came.",
            {"Dorian Vellacott": "Dorian Vellacott"}, id="Mr and Mrs",
        ),
        pytest.param(
            "Jamal Farouk and Jana Fosse.", "The call came from JF.", {"JF": "JF"}, id="two with these initials"
        ),
        pytest.param(
            "Friend Will Price.", "Price said so, at a price.", {"Price": "Will Price"}, id="the word typed small"
        ),
    ],
)  # fmt: skip
def test_what_may_be_somebody_else_stands_by_itself(named: str, other: str, offered: dict[str, str]) -> None:
    found = _found(named, other)

    assert {said: under for said, under in found.items() if said in offered} == offered
    assert not [said for said, under in found.items() if said == "price" and under != "price"]


def test_the_rules_that_are_named_exist() -> None:
    assert {*BEFORE_NAMES, *NOT_BY_NAME, INITIALS} <= {rule.id for rule in all_rules()}


def test_texts_of_nobody_cost_nothing_and_odd_ones_do_no_harm() -> None:
    texts = {0: "", 1: "\u202e‮ 🙂", 2: NAMED * 200, 3: "Then JF left. " * 500}

    found = find_in_all(texts, KNOWN)

    assert len(found.findings[3]) == 500
    assert find_in_all({}, KNOWN).findings == {}


# --- On the page, and when a button is pressed


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def draft(pp: User) -> Referral:
    """X980010, in whose sections the practitioner named one person in four ways."""
    draft = a_draft_with_risk(pp, crn="X980010")
    for key, text in (
        (SectionKey.WHO_IS_AT_RISK, "Threatened Jamal Farouk, who told nobody."),
        (SectionKey.NATURE_OF_RISK, "Jamal was hurt. The call came from JF."),
        (SectionKey.SUICIDE, "No contact with Farouk."),
    ):
        changing.edit_section(risk=draft.risk, key=key, text=text, by=pp)
    return draft


def _fresh(draft: Referral) -> Referral:
    fresh = Referral.objects.get(pk=draft.pk)
    fresh.risk = for_page(fresh.risk_id)
    return fresh


def _detail(draft: Referral, pp: User) -> RiskDetail:
    (detail,) = [one for one in details_of(_fresh(draft), pp) if one.words == "Jamal Farouk"]
    return detail


def test_all_ways_are_one_detail_with_its_counts(draft: Referral, pp: User) -> None:
    detail = _detail(draft, pp)

    assert (detail.times, len(detail.spans)) == (4, 3)
    shown = present(_fresh(draft).risk.in_order(), [detail], sex="")
    view = shown[SectionKey.WHO_IS_AT_RISK].here[0]
    assert view.where == "4 times in 3 sections"
    assert view.also == ("Jamal", "JF", "Farouk")
    assert "".join(piece.text for piece in shown[SectionKey.SUICIDE].pieces) == "No contact with Farouk."


def test_taking_out_takes_out_every_way_and_one_undo_brings_all_back(draft: Referral, pp: User) -> None:
    before = {section.key: section.box_text for section in _fresh(draft).risk.in_order()}

    change_detail(draft=_fresh(draft), detail=_detail(draft, pp), instead="", boxes=NOBODY, by=pp)

    after = {section.key: section.box_text for section in _fresh(draft).risk.in_order()}
    assert not [text for text in after.values() if any(word in text for word in ("Jamal", "Farouk", "JF"))]
    changing.undo_last_change(risk=draft.risk, key=SectionKey.SUICIDE, by=pp)
    assert {section.key: section.box_text for section in _fresh(draft).risk.in_order()} == before


def test_on_the_page_of_one_section_only_its_ways_are_changed(draft: Referral, pp: User) -> None:
    only = only_in(_detail(draft, pp), SectionKey.NATURE_OF_RISK)
    assert only is not None
    assert set(only.said_as.values()) == {"Jamal", "JF"}

    change_detail(draft=_fresh(draft), detail=only, instead="another person", boxes=NOBODY, by=pp)

    texts = {section.key: section.box_text for section in _fresh(draft).risk.in_order()}
    assert texts[SectionKey.NATURE_OF_RISK] == "Another person was hurt. The call came from another person."
    assert "Farouk" in texts[SectionKey.SUICIDE]


def test_a_decision_counts_for_every_way_and_a_new_way_is_asked_about(draft: Referral, pp: User) -> None:
    before = count_undecided(draft, pp).risk

    decide_detail(
        draft=_fresh(draft), detail=_detail(draft, pp), decision=Decision.NOT_SENSITIVE, reason="", boxes=NOBODY, by=pp
    )  # fmt: skip

    assert _detail(draft, pp).decision is not None
    assert count_undecided(Referral.objects.get(pk=draft.pk), pp).risk == before - 1
    changing.edit_section(
        risk=draft.risk, key=SectionKey.SUICIDE, text="No contact with Farouk or JF.", by=pp
    )
    assert _detail(draft, pp).decision is None
    assert count_undecided(Referral.objects.get(pk=draft.pk), pp).risk == before


def test_what_is_counted_is_what_the_page_shows_and_what_is_kept_holds_no_word(
    draft: Referral, pp: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, object] = {}
    monkeypatch.setattr(cache, "set_many", lambda values, *_: kept.update(values))

    by_place = undecided_by_place(Referral.objects.get(pk=draft.pk), pp)

    on_page = details_of(_fresh(draft), pp)
    assert {one for place, ids in by_place.items() if place.startswith("risk.") for one in ids} == {
        detail.id for detail in on_page
    }
    assert kept
    assert not [word for word in ("Jamal", "jamal", "Farouk", "jf") if word in str(kept)]
