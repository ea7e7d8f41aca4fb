"""What is pointed out in a text before it goes to the other side: words that may name or identify somebody.

A prompt and never more: it blocks nothing, and neither it nor what its author does about it is stored. The search
itself is registered from above when the service starts, because this side knows nothing of the other's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseWords:
    """Whom and what a case is about, as both sides know it: no findings.

    ``people``: full names, the person's first. ``numbers``: reference numbers, telephone numbers and the like.
    ``is_supplier``: who writes.
    """

    people: tuple[str, ...]
    places: tuple[str, ...]
    numbers: tuple[str, ...]
    sex: str
    is_supplier: bool


@dataclass(frozen=True, slots=True)
class PointedOut:
    """Words of a text, what kind of detail they may be, and why that matters. ``same`` for the same words again."""

    words: str
    kind: str
    why: str
    same: str


#: Takes several texts of one form; answers what is in each, the same words of one kind once.
Search = Callable[[CaseWords, Sequence[str]], list[list[PointedOut]]]
_registered: list[Search] = []


def register(search: Search) -> None:
    """Search with this from now on."""
    _registered[:] = [search]


def is_registered() -> bool:
    """Whether texts are searched at all."""
    return bool(_registered)


def look(case: CaseWords, texts: Sequence[str]) -> list[list[PointedOut]]:
    """What is in each of the texts."""
    return _registered[0](case, texts)
