"""Changing a section: what each action leaves behind, what it refuses, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from integrations.oasys.types import NoRecord, NotCompleted, NotPermitted, Risk, Trouble, Unreachable
from risk import redaction
from risk.actions import change_section as changing
from risk.models import Declaration, RiskInformation, SectionState
from risk.reading import for_page
from tests.factories.risk import (
    SELF_HARM,
    WHO,
    Oasys,
    assessed,
    declared,
    nothing_known,
    pulled,
    says,
    section_of,
    take_newer,
)
from tests.factories.rows import set_on_each

WHO_KEY = "who_is_at_risk"
HISTORY = 100
Act = Callable[[RiskInformation, str, User], bool]


def _edit(text: str) -> Act:
    return lambda risk, key, by: changing.edit_section(risk=risk, key=key, text=text, by=by)


def _remove(risk: RiskInformation, key: str, by: User) -> bool:
    return changing.remove_section(risk=risk, key=key, by=by)


def _none(risk: RiskInformation, key: str, by: User) -> bool:
    return changing.confirm_no_identified_risk(risk=risk, key=key, by=by)


def _revert(risk: RiskInformation, key: str, by: User) -> bool:
    return changing.revert_section(risk=risk, key=key, by=by)


def _undo(risk: RiskInformation, key: str, by: User) -> bool:
    return changing.undo_last_change(risk=risk, key=key, by=by)


EVERY_ACTION = [
    pytest.param(_edit("Her words."), id="edit"),
    pytest.param(_remove, id="remove"),
    pytest.param(_none, id="no identified risk"),
    pytest.param(_revert, id="revert"),
    pytest.param(_undo, id="undo"),
]


def _box(risk: RiskInformation, key: str = WHO_KEY) -> tuple[str, str]:
    section = section_of(risk, key)
    return section.state, section.box_text


# --- What each leaves behind


@pytest.mark.parametrize(
    ("before", "act", "state", "box", "recorded"),
    [
        pytest.param([], _edit("Others."), "EDITED", "Others.", AuditAction.RISK_EDITED, id="edited"),
        pytest.param([], _edit(""), "REMOVED", "", AuditAction.RISK_REMOVED, id="emptied"),
        pytest.param([], _edit(" \n\t"), "REMOVED", "", AuditAction.RISK_REMOVED, id="emptied to spaces"),
        pytest.param([], _remove, "REMOVED", "", AuditAction.RISK_REMOVED, id="removed"),
        pytest.param(
            [_remove], _edit("Back."), "EDITED", "Back.", AuditAction.RISK_EDITED, id="written after removal"
        ),
        pytest.param(
            [_edit("Others.")],
            _edit(WHO),
            "UNCHANGED",
            WHO,
            AuditAction.RISK_REVERTED,
            id="typed back to what OASys says",
        ),
        pytest.param(
            [_edit("Others.")],
            _revert,
            "UNCHANGED",
            WHO,
            AuditAction.RISK_REVERTED,
            id="reverted after an edit",
        ),
        pytest.param(
            [_remove], _revert, "UNCHANGED", WHO, AuditAction.RISK_REVERTED, id="reverted after removal"
        ),
        pytest.param(
            [_edit("Others.")], _undo, "UNREVIEWED", WHO, AuditAction.RISK_UNDONE, id="an edit undone"
        ),
        pytest.param(
            [_edit("Others."), _revert],
            _undo,
            "EDITED",
            "Others.",
            AuditAction.RISK_UNDONE,
            id="a revert undone",
        ),
        pytest.param(
            [_remove, _revert], _undo, "REMOVED", "", AuditAction.RISK_UNDONE, id="emptiness brought back"
        ),
        pytest.param(
            [_edit("One."), _edit("Two."), _undo],
            _undo,
            "UNREVIEWED",
            WHO,
            AuditAction.RISK_UNDONE,
            id="undone twice",
        ),
        pytest.param(
            [_edit("One."), _edit("Two."), _undo, _edit("Three.")],
            _undo,
            "EDITED",
            "One.",
            AuditAction.RISK_UNDONE,
            id="an edit after an undo, undone",
        ),
        pytest.param(
            [_edit("One."), _edit("Two."), _undo, _edit("Three."), _undo],
            _undo,
            "UNREVIEWED",
            WHO,
            AuditAction.RISK_UNDONE,
            id="what was undone is not undone again",
        ),
    ],
)
def test_what_a_change_leaves_behind(
    risk: RiskInformation,
    author: User,
    before: list[Act],
    act: Act,
    state: str,
    box: str,
    recorded: AuditAction,
) -> None:
    for earlier in before:
        earlier(risk, WHO_KEY, author)

    assert act(risk, WHO_KEY, author) is True

    assert _box(risk) == (state, box)
    section = section_of(risk, WHO_KEY)
    assert (section.changed_by, section.source_text) == (author, WHO)
    event = AuditEvent.objects.latest("at")
    assert (event.action, event.user, event.referral) == (recorded, author, risk.pk)
    assert event.facts["section"] == WHO_KEY


@pytest.mark.parametrize(
    ("before", "act", "state", "box", "recorded"),
    [
        pytest.param([], _none, "NO_IDENTIFIED_RISK", "", AuditAction.RISK_NONE_IDENTIFIED, id="none"),
        pytest.param([_none], _edit("Some."), "EDITED", "Some.", AuditAction.RISK_EDITED, id="written after"),
        pytest.param([_none], _revert, "UNCHANGED", "", AuditAction.RISK_REVERTED, id="reverted"),
        pytest.param([_none], _remove, "REMOVED", "", AuditAction.RISK_REMOVED, id="removed"),
        pytest.param([_none], _undo, "UNREVIEWED", "", AuditAction.RISK_UNDONE, id="undone"),
        pytest.param(
            [_edit("Some.")],
            _none,
            "NO_IDENTIFIED_RISK",
            "",
            AuditAction.RISK_NONE_IDENTIFIED,
            id="after an edit",
        ),
    ],
)
def test_what_no_identified_risk_leaves_behind_where_oasys_says_no(
    risk: RiskInformation,
    author: User,
    before: list[Act],
    act: Act,
    state: str,
    box: str,
    recorded: AuditAction,
) -> None:
    for earlier in before:
        earlier(risk, "suicide", author)

    assert act(risk, "suicide", author) is True

    assert _box(risk, "suicide") == (state, box)
    assert AuditEvent.objects.latest("at").action == recorded


@pytest.mark.parametrize(
    ("before", "act"),
    [
        pytest.param([], _edit(WHO), id="saved as it stands"),
        pytest.param([_edit("Mine.")], _edit("Mine."), id="the same edit again"),
        pytest.param([_remove], _remove, id="removed already"),
        pytest.param([_remove], _edit(""), id="emptied already"),
        pytest.param([], _undo, id="nothing to undo"),
        pytest.param([_remove, _undo], _undo, id="nothing left to undo"),
    ],
)
def test_what_changes_nothing_says_so(
    risk: RiskInformation, author: User, before: list[Act], act: Act
) -> None:
    for earlier in before:
        earlier(risk, WHO_KEY, author)
    stood, events = _box(risk), AuditEvent.objects.count()

    assert act(risk, WHO_KEY, author) is False

    assert (_box(risk), AuditEvent.objects.count()) == (stood, events)


@pytest.mark.parametrize("act", [_none, _edit("")], ids=["none already", "its empty box"])
def test_no_identified_risk_said_again_changes_nothing(risk: RiskInformation, author: User, act: Act) -> None:
    _none(risk, "suicide", author)

    assert act(risk, "suicide", author) is False

    assert _box(risk, "suicide") == ("NO_IDENTIFIED_RISK", "")


def test_only_the_named_section_changes(risk: RiskInformation, author: User) -> None:
    before = {section.key: (section.state, section.box_text) for section in risk.in_order()}

    changing.remove_section(risk=risk, key=WHO_KEY, by=author)

    after = {section.key: (section.state, section.box_text) for section in for_page(risk.pk).in_order()}
    assert {key for key in after if after[key] != before[key]} == {WHO_KEY}


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        pytest.param("suicide", NoRecord(), id="no record"),
        pytest.param("who_is_at_risk", Unreachable(Trouble.SLOW), id="no answer"),
        pytest.param("additional_information", assessed(), id="additional information"),
    ],
)
def test_reverting_where_oasys_said_nothing_goes_back_to_nothing_and_can_be_undone(
    author: User, oasys: Oasys, key: str, answer: Risk
) -> None:
    oasys.answer = answer
    risk = pulled(author)
    changing.edit_section(risk=risk, key=key, text="Ours.", by=author)

    assert changing.revert_section(risk=risk, key=key, by=author)

    section = section_of(risk, key)
    assert section.box_text == ""
    assert redaction.undecided(section) == (key != "additional_information")
    assert not redaction.is_declared(risk)
    assert changing.undo_last_change(risk=risk, key=key, by=author)
    assert section_of(risk, key).box_text == "Ours."


def test_a_revert_asks_for_a_decision_again_where_oasys_does_not_know(author: User, oasys: Oasys) -> None:
    oasys.answer = nothing_known()
    risk = pulled(author)
    changing.edit_section(risk=risk, key="suicide", text="Not known to us.", by=author)

    changing.revert_section(risk=risk, key="suicide", by=author)

    section = section_of(risk, "suicide")
    assert section.state == SectionState.UNREVIEWED
    assert redaction.undecided(section)


# --- What is refused


@pytest.mark.parametrize("act", EVERY_ACTION)
def test_only_the_author_changes_anything(
    risk: RiskInformation, author: User, colleague: User, act: Act
) -> None:
    changing.edit_section(risk=risk, key=WHO_KEY, text="Mine.", by=author)

    with pytest.raises(Refused) as refusal:
        act(risk, WHO_KEY, colleague)

    assert refusal.value.code == "not_changeable"
    assert _box(risk) == ("EDITED", "Mine.")


@pytest.mark.parametrize("act", EVERY_ACTION)
def test_nothing_changes_after_the_text_was_deleted(risk: RiskInformation, author: User, act: Act) -> None:
    changing.edit_section(risk=risk, key=WHO_KEY, text="Mine.", by=author)
    RiskInformation.objects.update(purged_at=timezone.now())

    with pytest.raises(Refused):
        act(risk, WHO_KEY, author)

    assert _box(risk) == ("EDITED", "Mine.")


@pytest.mark.parametrize(
    ("key", "box", "code"),
    [
        pytest.param("self_harm", SELF_HARM, "oasys_yes", id="OASys says yes"),
        pytest.param("who_is_at_risk", WHO, "oasys_text", id="OASys has text"),
    ],
)
def test_no_identified_risk_is_refused_where_oasys_says_something(
    risk: RiskInformation, author: User, key: str, box: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        _none(risk, key, author)

    assert refusal.value.code == code
    assert _box(risk, key) == ("UNREVIEWED", box)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Unreachable(Trouble.SLOW), id="slow"),
        pytest.param(Unreachable(Trouble.UNREACHABLE), id="not reachable"),
        pytest.param(Unreachable(Trouble.MALFORMED), id="not readable"),
        pytest.param(NotPermitted(), id="not permitted"),
        pytest.param(
            assessed(suicide=says(None), is_partial=True), id="answered in part, and not about this"
        ),
    ],
)
def test_no_identified_risk_is_refused_where_nothing_is_known(
    author: User, oasys: Oasys, answer: Risk
) -> None:
    oasys.answer = answer
    risk = pulled(author)

    with pytest.raises(Refused) as refusal:
        _none(risk, "suicide", author)

    assert refusal.value.code == "oasys_unknown"
    assert _box(risk, "suicide") == ("UNREVIEWED", "")


@pytest.mark.parametrize("answer", [NoRecord(), NotCompleted()], ids=["no record", "no assessment"])
def test_that_oasys_holds_nothing_is_an_answer(author: User, oasys: Oasys, answer: Risk) -> None:
    oasys.answer = answer
    risk = pulled(author)

    assert _none(risk, "who_is_at_risk", author)


@pytest.mark.parametrize(
    ("length", "is_refused"), [pytest.param(4000, False, id="4,000"), pytest.param(4001, True, id="4,001")]
)
def test_a_text_longer_than_may_be_shared_is_refused(
    risk: RiskInformation, author: User, length: int, is_refused: bool
) -> None:
    text = "é" * length  # characters, not bytes
    if not is_refused:
        assert changing.edit_section(risk=risk, key=WHO_KEY, text=text, by=author)
        return
    with pytest.raises(Refused):
        changing.edit_section(risk=risk, key=WHO_KEY, text=text, by=author)
    assert _box(risk) == ("UNREVIEWED", WHO)


@pytest.mark.parametrize("state", [state for state in SectionState if state != SectionState.EDITED])
def test_the_database_refuses_text_in_a_section_that_was_not_edited(
    risk: RiskInformation, state: SectionState
) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        set_on_each(risk.sections.filter(key=WHO_KEY), state=state, text="Left behind.")


# --- The declaration


@pytest.mark.parametrize("act", EVERY_ACTION)
def test_every_change_voids_the_declaration(risk: RiskInformation, author: User, act: Act) -> None:
    changing.edit_section(risk=risk, key="suicide", text="Mine.", by=author)
    stands = declared(risk, author)
    assert redaction.is_declared(stands)

    assert act(risk, "suicide", author)

    assert not redaction.is_declared(for_page(risk.pk))
    assert not Declaration.objects.filter(voided_at__isnull=True).exists()


def test_a_change_and_its_undoing_do_not_bring_the_declaration_back(
    risk: RiskInformation, author: User
) -> None:
    stands = declared(risk, author)
    declared_over = redaction.content_hash(stands.in_order())

    _remove(risk, WHO_KEY, author)
    _undo(risk, WHO_KEY, author)

    same = for_page(risk.pk)
    assert redaction.content_hash(same.in_order()) == declared_over
    assert not redaction.is_declared(same)


def test_what_changes_nothing_leaves_the_declaration(risk: RiskInformation, author: User) -> None:
    declared(risk, author)

    changing.edit_section(risk=risk, key=WHO_KEY, text=WHO, by=author)

    assert redaction.is_declared(for_page(risk.pk))


# --- History


@pytest.mark.slow
def test_the_history_is_thinned_and_can_be_undone_to_its_end(risk: RiskInformation, author: User) -> None:
    for number in range(HISTORY + 5):
        changing.edit_section(risk=risk, key=WHO_KEY, text=f"Version {number}.", by=author)

    assert section_of(risk, WHO_KEY).changes.count() == HISTORY == changing.HISTORY_KEPT
    undone = 0
    while changing.undo_last_change(risk=risk, key=WHO_KEY, by=author):
        undone += 1
    assert undone == HISTORY
    assert _box(risk) == ("EDITED", "Version 4.")


def test_a_section_has_a_history_of_its_own(risk: RiskInformation, author: User) -> None:
    _remove(risk, WHO_KEY, author)
    _remove(risk, "nature_of_risk", author)

    _undo(risk, WHO_KEY, author)

    assert _box(risk)[0] == "UNREVIEWED"
    assert _box(risk, "nature_of_risk")[0] == "REMOVED"


def test_undoing_does_not_say_again_that_no_risk_is_identified_once_oasys_says_yes(
    author: User, oasys: Oasys
) -> None:
    oasys.answer = nothing_known()
    risk = pulled(author)
    _none(risk, "suicide", author)
    _edit("Talks of it.")(risk, "suicide", author)
    oasys.answer = assessed(suicide=says("YES", "Has a plan."))
    take_newer(risk, author)

    _undo(risk, "suicide", author)

    assert _box(risk, "suicide") == ("UNREVIEWED", "Has a plan.")


# --- A button pressed over what was typed


def _press(risk: RiskInformation, act: changing.Act, typed: str, by: User) -> bool:
    return changing.press_button(risk=risk, key="suicide", act=act, boxes={"suicide": typed}, by=by)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        pytest.param(changing.revert_section, "UNCHANGED", id="revert"),
        pytest.param(changing.remove_section, "REMOVED", id="remove"),
        pytest.param(changing.confirm_no_identified_risk, "NO_IDENTIFIED_RISK", id="no identified risk"),
        pytest.param(changing.undo_last_change, "EDITED", id="undo"),
    ],
)
def test_undo_brings_back_what_was_typed_under_a_button(
    risk: RiskInformation, author: User, act: changing.Act, state: str
) -> None:
    _edit("Saved.")(risk, "suicide", author)

    assert _press(risk, act, "Typed, and not saved.", author)

    assert _box(risk, "suicide") == (state, "Saved." if state == "EDITED" else "")
    _undo(risk, "suicide", author)
    assert _box(risk, "suicide") == ("EDITED", "Typed, and not saved.")
    _undo(risk, "suicide", author)
    assert _box(risk, "suicide") == ("EDITED", "Saved.")
    _undo(risk, "suicide", author)
    assert _box(risk, "suicide") == ("UNREVIEWED", "")


def test_undo_over_an_emptied_box_takes_the_emptying_back(risk: RiskInformation, author: User) -> None:
    _edit("Saved.")(risk, "suicide", author)

    _press(risk, changing.undo_last_change, "", author)

    assert _box(risk, "suicide") == ("EDITED", "Saved.")


# --- The audit trail


def test_the_audit_trail_says_what_was_done_and_never_the_text(risk: RiskInformation, author: User) -> None:
    acts: list[Any] = [_edit("Canary Marchbanks."), _none, _revert, _remove, _undo]
    for act in acts:
        act(risk, "suicide", author)
    declared(risk, author)

    events = list(AuditEvent.objects.filter(referral=risk.pk).order_by("at"))
    assert [event.action for event in events] == [
        AuditAction.RISK_PULLED,
        AuditAction.RISK_EDITED,
        AuditAction.RISK_NONE_IDENTIFIED,
        AuditAction.RISK_REVERTED,
        AuditAction.RISK_REMOVED,
        AuditAction.RISK_UNDONE,
        AuditAction.RISK_DECLARED,
    ]
    assert events[1].facts == {"section": "suicide", "state": "EDITED", "characters": 18}
    written = " ".join(str(event.facts) for event in events)
    assert not [word for word in ("Canary", "Marchbanks", "Vellacott", "forearms") if word in written]
