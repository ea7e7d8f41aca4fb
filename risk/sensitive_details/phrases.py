"""The phrase around a telling word: what somebody who takes the detail out would take out.

"Asylum" alone tells a reader little; "asylum claim was refused in 2022" is what is sensitive. A phrase ends at a mark
of punctuation or at a word that begins another thought, and after so many words at the latest.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from risk.sensitive_details import word_lists
from risk.sensitive_details.reading import ReadText

Span = tuple[int, int]

FARTHEST = 60  # characters on each side
WORD = re.compile(r"[^\s,;]+")
FEW_WORDS = 4
MOST_PIECES = 3
RELATIVE = frozenset(("who", "whom", "whose", "which", "sydd", "sy'n"))
GOES_ON_AFTER = RELATIVE | {",", "(", ")", "&", "+", "and", "-", "", "as"}


def breaks(text: str) -> list[Span]:
    """Where phrases end: each mark or word that parts two of them, in order."""
    return [match.span() for match in _ends_phrase().finditer(text)]


def widened(read: ReadText, spans: Iterable[Span]) -> Iterator[Span]:
    """Each span with the phrase around it."""
    for start, end in spans:
        yield _start(read, start), _end(read, end)


def _start(read: ReadText, start: int) -> int:
    before = bisect_right(read.breaks, (start, start)) - 1
    first = read.breaks[before][1] if before >= 0 else 0
    if first > start:
        return start
    words = [match.start() for match in WORD.finditer(read.text, max(first, start - FARTHEST), start)]
    if start - FARTHEST > first:
        words = words[1:]
    said = _around("leading")
    most = _most("before")
    words = words[-most:] if most else []
    for place in words:
        word = WORD.match(read.text, place)
        if word is None or word.group().lower().strip("'\"") not in said:
            return place
    return start


def _end(read: ReadText, end: int) -> int:
    after = bisect_left(read.breaks, (end, end))
    last = _end_of_piece(read, end, after)
    for _ in range(MOST_PIECES):
        if after >= len(read.breaks) or last < read.breaks[after][0] or not _goes_on(read, after):
            break
        last = _end_of_piece(read, read.breaks[after][1], after + 1)
        after += 1
    return last


def _end_of_piece(read: ReadText, start: int, after: int) -> int:
    """The end of the words from ``start`` to the break, so many at the most, without what leads to no more."""
    last = read.breaks[after][0] if after < len(read.breaks) else len(read.text)
    if last < start:
        return start
    words = list(WORD.finditer(read.text, start, min(last, start + FARTHEST)))
    if start + FARTHEST < last:
        words = words[:-1]
    is_whole = len(words) <= _most("after")
    words = words[: _most("after")]
    said = _around("trailing")
    while words and words[-1].group().lower() in said:
        words.pop()
        is_whole = False
    if not words:
        return start
    return last if is_whole and not read.text[words[-1].end() : last].strip() else words[-1].end()


def _goes_on(read: ReadText, after: int) -> bool:
    """Whether what follows a break belongs to the same thought: a few words, or "who is", "aged", "at"."""
    start, end = read.breaks[after]
    mark = read.text[start:end].strip().lower()
    if mark not in GOES_ON_AFTER:
        return False
    last = read.breaks[after + 1][0] if after + 1 < len(read.breaks) else len(read.text)
    words = read.text[end : min(last, end + 2 * FARTHEST)].split()
    if not words or words[0].lower().strip("'\"") in _around("not_going_on"):
        return False
    return (
        len(words) <= FEW_WORDS
        or mark in RELATIVE
        or (words[0].lower() in _around("going_on") and len(words) <= _most("after"))
    )


@cache
def _around_phrases() -> dict[str, str]:
    return tomllib.loads((word_lists.WORDS / "around_phrases.toml").read_text(encoding="utf-8"))


@cache
def _around(kind: str) -> frozenset[str]:
    return frozenset(_around_phrases()[kind].split())


@cache
def _most(side: str) -> int:
    return int(_around_phrases()[f"most_{side}"])


@cache
def _ends_phrase() -> re.Pattern[str]:
    words: Sequence[str] = sorted(_around("ending"), key=len, reverse=True)
    return re.compile(
        r"[.!?;:](?=\s|$)|,(?=\s)|\n|[()\[\]\"]|[ ](?:[-&+=>~]|->)(?=[ ])"
        rf"|(?<![\w'])(?:{'|'.join(map(re.escape, words))})(?![\w'])",
        re.IGNORECASE,
    )
