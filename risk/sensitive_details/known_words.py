"""Words known from the case, which are therefore no findings: its people, its places, its organisations.

Built by whoever calls the scanner; the towns and organisations that everybody knows are added here.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from risk.sensitive_details import word_lists
from risk.sensitive_details.legible import legible

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
PART = re.compile(r"[^\W\d_]+")
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class KnownWords:
    """``names``: single words of known people's names. ``phrases``: known places by their first word, longest
    first. ``numbers``: the person's own reference numbers. All in lower case. ``sex`` tells who "she" is;
    ``own`` are the words of the person's name alone."""

    names: frozenset[str] = frozenset()
    phrases: Phrases = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    sex: str = ""
    own: frozenset[str] = frozenset()
    #: The same for the same words, within a year: some rules reckon with ages.
    fingerprint: str = field(default="", compare=False)

    @classmethod
    def of(
        cls,
        *,
        people: Iterable[str] = (),
        places: Iterable[str] = (),
        numbers: Iterable[str] = (),
        sex: str = "",
    ) -> KnownWords:
        """``people``: full names, the person's first, then the practitioner's and the author's. ``places``: names
        of places and organisations, as they are written. ``numbers``: the person's CRN and the like. ``sex``: the
        person's, ``m`` or ``f``; empty when it is not known or neither."""
        everybody, everywhere = tuple(people), tuple(places)
        references = frozenset(number.strip().lower() for number in numbers if number.strip())
        names = {part for person in everybody for part in _name_parts(person)}
        return cls(
            names=frozenset(names),
            phrases=_phrases(everywhere),
            numbers=references,
            sex=sex,
            own=frozenset(_name_parts(everybody[0])) if everybody else frozenset(),
            fingerprint=_fingerprint((everybody, everywhere, sorted(references), sex)),
        )


def _fingerprint(facts: object) -> str:
    year = datetime.date.today().year  # noqa: DTZ011 (a day more or less is no matter)
    return blake2b(repr((facts, year)).encode(), digest_size=32).hexdigest()


@lru_cache(maxsize=8)
def _phrases(places: tuple[str, ...]) -> Phrases:
    """Places by their first word: those that everybody knows, and these."""
    return {**_everybody_knows(), **_by_first_word(_with_parts(places), beside=_everybody_knows())}


@lru_cache(maxsize=1)
def _everybody_knows() -> Phrases:
    return _by_first_word(word_lists.places())


# Every case brings a few places of its own, and nearly a thousand that all cases share.
@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, in lower case."""
    return tuple(WORD.findall(legible(text).text.lower()))


def _name_parts(person: str) -> set[str]:
    whole = legible(person).text.lower()
    return {*WORD.findall(whole), *PART.findall(whole)}


def _with_parts(places: Iterable[str]) -> Iterator[str]:
    """Each name whole, and what stands between its colons, commas and brackets: "Durham: Alder House"."""
    for place in places:
        yield place
        yield from re.split(r"[:,()]", place)


def _by_first_word(phrases: Iterable[str], *, beside: Phrases | None = None) -> Phrases:
    """By their first word, longest first, with those that begin so in ``beside``."""
    by_first: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for phrase in phrases:
        words = words_of(phrase)
        if words:
            by_first[words[0]].add(words)
    for first, found in by_first.items():
        found.update((beside or {}).get(first, ()))
    return {first: tuple(sorted(found, key=len, reverse=True)) for first, found in by_first.items()}
