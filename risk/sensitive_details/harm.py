"""People who were harmed, threatened or put at risk, told by name or by who they are to the person on probation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from risk.sensitive_details import names, word_lists
from risk.sensitive_details.reading import ReadText, Shape, Word
from risk.sensitive_details.rules import Rule

People = Mapping[int, int]

WORDS_BETWEEN = 6
PASSIVE = word_lists.around_names("passive")
#: Between harm and somebody, these say that the other did the harm, or that it is about nobody in particular.
TITLES = frozenset(("mr", "mrs", "ms"))
TO_ONESELF = frozenset({"at risk of", "at risk from"})
NOT_THEIRS = word_lists.around_names("not_theirs")


def person_harmed(read: ReadText, rule: Rule) -> Iterator[tuple[int, int]]:
    """A word of harm, and within a few words of the same sentence somebody it was done to."""
    words = read.words
    harm = frozenset(rule.words)
    people = _people(read)
    for i, word in enumerate(words):
        phrase_end = _harm_at(words, i, harm)
        if phrase_end is None:
            continue
        whom = _after(words, phrase_end, people)
        if whom is not None:
            yield word.start, people[whom]
        elif (
            i
            and words[i - 1].low in ("he", "she", "they")
            and (whose := _told_before(words, i - 1, people)) is not None
        ):
            yield words[whose].start, words[phrase_end].end
        elif (
            i
            and not word.low.endswith("ing")
            and words[i - 1].low in PASSIVE | {"who", "never", "badly", "then", "meant", "also", "be"}
        ):
            subject = _before(words, i, people)
            if subject is not None:
                yield words[subject].start, words[phrase_end].end


def _people(read: ReadText) -> People:
    """Words that name somebody or say who somebody is, by their index, with where that ends."""
    named = dict(names.single_name(read)) | dict(names.full_name(read))
    told = word_lists.people()
    people = {
        i: named.get(word.start, word.end)
        for i, word in enumerate(read.words)
        if word.start in named or word.low in told
    }
    titled = (
        i for i, word in enumerate(read.words[:-1]) if word.low in TITLES and word.shape is Shape.CAPITALISED
    )
    return people | {i: named.get(read.words[i + 1].start, read.words[i + 1].end) for i in titled}


def _harm_at(words: Sequence[Word], i: int, harm: frozenset[str]) -> int | None:
    """The last word of a phrase of harm that begins at ``i``: the longest, up to four words."""
    for length in (4, 3, 2, 1):
        run = words[i : i + length]
        phrase = " ".join(word.low for word in run)
        if len(run) == length and phrase in harm:
            return None if phrase in TO_ONESELF else i + length - 1
    return None


def _after(words: Sequence[Word], i: int, people: People) -> int | None:
    for j in range(i + 1, min(i + 2 + WORDS_BETWEEN, len(words))):
        if words[j].low in NOT_THEIRS or _ends_sentence(words[j], first=j == i + 1):
            return None
        if j in people:
            return j
    return None


def _before(words: Sequence[Word], i: int, people: People) -> int | None:
    for j in range(i - 1, max(i - 2 - WORDS_BETWEEN, -1), -1):
        if j in people:
            return j
        if words[j].begins:
            return None
    return None


def _told_before(words: Sequence[Word], i: int, people: People) -> int | None:
    """Somebody right before "he" or "whom he": "the lad he stabbed"."""
    if words[i].gap != " " or words[i].begins:
        return None
    j = i - 2 if i > 1 and words[i - 1].low in ("that", "who", "whom") else i - 1
    return j if j in people else None


def _ends_sentence(word: Word, *, first: bool) -> bool:
    """True when a new sentence begins here; a heading's colon straight before does not end it."""
    return word.begins and not (first and ":" in word.gap)
