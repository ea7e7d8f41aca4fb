"""A name that was found once is found wherever it stands again; and initials."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from risk.sensitive_details import word_lists
from risk.sensitive_details.named_things import is_organisation
from risk.sensitive_details.names import (
    AFTER_PEOPLE,
    CALENDAR,
    COURTESY,
    PARTICLES,
    Span,
    full_name,
    single_name,
    stands_for_known,
)
from risk.sensitive_details.reading import ReadText, Shape, Word
from risk.sensitive_details.rules import Rule

INITIALS = re.compile(r"(?<![\w.])[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?(?![\w])(?![ ][A-Z][a-z])")
NO_INITIALS = word_lists.around_names("no_initials")
NEVER_AGAIN = COURTESY | PARTICLES | CALENDAR | word_lists.around_names("never_again")
FEW_BEFORE_SMALL_NAMES = word_lists.around_names("before_small_names")


def again(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A name that was found stands again: alone, typed small, or as its initials."""
    spans = sorted({*full_name(read), *single_name(read), *read.kept.get("names", ())})
    starts = [start for start, _ in spans]
    parts: set[str] = set()
    initials: set[str] = set()
    places = [word.start for word in read.words]
    for start, end in spans:
        within = read.words[bisect_left(places, start) : bisect_left(places, end)]
        named = [word for word in within if _is_part_of_a_name(word)]
        parts |= {word.low for word in named}
        if len(named) == len(within) > 1:
            initials.add("".join(word.low[0] for word in named))
    for i, word in enumerate(read.words):
        at = bisect_right(starts, word.start) - 1
        if at >= 0 and word.start < spans[at][1]:
            continue
        if (
            word.low in parts
            and not word.is_known
            and _stands_again(read.words, i)
            or word.shape is Shape.CAPITALS
            and word.low in initials
            and not _are_of_known(read, word.low)
        ):
            yield word.start, word.end


def _is_part_of_a_name(word: Word) -> bool:
    return (
        word.shape in (Shape.CAPITALISED, Shape.CAPITALS, Shape.SMALL)
        and len(word.low) > 2
        and not word.is_known
        and not word.is_place
        and word.low not in NEVER_AGAIN
        and (word.shape is not Shape.SMALL or not word_lists.is_english(word.low))
        and word.low not in word_lists.organisation_words()
    )


def _stands_again(words: Sequence[Word], i: int) -> bool:
    word = words[i]
    if word.is_place or is_organisation(words, i, i):
        return False
    if word.shape is Shape.SMALL:
        is_word = word_lists.is_english(word.low) or word.low in word_lists.names_that_are_words()
        before = words[i - 1].low if i else ""
        return not is_word or before in FEW_BEFORE_SMALL_NAMES
    return word.shape is not Shape.INITIAL and not (
        word.begins and word_lists.is_english(word.low) and word.is_ordinary and not _acts(words, i)
    )


def _acts(words: Sequence[Word], i: int) -> bool:
    return i + 1 < len(words) and words[i + 1].low in AFTER_PEOPLE and words[i + 1].follows


def _are_of_known(read: ReadText, initials: str) -> bool:
    return all(stands_for_known(read, letter) for letter in initials)


def initials(read: ReadText, rule: Rule) -> Iterator[Span]:
    """Two or three letters with stops, which stand for somebody who is not of the case: "ex J.L."."""
    for match in INITIALS.finditer(read.text):
        letters = re.sub(r"[^a-z]", "", match.group().lower())
        if letters not in NO_INITIALS and not _are_of_known(read, letters):
            yield match.span()
