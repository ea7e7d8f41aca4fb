"""What must be decided, what stands in the box, and what would be shared: every state, answer and text."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.utils.text import capfirst

from accounts.models import User
from integrations.oasys.types import NoRecord, NotCompleted, NotPermitted, Risk, Trouble, Unreachable
from risk import policies
from risk.models import OasysOutcome, RiskInformation, RiskSection, RiskSnapshot, SectionKey, SectionState
from risk.models.section import LONGEST_SHARED_TEXT
from risk.presenters import rosh_panel
from risk.presenters.oasys_words import WORDS
from risk.presenters.sections import oasys_label, present
from risk.reading import for_page
from risk.redaction import ProposedSection, changes, proposed, too_long, undecided
from tests.factories.risk import ASSESSED_AT, Oasys, assessed, pulled
from tests.factories.rows import set_on_each

TEXT, CONCERN, OWN = SectionKey.NATURE_OF_RISK, SectionKey.SUICIDE, SectionKey.ADDITIONAL_INFORMATION
SAID, MINE = "Pushes and shouts.", "Has pushed people."


class Situation(NamedTuple):
    """What OASys has for a section, and what follows."""

    key: SectionKey
    answer: str
    text: str
    needs_decision: bool
    may_have_none: bool
    shares: tuple[str, str]  # answer and text, when nothing is changed


SITUATIONS = {
    "text": Situation(TEXT, "", SAID, False, False, ("", SAID)),
    "no text": Situation(TEXT, "", "", True, True, ("", "")),
    "only spaces": Situation(TEXT, "", " \n ", True, True, ("", " \n ")),
    "yes with text": Situation(CONCERN, "YES", SAID, False, False, ("YES", SAID)),
    "yes without text": Situation(CONCERN, "YES", "", True, False, ("YES", "")),
    "no": Situation(CONCERN, "NO", "", False, True, ("NO", "")),
    "no with text": Situation(CONCERN, "NO", SAID, False, False, ("NO", SAID)),
    "don't know": Situation(CONCERN, "DK", "", True, True, ("DONT_KNOW", "")),
    "don't know with text": Situation(CONCERN, "DK", SAID, True, False, ("DONT_KNOW", SAID)),
    "not applicable": Situation(CONCERN, "NA", "", True, True, ("DONT_KNOW", "")),
    "no answer": Situation(CONCERN, "", "", True, True, ("", "")),
    "no answer with text": Situation(CONCERN, "", SAID, True, False, ("", SAID)),
    "additional information": Situation(OWN, "", "", False, False, ("", "")),
}
every_situation = pytest.mark.parametrize(
    "situation", [pytest.param(situation, id=name) for name, situation in SITUATIONS.items()]
)
every_state = pytest.mark.parametrize("state", list(SectionState))


def _section(situation: Situation, state: SectionState = SectionState.UNREVIEWED) -> RiskSection:
    return RiskSection(
        risk=_answered(),
        key=situation.key,
        source_answer=situation.answer,
        source_text=situation.text,
        state=state,
        text=MINE if state == SectionState.EDITED else "",
    )


def _answered(*, is_partial: bool = False) -> RiskInformation:
    """Risk information for which OASys has answered. Not stored."""
    risk = RiskInformation()
    RiskSnapshot(risk=risk, outcome=OasysOutcome.ASSESSED, is_partial=is_partial)
    return risk


def _not_answered() -> RiskInformation:
    risk = RiskInformation(last_outcome=OasysOutcome.TOO_SLOW)
    risk._state.fields_cache["snapshot"] = None  # as loaded with select_related
    return risk


@pytest.mark.parametrize(
    ("key", "answer", "text", "partly", "not_at_all"),
    [
        # What may be said of a section by its answer and text: when OASys answered in part, and when not at all.
        pytest.param(TEXT, "", "", "oasys_unknown", "oasys_unknown", id="no text"),
        pytest.param(TEXT, "", SAID, "oasys_text", None, id="text"),
        pytest.param(CONCERN, "", "", "oasys_unknown", "oasys_unknown", id="no answer"),
        pytest.param(CONCERN, "YES", SAID, "oasys_yes", None, id="yes"),
        pytest.param(CONCERN, "NO", "", "", None, id="no"),
        pytest.param(CONCERN, "DK", "", "", None, id="don't know"),
        pytest.param(CONCERN, "NA", "", "", None, id="not applicable"),
        pytest.param(CONCERN, "DK", SAID, "oasys_text", None, id="don't know with text"),
        pytest.param(OWN, "", "", "not_oasys", "not_oasys", id="additional information"),
    ],
)
def test_what_is_merely_unknown_is_never_no_identified_risk(
    key: SectionKey, answer: str, text: str, partly: str, not_at_all: str | None
) -> None:
    """Decision R4: a gap of an OASys that cannot be reached, or that answered in part, says nothing."""
    for risk, expected in ((_answered(is_partial=True), partly), (_not_answered(), not_at_all)):
        if expected is None:
            continue
        section = RiskSection(risk=risk, key=key, source_answer=answer, source_text=text)
        code, reason = policies.why_not_no_identified_risk(section)
        assert code == expected
        assert bool(reason) is bool(expected)
        assert section.may_have_no_identified_risk is not bool(expected)


@every_situation
@every_state
def test_what_oasys_says_decides_whether_a_decision_is_needed(
    situation: Situation, state: SectionState
) -> None:
    """Whatever was decided before: a revert asks for the decision again (R4, R7)."""
    section = _section(situation, state)

    assert section.needs_decision is situation.needs_decision
    assert section.may_have_no_identified_risk is situation.may_have_none


@every_situation
@every_state
def test_only_an_unreviewed_section_waits_for_a_decision(situation: Situation, state: SectionState) -> None:
    waits = situation.needs_decision and state == SectionState.UNREVIEWED

    assert undecided(_section(situation, state)) is waits


@every_situation
@pytest.mark.parametrize(
    ("state", "box"),
    [
        pytest.param(SectionState.UNREVIEWED, None, id="unreviewed: OASys's text"),
        pytest.param(SectionState.UNCHANGED, None, id="unchanged: OASys's text"),
        pytest.param(SectionState.EDITED, MINE, id="edited: the practitioner's text"),
        pytest.param(SectionState.REMOVED, "", id="removed: nothing, for ever"),
        pytest.param(SectionState.NO_IDENTIFIED_RISK, "", id="no identified risk: nothing"),
    ],
)
def test_what_stands_in_the_box(situation: Situation, state: SectionState, box: str | None) -> None:
    assert _section(situation, state).box_text == (situation.text if box is None else box)


@every_situation
@every_state
def test_what_would_be_shared(situation: Situation, state: SectionState) -> None:
    answer, text = situation.shares
    expected = {
        SectionState.UNREVIEWED: (answer, text, False),
        SectionState.UNCHANGED: (answer, text, False),
        SectionState.EDITED: (answer, MINE, False),
        SectionState.REMOVED: ("", "", False),  # neither answer nor text (R4)
        SectionState.NO_IDENTIFIED_RISK: ("", "", True),
    }[state]

    assert proposed(_section(situation, state)) == ProposedSection(situation.key, *expected)


@pytest.mark.parametrize(
    ("situation", "state", "text", "counted"),
    [
        pytest.param("text", SectionState.UNREVIEWED, "", "", id="not reviewed"),
        pytest.param("text", SectionState.UNCHANGED, "", "", id="unchanged"),
        pytest.param("text", SectionState.EDITED, MINE, "edited", id="edited"),
        pytest.param("text", SectionState.EDITED, SAID, "", id="edited to what OASys says by now"),
        pytest.param("text", SectionState.REMOVED, "", "removed", id="removed"),
        pytest.param("no text", SectionState.EDITED, MINE, "written", id="written where OASys has no text"),
        pytest.param("no text", SectionState.REMOVED, "", "", id="no text to remove"),
        pytest.param("don't know", SectionState.EDITED, MINE, "edited", id="written under don't know"),
        pytest.param("don't know", SectionState.REMOVED, "", "removed", id="an answer removed"),
        pytest.param(
            "no answer", SectionState.EDITED, MINE, "written", id="written where OASys has no answer"
        ),
        pytest.param("no answer", SectionState.REMOVED, "", "", id="nothing to remove"),
        pytest.param("no", SectionState.NO_IDENTIFIED_RISK, "", "none_identified", id="none, said no"),
        pytest.param(
            "no answer", SectionState.NO_IDENTIFIED_RISK, "", "none_identified", id="none, said nothing"
        ),
        pytest.param("additional information", SectionState.EDITED, MINE, "added", id="added"),
        pytest.param("additional information", SectionState.REMOVED, "", "", id="added and emptied again"),
    ],
)
def test_a_section_counts_as_what_was_done_with_it(
    situation: str, state: SectionState, text: str, counted: str
) -> None:
    """Nothing is edited or removed that OASys never said; the additional information is never OASys's (R5)."""
    section = _section(SITUATIONS[situation], state)
    section.text = text

    done = changes([section])

    names = ("edited", "removed", "none_identified", "written", "added")
    assert [name for name in names if getattr(done, name)] == ([counted] if counted else [])
    assert done.sections == bool(counted)


@pytest.mark.parametrize(
    ("state", "source", "own", "is_too_long"),
    [
        pytest.param(SectionState.UNCHANGED, 4000, 0, False, id="OASys's 4,000 characters"),
        pytest.param(SectionState.UNCHANGED, 4001, 0, True, id="OASys's 4,001 characters"),
        pytest.param(SectionState.UNREVIEWED, 12_000, 0, True, id="OASys's 12,000 characters"),
        pytest.param(SectionState.EDITED, 12_000, 4000, False, id="shortened to 4,000"),
        pytest.param(SectionState.REMOVED, 12_000, 0, False, id="removed"),
        pytest.param(SectionState.NO_IDENTIFIED_RISK, 12_000, 0, False, id="no identified risk"),
    ],
)
def test_what_is_too_long_to_share(state: SectionState, source: int, own: int, is_too_long: bool) -> None:
    assert LONGEST_SHARED_TEXT == 4000  # decision R8
    section = RiskSection(key=TEXT, source_text="x" * source, state=state, text="y" * own)

    assert too_long(section) is is_too_long


def test_the_sections_stand_in_their_order() -> None:
    assert [key.value for key in SectionKey] == [
        "who_is_at_risk",
        "nature_of_risk",
        "risk_imminence",
        "self_harm",
        "suicide",
        "hostel_setting",
        "vulnerability",
        "additional_information",
    ]


@pytest.mark.parametrize(
    ("key", "answer", "text", "label"),
    [
        pytest.param(TEXT, "", "", "No information provided", id="no text"),
        pytest.param(TEXT, "", SAID, "", id="a text needs no label"),
        pytest.param(
            CONCERN, "", "", "No information provided", id="no answer: OASys did not say don't know"
        ),
        pytest.param(CONCERN, "", SAID, "", id="no answer, and a text"),
        pytest.param(CONCERN, "DK", "", "Don’t know", id="don't know"),
        pytest.param(CONCERN, "NA", "", "Not applicable", id="not applicable"),
        pytest.param(CONCERN, "YES", "", "Yes", id="yes"),
        pytest.param(CONCERN, "NO", "", "No", id="no"),
        pytest.param(OWN, "", "", "", id="additional information is not OASys's"),
    ],
)
@pytest.mark.parametrize(
    "outcome", [OasysOutcome.ASSESSED, OasysOutcome.NOT_COMPLETED, OasysOutcome.NO_RECORD]
)
def test_what_stands_there_by_default(
    outcome: OasysOutcome, key: SectionKey, answer: str, text: str, label: str
) -> None:
    """Failures have words of their own, see the story of OASys's answers."""
    section = RiskSection(key=key, source_answer=answer, source_text=text)

    assert oasys_label(section, WORDS[outcome]) == label


@pytest.mark.parametrize(
    ("situation", "state", "words", "removing", "has_original"),
    [
        pytest.param("text", SectionState.EDITED, "Edited by you", "Remove this section", True, id="edited"),
        pytest.param("text", SectionState.REMOVED, "Removed", "Remove this section", True, id="removed"),
        pytest.param("don't know", SectionState.REMOVED, "Removed", "Remove this section", True, id="an answer"),
        pytest.param("no answer", SectionState.UNREVIEWED, "Decision needed", "Share no information", False,
                     id="nothing from OASys"),
        pytest.param("no answer", SectionState.EDITED, "Written by you", "Remove this section", False,
                     id="nothing from OASys, written"),
        pytest.param("no answer", SectionState.REMOVED, "No information shared", "Share no information", False,
                     id="nothing from OASys, nothing shared"),
        pytest.param("additional information", SectionState.UNREVIEWED, "Nothing added", "", False, id="not added"),
        pytest.param("additional information", SectionState.EDITED, "Added by you", "Remove this section", False,
                     id="added"),
        pytest.param("additional information", SectionState.REMOVED, "Nothing added", "", False,
                     id="added and emptied again"),
    ],
)  # fmt: skip
def test_what_a_section_is_called_and_which_buttons_it_has(
    risk: RiskInformation, situation: str, state: SectionState, words: str, removing: str, has_original: bool
) -> None:
    section = _section(SITUATIONS[situation], state)
    set_on_each(
        risk.sections.filter(key=section.key),
        source_answer=section.source_answer,
        source_text=section.source_text,
        state=state,
        text=section.text,
    )

    view = next(one for one in present(for_page(risk.pk)).sections if one.key == section.key)

    assert view.state_words == words
    assert view.has_original is has_original
    assert (view.removing if view.may_be_removed else "") == removing


@pytest.mark.parametrize(
    ("answer", "assessment"),
    [
        pytest.param(assessed(assessed_at=ASSESSED_AT), "2 March 2026", id="dated"),
        pytest.param(assessed(assessed_at=None), "assessment date not found", id="no date"),
        pytest.param(NotCompleted(), "no assessment in the last 55 weeks", id="too old"),
        pytest.param(NoRecord(), "no OASys record", id="no record"),
        pytest.param(NotPermitted(), "not available to you", id="refused"),
        pytest.param(Unreachable(Trouble.SLOW), "not known", id="slow"),
        pytest.param(Unreachable(Trouble.FAULT), "not known", id="unreachable"),
        pytest.param(Unreachable(Trouble.MALFORMED), "not known", id="unreadable"),
    ],
)
def test_silence_refusal_and_absence_are_no_assessment_without_a_date(
    author: User, oasys: Oasys, answer: Risk, assessment: str
) -> None:
    oasys.answer = answer

    risk = pulled(author)

    assert present(risk).latest_assessment == f"Latest assessment: {capfirst(assessment)}"
    assert rosh_panel.present(risk).last_updated == assessment
