"""Many words and phrases, looked for at once: at the beginning of each word of a text, by its first two letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

BEGINNING_OF_A_WORD = re.compile(r"(?<![\w'])\w.", re.DOTALL)
Beginnings = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class PhraseList:
    """Phrases by their first two letters, in small letters."""

    by_beginning: Mapping[str, re.Pattern[str]]

    def spans(self, text: str, beginnings: Beginnings) -> Iterator[tuple[int, int]]:
        """Where they stand: at one word the longest of those that begin there, none within another."""
        found = [
            match.span()
            for letters in self.by_beginning.keys() & beginnings.keys()
            for place in beginnings[letters]
            if (match := self.by_beginning[letters].match(text, place))
        ]
        last = 0
        for start, end in sorted(found):
            if start >= last:
                yield start, end
                last = end


def beginnings_of_words(text: str) -> Beginnings:
    """Where the words of a text begin, by their first two letters in small letters."""
    places: dict[str, list[int]] = {}
    for match in BEGINNING_OF_A_WORD.finditer(text):
        places.setdefault(match.group().lower(), []).append(match.start())
    return places


def phrase_list(phrases: Iterable[str]) -> PhraseList:
    """Whole words; a space between them may be a line break; ``*`` at the end stands for any ending."""
    by_beginning: dict[str, list[str]] = {}
    for phrase in sorted(set(phrases), key=len, reverse=True):
        by_beginning.setdefault(phrase[:2].lower(), []).append(_expression(phrase))
    return PhraseList(
        {
            letters: re.compile(rf"(?:{'|'.join(expressions)})(?!\w)")
            for letters, expressions in by_beginning.items()
        }
    )


def _expression(phrase: str) -> str:
    whole = r"\s{1,3}".join(map(re.escape, phrase.removesuffix("*").split(" ")))
    return whole + (r"\w{0,20}" if phrase.endswith("*") else "")
