"""The lists of words in ``words/``: names people go by, words that are no names, places, organisations."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
#: Endings of words that may begin a sentence and are no names, unless a list of names has them.
ORDINARY_ENDING = re.compile(
    r"(?:ed|ing|ings|ly|tion|tions|sion|ment|ments|ness|ity|able|ible|ful|less|ance|ence|ism|ous|ive|ship|hood|ally)$"
)
UNDIVIDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


def _lines(name: str) -> list[str]:
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.lower() for line in lines if not line.startswith("#")]


def _words(name: str) -> frozenset[str]:
    return frozenset(" ".join(_lines(name)).split())


def around_names(kind: str) -> frozenset[str]:
    """Words around a name that tell what it is, of one kind of ``around_names.toml``."""
    return frozenset(_around_names()[kind].split())


@cache
def _around_names() -> dict[str, str]:
    return tomllib.loads((WORDS / "around_names.toml").read_text(encoding="utf-8"))


@cache
def ordinary_words() -> frozenset[str]:
    """Words that may stand capitalised and name nobody."""
    return _words("ordinary_words.txt")


@cache
def organisation_words() -> frozenset[str]:
    """Words that make a run of capitalised words an organisation or a building."""
    return _words("organisations.txt")


@cache
def places() -> tuple[str, ...]:
    """Towns, counties, countries and well-known organisations, which may have several words."""
    lines = _lines("places.txt") + _lines("well_known.txt")
    return tuple(place.strip() for line in lines for place in line.split(",") if place.strip())


@cache
def names() -> frozenset[str]:
    """First names and family names that are hardly ever anything else, with accents and without."""
    listed = _words("first_names.txt") | _words("surnames.txt")
    return _also_without_accents(listed - ordinary_words() - names_that_are_words())


@cache
def first_names() -> frozenset[str]:
    """First names, those included that are ordinary words too, with accents and without."""
    return _also_without_accents(_words("first_names.txt") | names_that_are_words())


def without_accents(word: str) -> str:
    """The word in plain letters: "łukasz" becomes "lukasz"."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word.translate(UNDIVIDED))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _also_without_accents(words: frozenset[str]) -> frozenset[str]:
    return words | {without_accents(word) for word in words}


@cache
def names_that_are_words() -> frozenset[str]:
    """First names that are ordinary words too."""
    return _words("first_names_that_are_words.txt")


@cache
def family_names() -> frozenset[str]:
    """Family names, those included that are ordinary words too, such as Young."""
    return _words("surnames.txt")


@cache
def people() -> frozenset[str]:
    """Words for one person who can be told by them, such as "sister"."""
    return _words("people.txt")
