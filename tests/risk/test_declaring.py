"""Taking responsibility: what may be declared, over which content, and what a redaction refuses."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from integrations.oasys.types import NoRecord, Risk, Trouble, Unreachable
from risk import redaction, wording
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.models import Declaration, RiskInformation, RiskSection, SectionKey, SectionState
from risk.reading import for_page
from risk.redaction import NotDeclared
from risk.wording import CURRENT_WORDING, WORDINGS
from tests.factories.risk import (
    SELF_HARM,
    WHO,
    Oasys,
    assessed,
    decided,
    declared,
    nothing_known,
    pulled,
    says,
    section_of,
)
from tests.factories.rows import set_on_each

VERSION = CURRENT_WORDING.version


def _declare(risk: RiskInformation, by: User, seen: str | None = None) -> Declaration:
    return declaring.declare(risk=risk, by=by, wording_version=VERSION, seen=seen)


# --- Declaring


def test_a_declaration_keeps_who_when_which_wording_and_over_what(
    risk: RiskInformation, author: User
) -> None:
    changing.edit_section(risk=risk, key="who_is_at_risk", text="Former partners.", by=author)
    before = timezone.now()

    declaration = _declare(risk, author)

    assert declaration.declared_by == author
    assert before <= declaration.declared_at <= timezone.now()
    assert declaration.wording_version == VERSION
    assert declaration.content_hash == redaction.content_hash(for_page(risk.pk).in_order())
    assert declaration.sections_changed == 1
    event = AuditEvent.objects.get(action=AuditAction.RISK_DECLARED)
    assert event.facts["content_hash"] == declaration.content_hash
    assert event.facts["wording"] == VERSION


def test_declaring_reviews_what_was_not_touched_and_nothing_else(risk: RiskInformation, author: User) -> None:
    changing.remove_section(risk=risk, key="who_is_at_risk", by=author)
    changing.edit_section(risk=risk, key="self_harm", text="Has harmed himself.", by=author)
    texts = {section.key: section.box_text for section in for_page(risk.pk).in_order()}

    _declare(risk, author)

    sections = {section.key: section for section in for_page(risk.pk).in_order()}
    assert {key: section.box_text for key, section in sections.items()} == texts
    assert {key: str(section.state) for key, section in sections.items()} == {
        "who_is_at_risk": "REMOVED",
        "nature_of_risk": "UNCHANGED",
        "risk_imminence": "UNCHANGED",
        "self_harm": "EDITED",
        "suicide": "UNCHANGED",
        "hostel_setting": "UNCHANGED",
        "vulnerability": "UNCHANGED",
        "additional_information": "UNCHANGED",
    }


def test_declaring_again_replaces_the_declaration(risk: RiskInformation, author: User) -> None:
    first = _declare(risk, author)
    second = _declare(risk, author)

    first.refresh_from_db()
    assert first.voided_at is not None
    assert redaction.standing_declaration(for_page(risk.pk)) == second


def test_only_the_author_declares(risk: RiskInformation, colleague: User) -> None:
    with pytest.raises(Refused):
        _declare(risk, colleague)
    assert not Declaration.objects.exists()


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        pytest.param({"suicide": says("DK")}, "undecided", id="don't know"),
        pytest.param({"suicide": says("NA")}, "undecided", id="not applicable"),
        pytest.param({"suicide": says(None)}, "undecided", id="no answer"),
        pytest.param({"suicide": says("YES")}, "undecided", id="yes without text"),
        pytest.param({"nature_of_risk": says(None)}, "undecided", id="no text"),
        pytest.param({"nature_of_risk": says(None, "x" * 4001)}, "too_long", id="too long"),
        pytest.param({"nature_of_risk": says(None, "x" * 4000)}, None, id="4,000 characters"),
        pytest.param({"suicide": says("NO")}, None, id="no counts as an answer"),
    ],
)
def test_what_cannot_be_declared_yet(
    author: User, oasys: Oasys, prepare: dict[str, object], code: str | None
) -> None:
    oasys.answer = assessed(**prepare)  # type: ignore[arg-type]
    risk = pulled(author)

    if code is None:
        assert _declare(risk, author)
        return
    with pytest.raises(Refused) as refusal:
        _declare(risk, author)
    assert refusal.value.code == code
    assert {section.state for section in for_page(risk.pk).in_order()} == {"UNREVIEWED"}


def test_nobody_declares_what_they_did_not_see(risk: RiskInformation, author: User) -> None:
    seen = redaction.content_hash(risk.in_order())
    changing.remove_section(risk=risk, key="who_is_at_risk", by=author)

    with pytest.raises(declaring.ChangedSinceSeen):
        _declare(risk, author, seen=seen)
    with pytest.raises(declaring.ChangedSinceSeen):
        _declare(risk, author, seen="")  # a page that does not say what it showed

    assert _declare(risk, author, seen=redaction.content_hash(for_page(risk.pk).in_order()))


OLDER = sorted(WORDINGS.keys() - {VERSION})


@pytest.mark.parametrize("version", ["", "2020-1", f"{VERSION} ", *OLDER])
def test_an_unknown_or_older_wording_cannot_be_agreed_to(
    risk: RiskInformation, author: User, version: str
) -> None:
    with pytest.raises(Refused):
        declaring.declare(risk=risk, by=author, wording_version=version)

    assert OLDER, "there are older wordings to refuse"
    assert not redaction.is_declared(risk)


def test_every_wording_speaks_of_sharing_and_of_responsibility() -> None:
    """The live service spoke of responsibility on one of its two pages only."""
    for version, words in WORDINGS.items():
        assert words.version == version
        assert "will be shared" in words.tick
        assert "responsible" in words.tick
        assert "responsible" in words.responsibility


def test_saving_the_edit_page_keeps_all_boxes_and_declares_or_does_neither(
    author: User, oasys: Oasys
) -> None:
    oasys.answer = assessed(suicide=says("DK"))
    risk = pulled(author)
    texts = {section.key: section.box_text for section in risk.in_order()} | {"who_is_at_risk": "Staff."}

    with pytest.raises(Refused):  # suicide is still to be decided
        declaring.save_and_declare(risk=risk, texts=texts, by=author, wording_version=VERSION)
    assert section_of(risk, "who_is_at_risk").box_text == WHO

    texts["suicide"] = "Nothing is known."
    declaring.save_and_declare(risk=risk, texts=texts, by=author, wording_version=VERSION)
    assert section_of(risk, "who_is_at_risk").box_text == "Staff."
    assert redaction.is_declared(for_page(risk.pk))


class Changed(NamedTuple):
    """What OASys says, what the practitioner does to which sections, and what the warning says of it."""

    oasys: Risk
    edits: tuple[str, ...]
    removes: tuple[str, ...]
    confirms: tuple[str, ...]
    says: str
    changed: int


ALL = tuple(SectionKey.values[:7])
OWN = "additional_information"
CHANGED = {
    "nothing": Changed(assessed(), (), (), (), "You have not edited any of the OASys information.", 0),
    "one edited": Changed(assessed(), ALL[:1], (), (), "You have edited 1 section of the OASys information.", 1),
    "all edited": Changed(assessed(), ALL, (), (), "You have edited 7 sections of the OASys information.", 7),
    "two edited, two removed, and additional information": Changed(
        assessed(), (*ALL[:2], OWN), ALL[2:4], (),
        "You have edited 2 sections and removed 2 sections of the OASys information. You have added additional "
        "information.", 5,
    ),
    "only additional information": Changed(
        assessed(), (OWN,), (), (),
        "You have not edited any of the OASys information. You have added additional information.", 1,
    ),
    "no identified risk": Changed(
        assessed(), (), (), ("suicide",),
        "You have not edited any of the OASys information. You have confirmed no identified risk in 1 section.", 1,
    ),
    "no record": Changed(
        NoRecord(), (*ALL[:5], OWN), ALL[5:6], ALL[6:],
        "OASys gave no information. You have confirmed no identified risk in 1 section, written 5 sections yourself "
        "and added additional information.", 7,
    ),
    "no answer": Changed(
        Unreachable(Trouble.SLOW), ALL[:1], ALL[1:], (),
        "OASys gave no information. You have written 1 section yourself.", 1,
    ),
    "no answer, nothing shared": Changed(
        Unreachable(Trouble.SLOW), (), ALL, (), "OASys gave no information.", 0
    ),
}  # fmt: skip


@pytest.mark.parametrize("situation", [pytest.param(one, id=name) for name, one in CHANGED.items()])
def test_the_warning_says_truly_what_was_done(author: User, oasys: Oasys, situation: Changed) -> None:
    oasys.answer = situation.oasys
    risk = pulled(author)
    for key in situation.edits:
        changing.edit_section(risk=risk, key=key, text="Our own words.", by=author)
    for key in situation.removes:
        changing.remove_section(risk=risk, key=key, by=author)
    for key in situation.confirms:
        changing.confirm_no_identified_risk(risk=risk, key=key, by=author)

    counted = redaction.changes(for_page(risk.pk).in_order())

    assert wording.warning(counted).startswith(f"{situation.says} When you send the referral")
    assert "You are responsible" in wording.warning(counted)
    assert _declare(risk, author).sections_changed == situation.changed


def test_a_wording_that_was_agreed_to_is_never_edited() -> None:
    """Its hash; a new wording is a new version with a line of its own."""
    hashes = {
        version: sha256("|".join((words.warning, words.responsibility, words.tick)).encode()).hexdigest()[:12]
        for version, words in WORDINGS.items()
    }
    assert hashes == {
        "2026-1": "a0e61877183b",
        "2026-2": "f8920dcd9b84",
        "2026-1-corrected": "7a3241508f89",
    }


# --- Handing over, or refusing to


def test_what_was_declared_is_handed_over_and_nothing_else(risk: RiskInformation, author: User) -> None:
    changing.edit_section(risk=risk, key="who_is_at_risk", text="Former partners.", by=author)
    changing.remove_section(risk=risk, key="self_harm", by=author)
    changing.confirm_no_identified_risk(risk=risk, key="suicide", by=author)
    stands = declared(risk, author)

    redacted = redaction.redacted(stands)

    shared = redacted.sections
    assert list(shared) == list(SectionKey.values)
    assert (shared["who_is_at_risk"].text, shared["who_is_at_risk"].answer) == ("Former partners.", "")
    assert (shared["self_harm"].text, shared["self_harm"].answer) == ("", "")
    assert shared["suicide"].no_identified_risk
    assert shared["vulnerability"].answer == "NO"
    assert redacted.declaration.declared_by == author
    handed_over = " ".join(section.text for section in shared.values())
    assert "Vellacott" not in handed_over
    assert SELF_HARM not in handed_over


def _never_declared(risk: RiskInformation, author: User) -> None:
    decided(risk, author)


def _voided(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    changing.void_declaration(risk)


def _changed_past_the_actions(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    set_on_each(RiskSection.objects.filter(risk=risk, key="suicide"), state="EDITED", text="Slipped in.")


def _source_changed_past_the_actions(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    set_on_each(RiskSection.objects.filter(risk=risk, key="who_is_at_risk"), source_text="Slipped in.")


def _unreviewed_again(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    RiskSection.objects.filter(risk=risk, key="who_is_at_risk").update(state=SectionState.UNREVIEWED)


def _too_long(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    set_on_each(RiskSection.objects.filter(risk=risk, key="who_is_at_risk"), source_text="x" * 4001)
    over = redaction.content_hash(for_page(risk.pk).in_order())
    Declaration.objects.update(content_hash=over)


def _text_deleted(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    RiskSection.objects.filter(risk=risk).update(source_text="", source_answer="", text="")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_never_declared, id="never declared"),
        pytest.param(_voided, id="voided"),
        pytest.param(_changed_past_the_actions, id="text changed behind our back"),
        pytest.param(_source_changed_past_the_actions, id="OASys's text changed behind our back"),
        pytest.param(_unreviewed_again, id="a section is unreviewed"),
        pytest.param(_too_long, id="a section is too long"),
        pytest.param(_text_deleted, id="the text was deleted"),
    ],
)
def test_nothing_is_handed_over_without_a_declaration_over_exactly_this(
    risk: RiskInformation, author: User, spoil: Callable[[RiskInformation, User], None]
) -> None:
    spoil(risk, author)

    with pytest.raises(NotDeclared):
        redaction.redacted(for_page(risk.pk))


def test_a_declaration_over_other_content_does_not_count(risk: RiskInformation, author: User) -> None:
    declared(risk, author)
    Declaration.objects.update(content_hash="0" * 64)

    assert not redaction.is_declared(for_page(risk.pk))


# --- The hash


def _content() -> list[RiskSection]:
    return [
        RiskSection(
            key=key,
            source_answer="YES" if key.is_concern else "",
            source_text=f"Text of {key}.",
            state="UNCHANGED",
        )
        for key in SectionKey
    ]


def _hash_with(key: str, **changes: str) -> str:
    sections = _content()
    for section in sections:
        if section.key == key:
            for name, value in changes.items():
                setattr(section, name, value)
    return redaction.content_hash(sections)


@pytest.mark.parametrize("key", list(SectionKey))
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"source_text": "Other text."}, id="OASys's text"),
        pytest.param({"source_text": "Text with a space more. "}, id="one space"),
        pytest.param({"source_answer": "NO"}, id="the answer"),
        pytest.param({"source_answer": "DK"}, id="don't know"),
        pytest.param({"state": "EDITED", "text": "My words."}, id="edited"),
        pytest.param({"state": "REMOVED"}, id="removed"),
        pytest.param({"state": "NO_IDENTIFIED_RISK"}, id="no identified risk"),
    ],
)
def test_the_hash_changes_with_every_part_of_every_section(key: SectionKey, changes: dict[str, str]) -> None:
    assert _hash_with(key, **changes) != redaction.content_hash(_content())


def test_no_identified_risk_and_removed_are_different_content() -> None:
    removed, none = (_hash_with("suicide", state=state) for state in ("REMOVED", "NO_IDENTIFIED_RISK"))
    assert removed != none


def test_text_that_moves_to_the_next_section_is_other_content() -> None:
    sections = _content()
    sections[0].source_text, sections[1].source_text = sections[1].source_text, sections[0].source_text
    assert redaction.content_hash(sections) != redaction.content_hash(_content())


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": "UNREVIEWED"}, id="reviewed or not"),
        pytest.param({"state": "EDITED", "text": "Text of suicide."}, id="the same text, typed"),
        pytest.param({"source_hash": "f" * 64}, id="what is not shared"),
    ],
)
def test_the_hash_is_of_what_is_shared_and_of_nothing_else(changes: dict[str, str]) -> None:
    assert _hash_with("suicide", **changes) == redaction.content_hash(_content())


def test_the_order_in_which_sections_are_given_does_not_matter() -> None:
    assert redaction.content_hash(reversed(_content())) == redaction.content_hash(_content())


def test_the_hash_needs_the_key(settings: Settings) -> None:
    before = redaction.content_hash(_content())
    settings.DECLARATION_KEY = "another key"
    assert redaction.content_hash(_content()) != before


def test_characters_of_every_script_are_hashed_as_they_are() -> None:
    plain, accented = _hash_with("suicide", source_text="Ty"), _hash_with("suicide", source_text="T\u0177")
    assert plain != accented


def test_nothing_known_at_all_can_be_decided_and_declared(author: User, oasys: Oasys) -> None:
    oasys.answer = nothing_known()
    assert redaction.is_declared(declared(pulled(author), author))
