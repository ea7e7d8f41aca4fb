"""Addresses that a pattern cannot tell from other numbers: "at 42 hartington"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from risk.sensitive_details import word_lists
from risk.sensitive_details.named_things import MEDICINES
from risk.sensitive_details.names import ABBREVIATION, CALENDAR, VOWEL
from risk.sensitive_details.reading import ReadText
from risk.sensitive_details.rules import Rule

Span = tuple[int, int]

NUMBER_AND_WORDS = re.compile(
    r"(?<![\w/.£:-])(?P<number>\d{1,4}[a-z]?)[ ]"
    r"(?P<name>[^\W\d_][\w'-]{3,20}|(?:St|Mount|Upper|Lower|Great|Old|New)[ ][A-Z][\w'-]{2,20})"
    r"(?P<more>(?:[ ](?!and\b|but\b|with\b|where\b)[^\W\d_][\w'-]{1,15})?)"
    r"(?P<town>,[ ](?:top|ground|first|basement)[ ](?:flat|floor))?"
)
BEFORE = re.compile(r"(?:^|[\s(])([\w/@']+)(?P<comma>,?)[ ]$")
FARTHEST_BEFORE = 20  # characters


def number_and_name(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A number and a word that is no word of English, after "at", "lives" or the name of a place."""
    leading = frozenset(rule.words)
    for match in NUMBER_AND_WORDS.finditer(read.text):
        before = BEFORE.search(read.text[max(0, match.start() - FARTHEST_BEFORE) : match.start()])
        if before is None or not (before["comma"] or before.group(1).lower() in leading):
            continue
        if not _may_be_a_street(match["name"]):
            continue
        more = match["more"].strip()
        end = match.end() if match["town"] or (more and not _is_word(more)) else match.end("name")
        yield match.start(), end


def _may_be_a_street(name: str) -> bool:
    low = name.lower()
    if low.split()[0] in ("st", "mount", "upper", "lower", "great", "old", "new") and " " in low:
        return True
    return (
        not _is_word(name)
        and low.isalpha()
        and low not in word_lists.people()
        and low.removesuffix("s") not in word_lists.people()
        and low not in CALENDAR
        and low not in MEDICINES
        and bool(VOWEL.search(low))
        and not ABBREVIATION.search(low)
        and not name.isupper()
    )


def _is_word(name: str) -> bool:
    low = name.lower()
    return (
        word_lists.is_english(low)
        or word_lists.is_english(low.removesuffix("s"))
        or low in word_lists.ordinary_words()
        or low in word_lists.organisation_words()
        or low in word_lists.single_places()
        or low in word_lists.small_words_of_welsh()
    )
