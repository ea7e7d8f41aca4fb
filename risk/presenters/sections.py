"""The eight sections as the practitioner's pages say them: OASys's words, what will be shared, what is to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import capfirst

from govuk.template_filters import date, date_time
from integrations.risk_answers import Answer, SharedAnswer
from risk import redaction
from risk.comparison import Comparison, compare
from risk.models import OasysOutcome, RiskInformation, RiskSection, SectionKey, SectionState
from risk.models.section import LONGEST_SHARED_TEXT
from risk.presenters.oasys_words import CORRECTING, MENDED, PARTIAL, WORDS, OasysWords

NOTHING_SHARED = "No information shared"
NOTHING_ADDED = "Nothing added"
NO_RISK = "No identified risk"
REMOVE, SHARE_NOTHING = "Remove this section", "Share no information"
TONES = {
    SectionState.UNREVIEWED: "neutral",
    SectionState.UNCHANGED: "neutral",
    SectionState.EDITED: "active",
    SectionState.REMOVED: "active",
    SectionState.NO_IDENTIFIED_RISK: "active",
}


@dataclass(frozen=True, slots=True)
class SharedNow:
    """In a corrected version: what is shared of a section now, and where what will be shared differs from it."""

    label: str
    comparison: Comparison  # of what is shared now with what will be
    label_differs: bool
    differs: bool
    oasys_differs: bool | None  # from what will be shared; None where it has no say, or did not answer

    @property
    def in_words(self) -> str:
        """What the marks say, without them."""
        here = "Different from what is shared now" if self.differs else "Same as what is shared now"
        oasys = {True: ", different from OASys now", False: ", same as OASys now", None: ""}
        return f"{here}{oasys[self.oasys_differs]}."


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section in words."""

    key: str
    slug: str
    heading: str
    oasys_label: str  # OASys's answer, or why there is nothing
    oasys_text: str
    has_original: bool  # something to compare with
    answer_is_kept_back: bool  # OASys's answer, which is not shared
    shared_label: str
    shared_text: str
    state: str
    state_words: str
    tone: str
    is_as_in_oasys: bool
    needs_decision: bool
    too_long_by: int
    may_have_no_identified_risk: bool
    is_unknown: bool
    can_undo: bool
    same_text_as: str
    comparison: Comparison
    now: SharedNow | None = None  # in a corrected version

    @property
    def problem(self) -> str:
        """What keeps this section from being shared, or nothing."""
        if self.needs_decision and self.now and self.oasys_text.strip():
            return (
                f"Decide what to share under “{self.heading}”: the OASys information, your own text, or no "
                "information"
            )
        if self.needs_decision:
            return f"Decide what to share under “{self.heading}”: {self._ways_to_decide}"
        if self.too_long_by:
            return (
                f"“{self.heading}” must be {LONGEST_SHARED_TEXT:,} characters or fewer before it can be shared. "
                f"It is {self.too_long_by:,} too long"
            )
        return ""

    @property
    def may_be_removed(self) -> bool:
        """The additional information is the practitioner's own: until something is added, nothing can be removed."""
        return self.key != SectionKey.ADDITIONAL_INFORMATION or bool(self.shared_text)

    @property
    def removing(self) -> str:
        """What its button "remove" is called: where there is nothing, it decides to share nothing."""
        return REMOVE if self.has_original or self.shared_text else SHARE_NOTHING

    @property
    def _ways_to_decide(self) -> str:
        if self.is_unknown:
            return "OASys has not answered, so write what you know, share no information, or wait for OASys"
        if not self.has_original:
            return "write what you know, share no information, or confirm there is no identified risk"
        if self.may_have_no_identified_risk:
            return "change it, remove it, or confirm there is no identified risk"
        if self.oasys_text.strip():
            return "OASys has text but no clear answer. Change it or remove it"
        return "OASys says yes but gives no text. Change it or remove it"


@dataclass(frozen=True, slots=True)
class RiskView:
    """Everything above and between the sections."""

    latest_assessment: str
    notices: list[str]
    sections: list[SectionView]
    changes: redaction.Changes
    is_declared: bool
    declaration: str
    has_answered: bool  # OASys
    content_hash: str
    is_correction: bool

    @property
    def differing(self) -> int:
        """In how many sections what will be shared is not what is shared now."""
        return sum(section.now.differs for section in self.sections if section.now)

    @property
    def problems(self) -> list[SectionView]:
        """Sections that cannot be shared as they stand."""
        return [section for section in self.sections if section.problem]


def present(
    risk: RiskInformation, shared_now: Mapping[str, redaction.ProposedSection] | None = None
) -> RiskView:
    """The risk information of a draft for its author. Needs sections, snapshot and declarations loaded.

    ``shared_now``: for a corrected version, what it is to replace.
    """
    sections = risk.in_order()
    snapshot = risk.oasys_snapshot
    words = words_of(risk)
    is_declared = redaction.is_declared(risk)
    notices = [
        CORRECTING.get(risk.last_outcome, words.notice)
        if risk.corrects and snapshot is None
        else words.notice
    ]
    if snapshot is not None:
        notices += [PARTIAL if snapshot.is_partial else "", MENDED if snapshot.was_mended else ""]
    return RiskView(
        latest_assessment=_latest_assessment(risk, words),
        notices=[notice for notice in notices if notice],
        sections=[
            _section(section, sections, words, (shared_now or {}).get(section.key)) for section in sections
        ],
        changes=redaction.changes(sections),
        is_declared=is_declared,
        declaration=_declaration(risk, is_declared=is_declared),
        has_answered=snapshot is not None,
        content_hash=redaction.content_hash(sections),
        is_correction=risk.corrects is not None,
    )


def words_of(risk: RiskInformation) -> OasysWords:
    """What to say for the way in which OASys answered, or did not."""
    snapshot = risk.oasys_snapshot
    return WORDS[snapshot.outcome if snapshot else risk.last_outcome or OasysOutcome.UNREACHABLE]


def _latest_assessment(risk: RiskInformation, words: OasysWords) -> str:
    """When the assessment was made that everything here is from, and whether OASys has another by now."""
    here = _assessed_on(risk) or capfirst(words.no_date)
    if not risk.newer_hash:
        return f"Latest assessment: {here}"
    newer_at = date(risk.newer_assessed_at) if risk.newer_assessed_at else ""
    now = f"a newer one of {newer_at}" if newer_at and newer_at != here else "another answer by now"
    return f"Assessment you are using: {here}. OASys has {now}"


def _assessed_on(risk: RiskInformation) -> str:
    snapshot = risk.oasys_snapshot
    return date(snapshot.assessed_at) if snapshot and snapshot.assessed_at else ""


def _declaration(risk: RiskInformation, *, is_declared: bool) -> str:
    """Whether responsibility was taken for sharing, in the words of the task list; nothing before anybody did."""
    if is_declared:
        standing = redaction.standing_declaration(risk)
        assert standing is not None  # or it would not be declared
        return f"You took responsibility for sharing this on {date_time(standing.declared_at)}."
    if redaction.was_declared(risk):
        return "Declare again: this changed after you took responsibility for sharing it."
    return ""


def _section(
    section: RiskSection,
    all_sections: list[RiskSection],
    words: OasysWords,
    now: redaction.ProposedSection | None = None,
) -> SectionView:
    shared = redaction.proposed(section)
    needs_decision = redaction.undecided(section)
    return SectionView(
        key=section.key,
        slug=section.section_key.slug,
        heading=section.section_key.label,
        oasys_label=oasys_label(section, words),
        oasys_text=section.source_text,
        has_original=section.has_original,
        answer_is_kept_back=bool(section.source_answer) and not shared.answer,
        shared_label=shared_label(shared),
        shared_text=shared.text,
        state=section.state,
        state_words="Decision needed" if needs_decision else _state_words(section, now),
        tone=_tone(section, shared, now, needs_decision=needs_decision),
        is_as_in_oasys=section.state in (SectionState.UNREVIEWED, SectionState.UNCHANGED),
        needs_decision=needs_decision,
        too_long_by=max(0, len(shared.text) - LONGEST_SHARED_TEXT),
        may_have_no_identified_risk=section.may_have_no_identified_risk,
        is_unknown=section.is_unknown,
        can_undo=section.can_undo,
        same_text_as=_same_text_as(section, all_sections),
        comparison=compare(section.source_text, shared.text),
        now=_shared_now(section, shared, now) if now else None,
    )


def _tone(
    section: RiskSection,
    will: redaction.ProposedSection,
    now: redaction.ProposedSection | None,
    *,
    needs_decision: bool,
) -> str:
    if needs_decision:
        return "waiting"
    return "neutral" if will == now else TONES[SectionState(section.state)]


def _shared_now(
    section: RiskSection, will: redaction.ProposedSection, now: redaction.ProposedSection
) -> SharedNow:
    label = shared_label(now)
    is_silent = section.key == SectionKey.ADDITIONAL_INFORMATION or section.risk.oasys_snapshot is None
    return SharedNow(
        label=label,
        comparison=compare(now.text, will.text),
        label_differs=label != shared_label(will),
        differs=now != will,
        oasys_differs=None if is_silent else will != redaction.as_in_oasys(section),
    )


def _state_words(section: RiskSection, now: redaction.ProposedSection | None) -> str:
    """What was decided. Nothing is called edited or removed that was not there, nor OASys's newest that is not."""
    state = SectionState(section.state)
    if now is not None and redaction.proposed(section) == now:
        return "As shared now"
    if section.key == SectionKey.ADDITIONAL_INFORMATION:
        return "Added by you" if state == SectionState.EDITED else NOTHING_ADDED
    if state == SectionState.EDITED and not section.has_original:
        return "Written by you"
    if state == SectionState.REMOVED and not section.has_original:
        return NOTHING_SHARED
    if state == SectionState.UNCHANGED and section.risk.newer_differs(section):
        return f"{state.label} of {_assessed_on(section.risk) or 'before it changed'}"
    return state.label


def oasys_label(section: RiskSection, words: OasysWords) -> str:
    """OASys's answer to a concern, or why there is nothing from OASys."""
    if section.key == SectionKey.ADDITIONAL_INFORMATION:
        return ""
    if section.source_answer:
        return Answer(section.source_answer).label
    return "" if section.source_text.strip() else words.says_nothing


def shared_label(shared: redaction.ProposedSection) -> str:
    """What the supplier reads above the text, or instead of it."""
    if shared.no_identified_risk:
        return NO_RISK
    if not shared.answer and not shared.text.strip():
        return NOTHING_SHARED
    return SharedAnswer(shared.answer).label if shared.answer else ""


def _same_text_as(section: RiskSection, all_sections: list[RiskSection]) -> str:
    """OASys keeps one text for two concerns; each copy has to be redacted (live service: weakness k)."""
    text = section.source_text.strip()
    return next(
        (
            other.section_key.label
            for other in all_sections
            if text and other.key != section.key and other.source_text.strip() == text
        ),
        "",
    )
