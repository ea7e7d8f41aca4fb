"""A newer OASys answer beside the one that the draft works from: what changed, level by level and text by text.

For the practitioner alone, before they decide whether to take it, and as long as they go on without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import date
from integrations.risk_answers import Answer
from risk.actions.pull_risk_information import OasysSaid
from risk.comparison import Comparison, compare
from risk.models import RiskInformation, RiskSection, SectionState
from risk.presenters.oasys_words import PARTIAL, WORDS, OasysWords
from risk.presenters.rosh_panel import level_changes
from risk.presenters.sections import oasys_label

#: What taking the newer answer means for a section, by what was decided about it.
AFTERWARDS = {
    SectionState.UNREVIEWED: "",
    SectionState.UNCHANGED: "",
    SectionState.EDITED: "You edited this section. If you use the newer information, check your text is still right.",
    SectionState.REMOVED: "You removed this section. If you use the newer information, it stays removed. Check it "
    "should be.",
    SectionState.NO_IDENTIFIED_RISK: "You confirmed no identified risk here. If you use the newer information, "
    "check this is still right.",
}
REOPENED = (
    "You confirmed no identified risk here. If you use the newer information, you need to decide this section again."
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

    @property
    def in_a_line(self) -> str:
        """Its heading, and the answer where that is another."""
        if not self.answer_changed:
            return f"{self.heading}: other text"
        return f"{self.heading}: was {self.was or 'text'}, is now {self.now or 'text'}"


@dataclass(frozen=True, slots=True)
class NewerView:
    """What changed in OASys. ``seen`` is what the page carries, so that nothing unseen is decided about."""

    announcement: str
    is_kept_out: bool  # decided against, and can still be taken
    seen: str
    notices: list[str]
    levels: list[tuple[str, str, str]]
    sections: list[ChangedSection]

    @property
    def differences(self) -> list[str]:
        """The sections and levels that changed, a line each, without their texts."""
        return [section.in_a_line for section in self.sections] + [
            f"Risk of serious harm level, {to_whom}: was {was}, is now {now}"
            for to_whom, was, now in self.levels
        ]


def present(risk: RiskInformation) -> NewerView | None:
    """What OASys says by now, decided about or not; None when it says what is here."""
    snapshot = risk.oasys_snapshot
    if not risk.newer_hash or snapshot is None:
        return None
    said = OasysSaid.from_json(risk.newer_answer)
    words_now = WORDS[said.outcome]
    return NewerView(
        announcement=announcement(risk),
        is_kept_out=risk.newer_is_kept_out,
        seen=risk.newer_hash,
        notices=[notice for notice in (words_now.notice, PARTIAL if said.is_partial else "") if notice],
        levels=level_changes(
            (snapshot.levels_in_community, said.levels_in_community),
            (snapshot.levels_in_custody, said.levels_in_custody),
        ),
        sections=[
            _change(section, said, WORDS[snapshot.outcome], words_now)
            for section in risk.in_order()
            if risk.newer_differs(section)
        ],
    )


def announcement(risk: RiskInformation) -> str:
    """That OASys says something else by now, since when, and whether it was decided to go on without it."""
    newer_at = _dated_otherwise(risk)
    if risk.newer_is_kept_out:
        if not newer_at:
            return "OASys gives a different answer from the one you are using. You have not used it."
        return f"OASys has a newer version of {newer_at}. You have not used it."
    if not newer_at:
        return "OASys now gives a different answer from the one you are using."
    return f"OASys was updated on {newer_at}."


def said_after_sending(risk: RiskInformation) -> str:
    """That what was shared is not from the newest assessment; nothing when it is, as far as was known on sending."""
    if risk.purged_at is None or risk.newer_announced_at is None:
        return ""
    newer_at = _dated_otherwise(risk)
    snapshot = risk.oasys_snapshot
    worked_from = f" of {date(snapshot.assessed_at)}" if snapshot and snapshot.assessed_at else ""
    other = f"had a newer version of {newer_at}" if newer_at else "gave another answer"
    return (
        f"The risk information came from the OASys information{worked_from}. When the referral was sent, OASys "
        f"{other}, which was not used."
    )


def _dated_otherwise(risk: RiskInformation) -> str:
    """The date of the newer assessment, where it tells the two apart."""
    snapshot = risk.oasys_snapshot
    newer_at = date(risk.newer_assessed_at) if risk.newer_assessed_at else ""
    here = date(snapshot.assessed_at) if snapshot and snapshot.assessed_at else ""
    return "" if newer_at == here else newer_at


def _change(
    section: RiskSection, said: OasysSaid, words_was: OasysWords, words_now: OasysWords
) -> ChangedSection:
    newer = said.sections.get(section.key)
    answer = newer.answer.value if newer and newer.answer else ""
    text = (newer.text if newer else "") or ""
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
