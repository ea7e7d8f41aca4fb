"""Finding what may be sensitive in a text: pure, no database, nothing kept, nothing changed.

A finding is a prompt to look again and never more than that: it blocks nothing, removes nothing, counts against
nobody. Its words never leave the practitioner's side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from risk.sensitive_details import finders, phrases
from risk.sensitive_details.categories import FIXED_SHAPES, Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.legible import legible
from risk.sensitive_details.loading import load_once
from risk.sensitive_details.neutral_words import is_neutral
from risk.sensitive_details.reading import ReadText
from risk.sensitive_details.rules import Rule, all_rules

Span = tuple[Rule, int, int]
LOOSE_ENDS = " ,.;:-\n"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Words of a text, from ``start`` to before ``end`` in characters, that may be sensitive, and why.

    ``core``: the same for the words that the rules name, without the phrase around them. It is what a press takes out:
    the phrase may hold what the reader needs to know.
    """

    start: int
    end: int
    category: Category
    rule: str
    words: str
    why: str
    core: tuple[int, int] = (0, 0)

    def without_words(self) -> Finding:
        """Where it stands, but not what stands there."""
        return replace(self, words="")

    def with_words_of(self, text: str) -> Finding:
        """The same with its words, from the text it was found in."""
        return replace(self, words=text[self.start : self.end])


def scan(text: str, known: KnownWords) -> tuple[Finding, ...]:
    """What may be sensitive in this text, in order of place. One finding for a span and category.

    Where two rules of one category overlap, the longer words stand. Characters of a fixed shape (a postcode, an
    email address) are not read again as a weaker shape, or as a name.
    """
    load_once()
    legible_text = legible(text)
    read = finders.read(legible_text.text, known)
    spans: list[Span] = []
    cores: dict[Category, list[tuple[int, int]]] = {category: [] for category in Category}
    for rule in all_rules():
        named = list(_named_by(rule, read))
        found = list(_with_phrases(rule, read, named))
        spans += [(rule, start, end) for start, end in found]
        cores[rule.category] += named
        if rule.category is Category.OTHER_PERSON:
            read.kept.setdefault("names", []).extend(found)
    findings = []
    for rule, start, end in _resolved(spans, known, read.text):
        first, last = legible_text.original(start, end)
        if is_neutral(text[first:last]):
            continue
        core = legible_text.original(*_core(cores[rule.category], start, end))
        findings.append(Finding(first, last, rule.category, rule.id, text[first:last], rule.why, core))
    return tuple(sorted(findings))


def named_details(text: str, known: KnownWords) -> tuple[Finding, ...]:
    """The same findings as the words that the rules name: what a page marks, and what its buttons take out."""
    return tuple(sorted(_narrowed(finding, text) for finding in scan(text, known)))


def _narrowed(finding: Finding, text: str) -> Finding:
    start, end = finding.core
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return replace(finding, start=start, end=end, words=text[start:end], core=(start, end))


def found_by(rule: Rule, read: ReadText) -> Iterator[tuple[int, int]]:
    """What one rule by itself finds in a legible text, before it is weighed against others."""
    return _with_phrases(rule, read, _named_by(rule, read))


def _named_by(rule: Rule, read: ReadText) -> Iterator[tuple[int, int]]:
    return iter(
        finders.FINDERS[rule.finder](read, rule) if rule.finder else rule.spans(read.text, read.beginnings)
    )


def _with_phrases(rule: Rule, read: ReadText, named: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    if not rule.widen:
        return iter(named)
    return phrases.widened(
        read, ((start, end) for start, end in named if not is_neutral(read.text[start:end]))
    )


def _core(cores: Iterable[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """From the first to the last of the words that rules of its category name inside a span; else the whole span."""
    inside = [(first, last) for first, last in cores if start <= first and last <= end]
    if not inside:
        return start, end
    return min(first for first, _ in inside), max(last for _, last in inside)


def _resolved(spans: Iterable[Span], known: KnownWords, text: str) -> list[Span]:
    """Without the person's own numbers, without weaker readings, one span where several of a category overlap."""
    by_category: dict[Category, list[Span]] = {category: [] for category in Category}
    for span in spans:
        if not any(number in text[span[1] : span[2]].lower() for number in known.numbers):
            by_category[span[0].category].append(span)
    taken = bytearray(len(text))
    kept: list[Span] = []
    for category in FIXED_SHAPES:
        for rule, start, end in _joined(by_category.pop(category)):
            end = start + len(text[start : _untaken(taken, start, end)].rstrip(LOOSE_ENDS))
            if end > start:
                kept.append((rule, start, end))
                taken[start:end] = b"\x01" * (end - start)
    people = [span for span in by_category.pop(Category.OTHER_PERSON) if not any(taken[span[1] : span[2]])]
    kept += _joined(people)
    for category_spans in by_category.values():
        kept += _joined(category_spans)
    return kept


def _untaken(taken: bytearray, start: int, end: int) -> int:
    """The end of the first half at least of a span that nothing firmer has taken; its start when less is left."""
    firmer = taken.find(1, start, end)
    if firmer < 0:
        return end
    return firmer if 2 * (firmer - start) >= end - start else start


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that overlap become one, by the rule of the longest; of equals, by the rule that stands first."""
    joined: list[Span] = []
    longest = 0
    for rule, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if not joined or start >= joined[-1][2]:
            joined.append((rule, start, end))
            longest = end - start
            continue
        by, first, last = joined[-1]
        if end - start > longest:
            by, longest = rule, end - start
        joined[-1] = (by, first, max(last, end))
    return joined
