"""Texts in which a reader marked the words that are sensitive, to measure the search for them by.

A text begins with ``## sex | style | subject | practitioner | field | pass``, then its lines, in which each sensitive
detail stands as ``[[category:words]]``. A blank line ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords

MARKED = re.compile(r"\[\[(\w+):([^\[\]]+)\]\]")


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text, from ``start`` to before ``end``, and the kind of detail they are."""

    start: int
    end: int
    category: Category


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text without its marks, whose case it is from, whether it is ``plain`` or ``hard``, and what was marked."""

    text: str
    sex: str
    style: str
    subject: str
    practitioner: str
    spans: tuple[Span, ...]

    @property
    def known(self) -> KnownWords:
        """What the service knows of the case."""
        return KnownWords.of(people=(self.subject, self.practitioner), sex=self.sex)


def read_texts(path: Path) -> list[LabelledText]:
    """The labelled texts of one file."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [_text(block) for block in blocks if block.strip()]


def _text(block: str) -> LabelledText:
    header, _, marked = block.strip().partition("\n")
    sex, style, subject, practitioner, *_ = (part.strip() for part in header.removeprefix("##").split("|"))
    text, spans = _unmarked(marked)
    return LabelledText(text, sex, style, subject, practitioner, spans)


def _unmarked(marked: str) -> tuple[str, tuple[Span, ...]]:
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for piece, span in _pieces(marked):
        if span is not None:
            spans.append(Span(length, length + len(piece), span))
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), tuple(spans)


def _pieces(marked: str) -> Iterator[tuple[str, Category | None]]:
    position = 0
    for mark in MARKED.finditer(marked):
        yield marked[position : mark.start()], None
        yield mark.group(2), Category(mark.group(1))
        position = mark.end()
    yield marked[position:], None
