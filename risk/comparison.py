"""Two texts side by side: which words were removed from the original, which were added to the shared one.

Pure: takes texts, gives pieces. Knows nothing of sections or pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
WORD = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")  # a word or a mark, with the space after it
# Text that repeats itself takes the matcher minutes (4,000 characters of "a a a b": four). Beyond this many
# steps, a fraction of a second, what stands between the shared ends is said to be all different.
MOST_STEPS = 2_000_000


class Piece(NamedTuple):
    """A run of text that stands in both texts, or only in this one."""

    kind: Literal["same", "removed", "added"]
    text: str


class Comparison(NamedTuple):
    """Both texts, cut into pieces. Joining one side's pieces gives that text back."""

    original: list[Piece]
    shared: list[Piece]


def compare(original: str, shared: str) -> Comparison:
    """Compare sentence by sentence, and word by word where sentences differ. Other spacing is no difference."""
    if original == shared:  # as most sections are
        whole = Piece("same", original)
        return Comparison([whole], [whole]) if original else Comparison([], [])
    left: list[Piece] = []
    right: list[Piece] = []
    for is_same, before, after in _runs(SENTENCE.findall(original), SENTENCE.findall(shared)):
        words = [(True, before, after)] if is_same else _runs(_words(before), _words(after))
        for is_same_words, removed, added in words:
            left.append(Piece("same" if is_same_words else "removed", "".join(removed)))
            right.append(Piece("same" if is_same_words else "added", "".join(added)))
    return Comparison(_joined(left), _joined(right))


Run = tuple[bool, Sequence[str], Sequence[str]]


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    """Both sequences cut at the same places: (is it the same, what stands before, what stands after)."""
    was, now = [one.rstrip() for one in before], [one.rstrip() for one in after]
    start = _shared_start(was, now)
    end = _shared_start(was[start:][::-1], now[start:][::-1])
    stop_was, stop_now = len(was) - end, len(now) - end
    yield True, before[:start], after[:start]
    middle_was, middle_now = was[start:stop_was], now[start:stop_now]
    if _steps(middle_was, middle_now) > MOST_STEPS:
        yield False, before[start:stop_was], after[start:stop_now]
    else:
        matcher = SequenceMatcher(None, middle_was, middle_now, autojunk=False)
        for kind, a1, a2, b1, b2 in matcher.get_opcodes():
            yield kind == "equal", before[start + a1 : start + a2], after[start + b1 : start + b2]
    yield True, before[stop_was:], after[stop_now:]


def _steps(was: list[str], now: list[str]) -> int:
    """The most steps the matcher may take: it looks at every equal pair again for each run that it finds."""
    counted = Counter(now)
    return sum(counted[one] for one in was) * min(len(was), len(now))


def _words(sentences: Sequence[str]) -> list[str]:
    return WORD.findall("".join(sentences))


def _shared_start(was: list[str], now: list[str]) -> int:
    differing = (i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b)
    return next(differing, min(len(was), len(now)))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Drop empty pieces and join neighbours of one kind."""
    full = [piece for piece in pieces if piece.text]
    joined: list[Piece] = full[:1]
    for previous, piece in pairwise(full):
        if previous.kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
