"""The words of a text with what tells a name from another word: capitals, place in the sentence, lists of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from risk.sensitive_details import word_lists
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.phrase_lists import Beginnings

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
BEGINS_A_SENTENCE = re.compile(r"[.!?:\n][\"'()\[\]*•·>\s\d.-]*$")
FEWEST_SMALL_WORDS_OF_WELSH = 2  # in one sentence
MOST_ACRONYMS = 4  # in one sentence
FEWEST_LETTERS_OF_A_SHORT_FORM = 3
SHORT_FORM_ENDING = re.compile(r"(?:ie|y|o|z|s|er|a)$")
LONGEST_GAP = 12  # characters looked at between two words
FIRST_LETTER_BEYOND_LATIN = "\u0370"
LATIN_EXTENDED_ADDITIONAL = ("\u1e00", "\u1eff")


class Shape(Enum):
    """How a word is written."""

    SMALL = "small letters"
    CAPITALISED = "a capital, then small letters"
    CAPITALS = "all capitals, two or more"
    INITIAL = "one capital"
    CASELESS = "letters that know no capitals"


@dataclass(slots=True)
class Word:
    """One word. ``end`` leaves out a possessive 's. ``gap`` is what stands between it and the word before."""

    low: str
    start: int
    end: int
    shape: Shape
    begins: bool
    is_possessive: bool
    gap: str
    is_place: bool = False
    may_be_place: bool = False
    is_known: bool = False
    is_ordinary: bool = False
    is_foreign: bool = False
    is_welsh: bool = False
    is_shouted: bool = False

    @property
    def follows(self) -> bool:
        """True when only a space stands between it and the word before."""
        return self.gap in (" ", "  ")

    @property
    def is_a_name(self) -> bool:
        """True when a list of names has it, and hardly anything else is meant by it."""
        return word_lists.is_a_name(self.low)

    @property
    def is_in_no_dictionary(self) -> bool:
        """True when English has no such word, and a Welsh sentence none about it that is not a name."""
        return not self.is_welsh and not word_lists.is_english(self.low)

    @property
    def is_unknown(self) -> bool:
        """True for a capitalised word that no list explains: most likely a name, if the words around it fit."""
        if self.is_place or self.is_known or self.is_ordinary:
            return False
        if self.shape is Shape.CAPITALS:
            return self.is_a_name or (self.is_shouted and len(self.low) > 3 and self.is_in_no_dictionary)
        return self.shape is Shape.CAPITALISED


@dataclass(slots=True)
class ReadText:
    """A legible text, its words, what is known from the case, where phrases end and words begin, and what several rules
    look up."""

    text: str
    words: Sequence[Word]
    known: KnownWords
    breaks: Sequence[tuple[int, int]] = ()
    beginnings: Beginnings | None = None
    kept: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def words_in(text: str, known: KnownWords) -> list[Word]:
    """The words of a text, places and known names marked."""
    words = list(_words(text, known))
    _mark_places(words, known)
    _mark_sentences(words)
    return words


def _words(text: str, known: KnownWords) -> Iterator[Word]:
    end_before = 0
    for match in WORD.finditer(text):
        whole, (start, end) = match.group(), match.span()
        gap = text[max(end_before, start - LONGEST_GAP) : start]
        is_possessive = whole.endswith(("'s", "'S")) or (whole[-1] in "sS" and text[end : end + 2] == "' ")
        base = whole[:-2] if whole.endswith(("'s", "'S")) else whole
        low = base.lower()
        shape = _shape(base)
        word = Word(
            low=low,
            start=start,
            end=start + len(base),
            shape=shape,
            begins=end_before == 0 or (gap != " " and bool(BEGINS_A_SENTENCE.search(gap))),
            is_possessive=is_possessive,
            gap=gap,
            is_known=_is_known(low, known) if base[0].isupper() else low in known.names,
            is_foreign=base[0] >= FIRST_LETTER_BEYOND_LATIN and _is_beyond_latin(base[0]),
        )
        word.is_ordinary = shape is not Shape.SMALL and _is_ordinary(word)
        yield word
        end_before = end


def _is_known(low: str, known: KnownWords) -> bool:
    if low in known.names or all(part in known.names for part in re.split("['-]", low)):
        return True
    is_short_form = len(low) >= FEWEST_LETTERS_OF_A_SHORT_FORM and not word_lists.is_english(low)
    return is_short_form and any(
        name.startswith(low.rstrip("sz")) and len(name) > len(low) for name in known.names
    )


def _is_beyond_latin(letter: str) -> bool:
    first, last = LATIN_EXTENDED_ADDITIONAL
    return letter >= FIRST_LETTER_BEYOND_LATIN and not first <= letter <= last


def _shape(word: str) -> Shape:
    if word.islower() and word.isalpha():
        return Shape.SMALL
    first = word[0]
    if first.lower() == first.upper():
        return Shape.CASELESS
    if len(word) == 1:
        return Shape.INITIAL if first.isupper() else Shape.SMALL
    if word.isupper() or (len(word) > 2 and word[-1] == "s" and word[:-1].isupper()):
        return Shape.CAPITALS
    if first.isupper():
        return Shape.CAPITALISED
    before, mark, after = word.partition("-") if "-" in word else word.partition("'")
    is_joined = (
        mark
        and after[:1].isupper()
        and (before in ("al", "el", "d", "o", "l", "ap", "ab", "n") or mark == "'")
    )
    return Shape.CAPITALISED if is_joined else Shape.SMALL


def _is_ordinary(word: Word) -> bool:
    ordinary = word_lists.ordinary_words()
    if word.low in ordinary or word.low in word_lists.organisation_words():
        return True
    if word.is_a_name:
        return False
    parts = re.split("['-]", word.low)
    if len(parts) > 1 and all(part in ordinary or len(part) < 3 for part in parts):
        return len(parts[0]) > 1
    if word.low.endswith("s") and word.low[:-1] in ordinary:
        return True
    if word.begins and len(word.low) > 4 and word_lists.ORDINARY_ENDING.search(word.low):
        return True
    return (word.begins or word.shape is Shape.CAPITALS) and word_lists.is_english(word.low)


def _mark_places(words: Sequence[Word], known: KnownWords) -> None:
    for i, word in enumerate(words):
        for phrase in known.phrases.get(word.low, ()):
            if len(phrase) == 1 and word.low in word_lists.first_names():
                word.may_be_place = True
                continue
            if len(phrase) == 1 and word.shape is Shape.SMALL:
                continue
            run = words[i : i + len(phrase)]
            if tuple(one.low for one in run) == phrase:
                for one in run:
                    one.is_place = True
                break


def _mark_sentences(words: Sequence[Word]) -> None:
    """Welsh ones, whose first word is a verb that no list has ("Soniodd Angharad am ei mam"), and those in capitals."""
    small = word_lists.small_words_of_welsh()
    is_mostly_welsh = 6 * sum(word.low in small for word in words) > len(words)
    start = 0
    for i in range(1, len(words) + 1):
        if i < len(words) and not words[i].begins:
            continue
        shouted = sum(word.shape is Shape.CAPITALS for word in words[start:i])
        if shouted > MOST_ACRONYMS and shouted * 3 > (i - start) * 2:
            for word in words[start:i]:
                word.is_shouted = True
        if (
            is_mostly_welsh
            or sum(word.low in small for word in words[start:i]) >= FEWEST_SMALL_WORDS_OF_WELSH
        ):
            for word in words[start:i]:
                word.is_welsh = True
            if not words[start].is_a_name:
                words[start].is_ordinary = True
        start = i
