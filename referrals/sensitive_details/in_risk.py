"""Details of the risk sections that may be sensitive: the same words of one kind are one detail in all sections.

So are the ways in which they name one person: see ``same_names``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accounts.models import User
from referrals.models import Referral, SensitiveDetailDecision
from referrals.sensitive_details.same_names import carried, find_in_all, parts_in, way_of
from referrals.sensitive_details.undecided import (
    Detail,
    decisions_of,
    detail_hash,
    known_words,
    same_words,
)
from referrals.sensitive_details.written_texts import of_section
from risk.models import SectionKey
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.remembered import remembered_details
from risk.sensitive_details.scan import Finding
from risk.spans import Span


@dataclass(slots=True)
class RiskDetail:
    """Words that may be sensitive, wherever they stand. ``decision`` is there only when it holds for all places.

    ``said_as``: every way to say it (folded), with the words as they are written. ``details`` and ``decisions`` are by
    section and way: a decision belongs to words, whatever they are offered with.
    """

    id: str
    category: Category
    why: str
    words: str
    spans: dict[SectionKey, list[Span]] = field(default_factory=dict)
    said_as: dict[str, str] = field(default_factory=dict)
    details: dict[tuple[SectionKey, str], Detail] = field(default_factory=dict)
    decisions: dict[tuple[SectionKey, str], SensitiveDetailDecision] = field(default_factory=dict)

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
    texts = {section.section_key: of_section(draft, section) for section in draft.risk.in_order()}
    in_all = find_in_all({key: written.text for key, written in texts.items()}, known)
    if not any(in_all.findings.values()):
        return []
    found: dict[str, RiskDetail] = {}
    decided = decisions_of(draft)
    for key, findings in in_all.findings.items():
        written = texts[key]
        for finding in findings:
            leading = in_all.leading(finding)
            one = same_words(leading.category, leading.words)
            detail = found.setdefault(one, RiskDetail(one, leading.category, leading.why, leading.words))
            detail.spans.setdefault(key, []).append((finding.start, finding.end))
            said = way_of(finding)
            detail.said_as.setdefault(said, finding.words)
            if (key, said) in detail.details:
                continue
            hash_ = detail_hash(written, finding.category, finding.words)
            detail.details[key, said] = Detail(
                written, finding.category, finding.why, finding.words, "", "", 1, hash_
            )
            if (written.place, hash_) in decided:
                detail.decisions[key, said] = decided[written.place, hash_]
    return list(found.values())


def only_in(detail: RiskDetail, key: SectionKey) -> RiskDetail | None:
    """The detail as one section holds it; None when it does not stand there."""
    if key not in detail.spans:
        return None
    return replace(
        detail,
        spans={key: detail.spans[key]},
        said_as={said: words for said, words in detail.said_as.items() if (key, said) in detail.details},
        details={one: there for one, there in detail.details.items() if one[0] == key},
        decisions={one: made for one, made in detail.decisions.items() if one[0] == key},
    )


def finder(detail: RiskDetail, known: KnownWords) -> Callable[[str], list[Span]]:
    """Where the words of a detail stand in a text, found anew."""

    def is_it(finding: Finding) -> bool:
        return finding.category == detail.category and way_of(finding) in detail.said_as

    def find(text: str) -> list[Span]:
        found = [*remembered_details(text, known)]
        if detail.category is Category.OTHER_PERSON:
            looked_for = [parts_in(said) for said in detail.said_as]
            found += carried(
                text,
                known,
                parts=frozenset().union(*(parts for parts, _ in looked_for)),
                initials=frozenset().union(*(initials for _, initials in looked_for)),
                beside=[*found],
            )
        return sorted((one.start, one.end) for one in found if is_it(one))

    return find
