"""The lists of words in ``words/``: names people go by, words that are no names, places, organisations."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import simplemma

WORDS = Path(__file__).parent / "words"
#: Endings of words that may begin a sentence and are no names, unless a list of names has them.
ORDINARY_ENDING = re.compile(
    r"(?:ed|ing|ings|ly|tion|tions|sion|ment|ments|ness|ity|able|ible|ful|less|ance|ence|ism|ous|ive|ship|hood|ally)$"
)
PLACES = ("places", "places_in_britain", "well_known", "firms_and_brands", "sayings_pubs_and_fame")
UNDIVIDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


def _lines(name: str) -> list[str]:
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.lower() for line in lines if not line.startswith("#")]


def phrases(name: str) -> tuple[str, ...]:
    """Words and phrases of one file, a comma or a line between them, as they are written."""
    lines = (WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    written = [one.strip() for line in lines if not line.startswith("#") for one in line.split(",")]
    return tuple(dict.fromkeys(one for one in written if one))


def _words(name: str) -> frozenset[str]:
    return frozenset(" ".join(_lines(name)).split())


def around_names(kind: str) -> frozenset[str]:
    """Words around a name that tell what it is, of one kind of ``around_names.toml``."""
    return frozenset(_around_names()[kind].split())


@cache
def _around_names() -> dict[str, str]:
    return tomllib.loads((WORDS / "around_names.toml").read_text(encoding="utf-8"))


def around_people(kind: str) -> frozenset[str]:
    """Words around somebody who is not named, of one kind of ``around_people.toml``."""
    return frozenset(_around_people()[kind].split())


@cache
def _around_people() -> dict[str, str]:
    return tomllib.loads((WORDS / "around_people.toml").read_text(encoding="utf-8"))


@cache
def ordinary_words() -> frozenset[str]:
    """Words that may stand capitalised and name nobody."""
    return _words("ordinary_words.txt")


@lru_cache(maxsize=20_000)
def is_a_name(word: str) -> bool:
    """Whether a list of names has the word, or the first half of a double name, with accents or without."""
    plain = without_accents(word)
    return plain in names() or plain.split("-")[0] in names()


@lru_cache(maxsize=20_000)
def is_english(word: str) -> bool:
    """Whether a dictionary of English has the word, in small letters, and no list of names has it."""
    return word not in names() and is_in_dictionary(word)


def is_in_dictionary(word: str) -> bool:
    """Whether a dictionary of English has the word, whichever names it is as well.

    Read from the packed dictionary: it takes 2 MB instead of 19, and 20 µs for a word instead of 2. A text of 4,000
    characters asks for about a hundred.
    """
    return simplemma.is_known(word, lang="en", low_memory=True)


@cache
def small_words_of_welsh() -> frozenset[str]:
    """Little words that hardly any sentence in Welsh does without, and no sentence in English has."""
    return around_names("welsh")


@cache
def organisation_words() -> frozenset[str]:
    """Words that make a run of capitalised words an organisation or a building."""
    return _words("organisations.txt")


@cache
def places() -> tuple[str, ...]:
    """Towns, counties, countries and well-known organisations, which may have several words."""
    lines = [line for name in PLACES for line in _lines(f"{name}.txt")]
    return tuple(place.strip() for line in lines for place in line.split(",") if place.strip())


@cache
def single_places() -> frozenset[str]:
    """Places and organisations of one word."""
    return frozenset(place for place in places() if " " not in place)


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
    """Words for one person, or a few, who can be told by them, such as "sister"; kinds of work and children too."""
    return (
        _words("people.txt")
        | around_people("young")
        | {word.lower() for word in phrases("occupations") if " " not in word}
    )


EVERY_LIST: tuple[Callable[[], object], ...] = (
    ordinary_words,
    small_words_of_welsh,
    organisation_words,
    places,
    single_places,
    names,
    first_names,
    names_that_are_words,
    family_names,
    people,
)
