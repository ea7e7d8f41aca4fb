"""A newer OASys answer beside the one that the draft works from: what changed, level by level and text by text.

For the practitioner alone, before they decide whether to take it.
"""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import date
from risk.actions.pull_risk_information import OasysSaid
from risk.comparison import Comparison, compare
from risk.models import Answer, RiskInformation, RiskSection, SectionKey, SectionState
from risk.presenters.oasys_words import PARTIAL, WORDS, OasysWords
from risk.presenters.rosh_panel import level_changes
from risk.presenters.sections import oasys_label

#: What taking the newer answer means for a section, by what was decided about it.
AFTERWARDS = {
    SectionState.UNREVIEWED: "",
    SectionState.UNCHANGED: "",
    SectionState.EDITED: "You edited this section. If you take the newer information, check that your text still "
    "holds.",
    SectionState.REMOVED: "You removed this section. If you take the newer information, it stays removed: check that "
    "it still should be.",
    SectionState.NO_IDENTIFIED_RISK: "You confirmed no identified risk here. If you take the newer information, check "
    "that this still holds.",
}
REOPENED = (
    "You confirmed no identified risk here. If you take the newer information, you decide this section again."
)


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """One section about which OASys says something else by now."""

    key: str
    slug: str
    heading: str
    was: str  # the answer, or that there was none
    now: str
    comparison: Comparison
    afterwards: str

    @property
    def answer_changed(self) -> bool:
        """Whether Yes, No or what stands for it is another."""
        return self.was != self.now


@dataclass(frozen=True, slots=True)
class NewerView:
    """What changed in OASys. ``seen`` is what the page carries, so that nothing unseen is decided about."""

    announcement: str
    seen: str
    notices: list[str]
    levels: list[tuple[str, str, str]]
    sections: list[ChangedSection]

    @property
    def headings(self) -> list[str]:
        """The sections that changed."""
        return [section.heading for section in self.sections]


def present(risk: RiskInformation) -> NewerView | None:
    """What waits for a decision, or None."""
    snapshot = risk.oasys_snapshot
    if not risk.newer_is_undecided or snapshot is None:
        return None
    said = OasysSaid.from_json(risk.newer_answer)
    words_now = WORDS[said.outcome]
    return NewerView(
        announcement=announcement(risk),
        seen=risk.newer_hash,
        notices=[notice for notice in (words_now.notice, PARTIAL if said.is_partial else "") if notice],
        levels=level_changes(
            (snapshot.levels_in_community, said.levels_in_community),
            (snapshot.levels_in_custody, said.levels_in_custody),
        ),
        sections=[
            change
            for section in risk.in_order()
            if section.key != SectionKey.ADDITIONAL_INFORMATION
            and (change := _change(section, said, WORDS[snapshot.outcome], words_now))
        ],
    )


def announcement(risk: RiskInformation) -> str:
    """That OASys says something else by now, and since when."""
    snapshot = risk.oasys_snapshot
    is_later = snapshot is None or risk.newer_assessed_at != snapshot.assessed_at
    if risk.newer_assessed_at is None or not is_later:
        return "OASys now gives another answer than the one you are working from."
    return f"OASys was updated on {date(risk.newer_assessed_at)}."


def _change(
    section: RiskSection, said: OasysSaid, words_was: OasysWords, words_now: OasysWords
) -> ChangedSection | None:
    newer = said.sections.get(section.key)
    answer = Answer(newer.answer.value).value if newer and newer.answer else ""
    text = (newer.text if newer else "") or ""
    if (answer, text) == (section.source_answer, section.source_text):
        return None
    as_newer = RiskSection(key=section.key, source_answer=answer, source_text=text)
    as_newer.risk = section.risk
    is_none = section.state == SectionState.NO_IDENTIFIED_RISK
    reopens = is_none and bool(answer == Answer.YES or text.strip() or (said.is_partial and not answer))
    return ChangedSection(
        key=section.key,
        slug=section.section_key.slug,
        heading=section.section_key.label,
        was=oasys_label(section, words_was),
        now=oasys_label(as_newer, words_now),
        comparison=compare(section.source_text, text),
        afterwards=REOPENED if reopens else AFTERWARDS[SectionState(section.state)],
    )
