"""How well the rules find, measured on labelled sentences: what was found that was labelled, and the other way round.

Counted are sentences by category: a category found in a sentence that is labelled with it is right once, however many
findings it has there.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import scan


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, whose case it is from, and the categories that a reader found in it."""

    sentence: str
    person: str
    practitioner: str
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of sentences by category: found rightly, found wrongly, missed."""

    right: Counter[Category] = field(default_factory=Counter)
    wrong: Counter[Category] = field(default_factory=Counter)
    missed: Counter[Category] = field(default_factory=Counter)

    def precision(self, categories: Iterable[Category] = tuple(Category)) -> float:
        """Of what was found, the share that was labelled. 1 when nothing was found."""
        right, wrong = _sum(self.right, categories), _sum(self.wrong, categories)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, categories: Iterable[Category] = tuple(Category)) -> float:
        """Of what was labelled, the share that was found. 1 when nothing was labelled."""
        right, missed = _sum(self.right, categories), _sum(self.missed, categories)
        return right / (right + missed) if right + missed else 1.0


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
    """Scan every sentence, with the names of its case known, and count."""
    figures = Figures()
    for labelled in sentences:
        known = KnownWords.of(people=(labelled.person, labelled.practitioner))
        found = {finding.category for finding in scan(labelled.sentence, known)}
        figures.right.update(found & labelled.categories)
        figures.wrong.update(found - labelled.categories)
        figures.missed.update(labelled.categories - found)
    return figures


def _sum(counts: Counter[Category], categories: Iterable[Category]) -> int:
    return sum(counts[category] for category in categories)
