"""Taking words out of a text, or putting others in their place: pure.

A span is (start, end) in characters. Spans of one call do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
CLOSING = ".,;:!?)"


def take_out(text: str, spans: Iterable[Span]) -> str:
    """The text without these words, nor the space that would stand twice, or before a full stop, without them."""
    for start, end in sorted(spans, reverse=True):
        text = _joined(text[:start], text[end:])
    return text


def put_instead(text: str, spans: Iterable[Span], words: str) -> str:
    """The text with these words in place of each span; with a capital where a sentence starts with them."""
    for start, end in sorted(spans, reverse=True):
        before = text[:start]
        text = before + (_capital(words) if _starts_a_sentence(before) else words) + text[end:]
    return text


def _joined(before: str, after: str) -> str:
    if after.startswith(" ") and (not before or before[-1].isspace()):
        return before + after[1:]
    if before.endswith(" ") and (not after or after[0] in CLOSING or after[0] == "\n"):
        return before[:-1] + after
    return before + after


def _starts_a_sentence(before: str) -> bool:
    return not before.rstrip(" ") or before.rstrip(" ")[-1] in ".!?\n"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
