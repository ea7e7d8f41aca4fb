"""A text made legible for rules, with the way back: each character knows where it stood in the original.

Curly quotes, dashes, spaces, digits and letters of every make become the plain ones; accents written apart join
their letter; characters that nobody sees are left out. What is shown and shared stays the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼʹ′`´＇", "'"),
        **dict.fromkeys("“”„‟″＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        "\t": " ",
        "\r": " ",
    }
)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
UNSEEN = {"Cf", "Mn", "Me", "Cc"}


@dataclass(frozen=True, slots=True)
class LegibleText:
    """The legible text. ``places[i]`` is where its character ``i`` begins in the original; one more for the end."""

    text: str
    places: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that these characters stand for, accents and unseen characters included."""
        return self.places[start], self.places[end]


def legible(text: str) -> LegibleText:
    """Make a text legible. Linear in its length."""
    if text.isascii():
        return LegibleText(text.translate(PLAIN), range(len(text) + 1))
    seen: list[str] = []
    places: list[int] = []
    position = 0
    for match in BEYOND_ASCII.finditer(text):
        place, character = match.start(), match.group()
        seen.extend(text[position:place].translate(PLAIN))
        places.extend(range(position, place))
        position = place + 1
        kind = unicodedata.category(character)
        if kind in UNSEEN:
            if seen and unicodedata.combining(character):
                joined = unicodedata.normalize("NFC", seen[-1] + character)
                seen[-1] = joined if len(joined) == 1 else seen[-1]
            continue
        seen.append(_plain(character, kind))
        places.append(place)
    seen.extend(text[position:].translate(PLAIN))
    places.extend(range(position, len(text)))
    places.append(len(text))
    return LegibleText("".join(seen), places)


def _plain(character: str, kind: str) -> str:
    if kind == "Zs":
        return " "
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind == "Nd":
        return str(unicodedata.digit(character))
    folded = unicodedata.normalize("NFKC", character.translate(PLAIN))
    return folded if len(folded) == 1 else character
