"""Two texts side by side: which words were removed from the original, which were added to the shared one.

Pure: takes texts, gives pieces. Knows nothing of sections or pages.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

# Above this many words on either side, lines are compared instead: word by word would take seconds.
MOST_WORDS = 5000  # words, spaces and marks each count as one
WORD = re.compile(r"\s+|\w+|[^\w\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Piece(NamedTuple):
    """A run of text that stands in both texts, or only in this one."""

    kind: Literal["same", "removed", "added"]
    text: str


class Comparison(NamedTuple):
    """Both texts, cut into pieces. Joining one side's pieces gives that text back."""

    original: list[Piece]
    shared: list[Piece]

    @property
    def differs(self) -> bool:
        """True when the two texts are not the same."""
        return any(piece.kind != "same" for side in self for piece in side)


def compare(original: str, shared: str) -> Comparison:
    """Compare word by word (line by line when very long)."""
    before, after = WORD.findall(original), WORD.findall(shared)
    if max(len(before), len(after)) > MOST_WORDS:
        before, after = LINE.findall(original), LINE.findall(shared)
    start = _shared_start(before, after)
    end = _shared_start(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    left: list[Piece] = [Piece("same", "".join(before[:start]))]
    right: list[Piece] = [Piece("same", "".join(after[:start]))]
    matcher = SequenceMatcher(None, middle_before, middle_after, autojunk=False)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        left.append(Piece("same" if kind == "equal" else "removed", "".join(middle_before[a1:a2])))
        right.append(Piece("same" if kind == "equal" else "added", "".join(middle_after[b1:b2])))
    tail = "".join(before[len(before) - end :])
    return Comparison(_joined([*left, Piece("same", tail)]), _joined([*right, Piece("same", tail)]))


def _shared_start(before: list[str], after: list[str]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )


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
