"""Details of the risk sections that may be sensitive: the same words of one kind are one detail in all sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accounts.models import User
from referrals.models import Referral, SensitiveDetailDecision
from referrals.sensitive_details.undecided import (
    Detail,
    detail_hash,
    folded,
    known_words,
    same_words,
)
from referrals.sensitive_details.written_texts import of_section
from risk.models import SectionKey
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import Finding, named_details
from risk.spans import Span


@dataclass(slots=True)
class RiskDetail:
    """Words that may be sensitive, wherever they stand. ``decision`` is there only when it holds for all places."""

    id: str
    category: Category
    why: str
    words: str
    spans: dict[SectionKey, list[Span]] = field(default_factory=dict)
    details: dict[SectionKey, Detail] = field(default_factory=dict)
    decisions: dict[SectionKey, SensitiveDetailDecision] = field(default_factory=dict)

    @property
    def times(self) -> int:
        """How often the words stand in the eight sections."""
        return sum(len(spans) for spans in self.spans.values())

    @property
    def decision(self) -> SensitiveDetailDecision | None:
        """What was decided about the words, if it was decided everywhere."""
        if self.decisions.keys() != self.details.keys():
            return None
        return next(iter(self.decisions.values()))


def details_of(draft: Referral, author: User) -> list[RiskDetail]:
    """Search the eight sections as they will be shared, in order. Needs the sections loaded; two statements."""
    known = known_words(draft, author)
    decided = {(one.place, one.finding_hash): one for one in draft.sensitive_detail_decisions.all()}
    found: dict[str, RiskDetail] = {}
    for section in draft.risk.in_order():
        written = of_section(draft, section)
        for finding in named_details(written.text, known):
            one = same_words(finding.category, finding.words)
            detail = found.setdefault(one, RiskDetail(one, finding.category, finding.why, finding.words))
            key = section.section_key
            detail.spans.setdefault(key, []).append((finding.start, finding.end))
            if key in detail.details:
                continue
            hash_ = detail_hash(written, finding.category, finding.words)
            detail.details[key] = Detail(
                written, finding.category, finding.why, finding.words, "", "", 1, hash_
            )
            if (written.place, hash_) in decided:
                detail.decisions[key] = decided[written.place, hash_]
    return list(found.values())


def only_in(detail: RiskDetail, key: SectionKey) -> RiskDetail | None:
    """The detail as one section holds it; None when it does not stand there."""
    if key not in detail.spans:
        return None
    return replace(
        detail,
        spans={key: detail.spans[key]},
        details={key: detail.details[key]},
        decisions={one: made for one, made in detail.decisions.items() if one == key},
    )


def finder(detail: RiskDetail, known: KnownWords) -> Callable[[str], list[Span]]:
    """Where the words of a detail stand in a text, found anew."""

    def is_it(finding: Finding) -> bool:
        return finding.category == detail.category and folded(finding.words) == folded(detail.words)

    return lambda text: [(one.start, one.end) for one in named_details(text, known) if is_it(one)]
