"""How well the rules find, measured on what readers labelled: what was found that was labelled, and the reverse.

Texts are counted by span: a labelled span is found when findings cover at least half of its characters; a finding is
right when at least half of it is labelled, or when it covers a labelled span. The older sentences are labelled by
category only: a category found in a sentence that is labelled with it is right once, however many findings it has.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.labelled_texts import LabelledText, Span
from risk.sensitive_details.scan import Finding, scan


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, whose case it is from, and the categories that a reader found in it."""

    sentence: str
    person: str
    practitioner: str
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by category: of labels, found and missed; of findings, right and wrong."""

    found: Counter[Category] = field(default_factory=Counter)
    missed: Counter[Category] = field(default_factory=Counter)
    right: Counter[Category] = field(default_factory=Counter)
    wrong: Counter[Category] = field(default_factory=Counter)

    def precision(self, categories: Iterable[Category] = tuple(Category)) -> float:
        """Of what was found, the share that was labelled. 1 when nothing was found."""
        right, wrong = _sum(self.right, categories), _sum(self.wrong, categories)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, categories: Iterable[Category] = tuple(Category)) -> float:
        """Of what was labelled, the share that was found. 1 when nothing was labelled."""
        found, missed = _sum(self.found, categories), _sum(self.missed, categories)
        return found / (found + missed) if found + missed else 1.0


def read_labelled(path: Path) -> list[Labelled]:
    """The labelled sentences of one file: sentence, person, practitioner, categories with semicolons between."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Labelled(
                sentence=row["sentence"],
                person=row["person"],
                practitioner=row["practitioner"],
                categories=frozenset(Category(name) for name in row["categories"].split(";") if name),
            )
            for row in csv.DictReader(lines, strict=True)
        ]


def measure(sentences: Iterable[Labelled]) -> Figures:
    """Scan every sentence, with the names of its case known, and count categories."""
    figures = Figures()
    for labelled in sentences:
        known = KnownWords.of(people=(labelled.person, labelled.practitioner))
        found = {finding.category for finding in scan(labelled.sentence, known)}
        figures.found.update(found & labelled.categories)
        figures.right.update(found & labelled.categories)
        figures.wrong.update(found - labelled.categories)
        figures.missed.update(labelled.categories - found)
    return figures


def findings_in(labelled: LabelledText) -> Sequence[Finding]:
    """Scan a text, with the names of its case known."""
    return scan(labelled.text, labelled.known)


#: How the findings of a text are come by: whoever counts the same texts several times keeps them.
Finds = Callable[[LabelledText], Sequence[Finding]]


def measure_spans(
    texts: Iterable[LabelledText], *, any_category: bool = False, finds: Finds = findings_in
) -> Figures:
    """Scan every text and count spans: of the same category, or of any (the reader sees the words in either case)."""
    figures = Figures()
    for labelled in texts:
        findings = finds(labelled)
        for span in labelled.spans:
            is_found = span_is_found(span, findings, any_category=any_category)
            (figures.found if is_found else figures.missed)[span.category] += 1
        for finding in findings:
            is_right = finding_is_right(finding, labelled.spans, any_category=any_category)
            (figures.right if is_right else figures.wrong)[finding.category] += 1
    return figures


def span_is_found(span: Span, findings: Sequence[Finding], *, any_category: bool = False) -> bool:
    """Whether findings cover at least half of the characters of a labelled span."""
    like = [one for one in findings if any_category or one.category == span.category]
    return 2 * _covered(span, like) >= span.end - span.start


def finding_is_right(finding: Finding, spans: Sequence[Span], *, any_category: bool = False) -> bool:
    """Whether at least half of a finding is labelled, or it covers a labelled span."""
    like = [one for one in spans if any_category or one.category == finding.category]
    covers = any(finding.start <= one.start and one.end <= finding.end for one in like)
    return covers or 2 * _covered(finding, like) >= finding.end - finding.start


def share_of_characters(texts: Iterable[LabelledText], finds: Finds = findings_in) -> float:
    """Of the characters of all findings, the share that is labelled, as anything: how close findings are cut."""
    found = labelled = 0
    for text in texts:
        for finding in finds(text):
            found += finding.end - finding.start
            labelled += _covered(finding, text.spans)
    return labelled / found if found else 1.0


def _covered(one: Span | Finding, others: Iterable[Span | Finding]) -> int:
    """How many characters of one lie in the others."""
    within: set[int] = set()
    for other in others:
        within.update(range(max(one.start, other.start), min(one.end, other.end)))
    return len(within)


def _sum(counts: Counter[Category], categories: Iterable[Category]) -> int:
    return sum(counts[category] for category in categories)
