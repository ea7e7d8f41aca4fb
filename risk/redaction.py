"""The one answer to "what will be shared?", for the review page, the check page, the preview and sending.

``proposed`` says it for one section at any time. ``redacted`` hands the whole over, or refuses when nobody has
taken responsibility for exactly this content. Knows nothing of where the content goes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from encryption import declaration_keys
from integrations.risk_answers import Answer, SharedAnswer
from risk.models import Declaration, RiskInformation, RiskSection, SectionKey, SectionState
from risk.models.information import PLACES
from risk.models.section import LONGEST_SHARED_TEXT, NO_ANSWER

_SHARED_ANSWERS = {answer.value: SharedAnswer.of(answer).value for answer in Answer}


class NotDeclared(Exception):
    """There is no standing declaration over exactly this content: nothing may be shared."""


@dataclass(frozen=True, slots=True)
class ProposedSection:
    """What a supplier would be given for one section as things stand."""

    key: str
    answer: str  # of SharedAnswer, or empty
    text: str
    no_identified_risk: bool


@dataclass(frozen=True, slots=True)
class RedactedRisk:
    """The eight sections as declared, with the declaration over them."""

    sections: dict[str, ProposedSection]
    declaration: Declaration


def proposed(section: RiskSection) -> ProposedSection:
    """What will be shared of this section, as decided so far (an unreviewed one: as OASys has it).

    A removed section shares neither the answer nor the text, so that its removal cannot be inferred (R4).
    """
    if section.state == SectionState.REMOVED:
        return ProposedSection(section.key, "", "", False)
    if section.state == SectionState.NO_IDENTIFIED_RISK:
        return ProposedSection(section.key, "", "", True)
    oasys = as_in_oasys(section)
    if section.state != SectionState.EDITED:
        return oasys
    own = "" if section.own_answer == NO_ANSWER else section.own_answer
    return ProposedSection(section.key, own if section.own_answer else oasys.answer, section.text, False)


def as_in_oasys(section: RiskSection) -> ProposedSection:
    """What would be shared if the practitioner changed nothing."""
    answer = _SHARED_ANSWERS[section.source_answer] if section.source_answer else ""
    return ProposedSection(section.key, answer, section.source_text, False)


@dataclass(frozen=True, slots=True)
class Changes:
    """In how many sections what will be shared is not what OASys has, by what was done (decision R5).

    What OASys said nothing about can be written, and is neither edited nor removed; nor is the additional information,
    which is never OASys's.
    """

    edited: int
    removed: int
    none_identified: int
    written: int
    added: bool  # additional information
    has_original: bool  # OASys said something in one section at least

    @property
    def sections(self) -> int:
        """How many sections will be shared otherwise than OASys has them, be it because OASys has nothing."""
        return self.edited + self.removed + self.none_identified + self.written + self.added


def changes(sections: Iterable[RiskSection]) -> Changes:
    """Count them, by comparing what will be shared with what OASys has."""
    ours = [section for section in sections if section.key == SectionKey.ADDITIONAL_INFORMATION]
    oasys = [section for section in sections if section not in ours]
    differing = Counter(
        (SectionState(section.state), section.has_original)
        for section in oasys
        if proposed(section) != as_in_oasys(section)
    )
    return Changes(
        edited=differing[SectionState.EDITED, True],
        removed=differing[SectionState.REMOVED, True],
        none_identified=sum(
            differing[SectionState.NO_IDENTIFIED_RISK, has_original] for has_original in (True, False)
        ),
        written=differing[SectionState.EDITED, False],
        added=any(proposed(section).text.strip() for section in ours),
        has_original=any(section.has_original for section in oasys),
    )


def undecided(section: RiskSection) -> bool:
    """True when the practitioner still has to decide this section before anything can be shared (R7).

    In a corrected version nothing takes the place of what is shared unless it was decided: every section, then.
    """
    if section.state != SectionState.UNREVIEWED:
        return False
    return section.needs_decision or section.risk.corrects is not None


def too_long(section: RiskSection) -> bool:
    """True when the section must be shortened before it can be shared (R8)."""
    return len(proposed(section).text) > LONGEST_SHARED_TEXT


def keyed_hash(content: object) -> str:
    """HMAC-SHA-256 of the content as canonical UTF-8 JSON, to compare with another; it proves nothing."""
    return declaration_keys.to_compare(_canonical(content))


def content_hash(sections: Iterable[RiskSection]) -> str:
    """The hash that a declaration is made over: all eight sections with their answers, in order (R9)."""
    return declaration_keys.proof(_content(sections))


def is_hash_of(sections: Iterable[RiskSection], hash_: str) -> bool:
    """Whether the hash is of these sections as they are, be it under an earlier key."""
    return declaration_keys.proves(hash_, _content(sections))


def _content(sections: Iterable[RiskSection]) -> bytes:
    by_key = {section.key: proposed(section) for section in sections}
    return _canonical(
        [
            [key, by_key[key].answer, by_key[key].text, by_key[key].no_identified_risk]
            for key in PLACES
        ]
    )


def _canonical(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def standing_declaration(risk: RiskInformation) -> Declaration | None:
    """The declaration that has not been voided, if there is one."""
    return next((one for one in risk.declarations.all() if one.voided_at is None), None)


def is_declared(risk: RiskInformation) -> bool:
    """True when the standing declaration covers exactly the content as it is now."""
    declaration = standing_declaration(risk)
    return declaration is not None and is_hash_of(risk.in_order(), declaration.content_hash)


def was_declared(risk: RiskInformation) -> bool:
    """True when somebody took responsibility at some time, be it over other content."""
    return any(True for _ in risk.declarations.all())


def is_begun(risk: RiskInformation) -> bool:
    """True as soon as a section was changed, or responsibility taken."""
    return was_declared(risk) or any(section.changed_at is not None for section in risk.sections.all())


def redacted(risk: RiskInformation) -> RedactedRisk:
    """The content to hand over. Raises NotDeclared unless it was declared exactly as it is (R4, R9).

    Nor is anything handed over while OASys says something newer about which nobody has decided (R3).
    """
    sections = risk.in_order()
    declaration = standing_declaration(risk)
    unfit = any(section.state == SectionState.UNREVIEWED or too_long(section) for section in sections)
    if declaration is None or unfit or risk.newer_is_undecided or not is_declared(risk):
        raise NotDeclared
    return RedactedRisk({section.key: proposed(section) for section in sections}, declaration)
