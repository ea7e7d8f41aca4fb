"""Somebody who is not the person on probation, and what is said of them by which they can be told or met.

A text about a man says "she" of somebody else, and the other way round. Somebody else is, too, whoever has a name that
is not known, and whoever is spoken of as a relation, a neighbour, a victim or by their work. What is said of them is a
matter of the rules: each has a pattern that is read from where these words end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from risk.sensitive_details import word_lists
from risk.sensitive_details.names import full_name, single_name
from risk.sensitive_details.phrase_lists import PhraseList, phrase_list
from risk.sensitive_details.reading import ReadText, Word
from risk.sensitive_details.rules import Rule

Span = tuple[int, int]

#: "He" and "his" of whoever is not the person, and of the person, by the person's sex.
OF_SOMEBODY_ELSE = {"m": ("she", "her"), "f": ("he", "his")}
OF_THE_PERSON = {"m": ("he", "his"), "f": ("she", "her")}
#: The same in Welsh, with the little word that follows.
IN_WELSH = {"m": ("hi", "hi'n"), "f": ("fo", "fo'n", "ef", "fe", "fe'n")}
VICTIM = re.compile(
    r"\b(?:victims?(?!'?s?[ -](?:awareness|empathy|impact|personal|liaison|contact|surcharge|support|focus|work))|vic|"
    r"complainant|v\d|witness|injured party|dioddefwr|dioddefwraig)\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")
FARTHEST_BACK = 250  # characters
#: A text that speaks of this may tell of a partner who is at risk.
ABUSE = re.compile(
    r"\b(?:victim|vic|complainant|dash|marac|dv|domestic|non-?[ ]?mol\w*|nmo|restraining|strang\w+|"
    r"assault\w*|coerciv\w+|stalk\w*|punch\w*|slapp\w+|beat|abus\w+|batter\w*|hit|idva|dvpn|dvds|refuge|perp)\b",
    re.IGNORECASE,
)
MOST_WORDS_BEFORE_A_NAME = 2
FARTHEST_LEFT_OUT = 110  # characters
MOST_WORDS_BEFORE = 4
SAYS_WHAT_ONE_IS = frozenset(
    ("is", "was", "as", "be", "been", "being", "became", "become", "am", "i'm", "yn")
)
#: Before somebody these say that the person is it: "He is a father of three".
PERSON_IS_IT = re.compile(
    r"\b(?:as|be|become|becoming|became|like|like to|wants?|hop(?:es|ing)|train(?:ed|ing|s)|qualif\w+|jobs?|"
    r"career|course|used to|work(?:s|ed|ing)?|seen by|seeing|needs?)(?: (?:as|an?|the|to|be|by|his|her))*\s?$",
    re.IGNORECASE,
)
SAID_OF = re.compile(r"(?:^|[\s\"'(])([^\W\d_]+)(?:'s| is| was| =|,)?(?: (?:now|also|still|aged \d+))?,?\s?$")
WHERE = re.compile(r"(?:\s|,\s)(?:at|in|on|who|whose)\s[^.,;\n()]{3,60}", re.IGNORECASE)
ARTICLE = re.compile(
    r"(?<![\w'])((?:(?:now |once )?an?|the|his|her|their)\s(?:[\w-]{2,14}\s){0,2})$|(?<=[(,:=])\s?()$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Words that speak of somebody else: "she", "his ex Kez", "Ms Jenkins". A name is a finding of its own."""

    start: int
    end: int
    is_named: bool


def said_of_somebody_else(read: ReadText, rule: Rule) -> Iterator[Span]:
    """What a rule's pattern says of somebody, from where the words that speak of them end."""
    for one in _everybody_else(read):
        for pattern in (*rule.as_written, *rule.in_small_letters):
            if match := pattern.match(read.text, one.end):
                yield (match.start(match.lastgroup or 0) if one.is_named else one.start), match.end()
                break


def place_of_theirs(read: ReadText, rule: Rule) -> Iterator[Span]:
    """What stands after "her" in a text about a man: "her work (Home Bargains)"."""
    theirs = OF_SOMEBODY_ELSE.get(read.known.sex, ("", "their"))[1]
    for word in read.words:
        if word.low == theirs:
            for pattern in (*rule.as_written, *rule.in_small_letters):
                if match := pattern.match(read.text, word.end):
                    yield word.start, match.end()


def told_by_description(read: ReadText, rule: Rule) -> Iterator[Span]:
    """The same, of somebody who is spoken of without a name: "the lady in the wool shop"."""
    for one in _described(read):
        if not one.is_named:
            for pattern in (*rule.as_written, *rule.in_small_letters):
                if match := pattern.match(read.text, one.end):
                    yield one.start, match.end()
                    break


def told_by_work(read: ReadText, rule: Rule) -> Iterator[Span]:
    """Somebody told by what they do and where: "a receptionist at the vets on Kirkstall Road"."""
    own = OF_THE_PERSON.get(read.known.sex, ("he", "his"))[0]
    text = read.text
    small = text.lower()
    if len(small) != len(text):
        small = text
    for start, end in _work(rule.words).spans(small, read.beginnings or {}):
        where = WHERE.match(text, end)
        article = ARTICLE.search(text[:start], max(0, start - 40)) if where else None
        if not where or not article:
            continue
        before = text[max(0, article.start() - 40) : article.start()]
        said = SAID_OF.search(before)
        of_whom = said.group(1).lower() if said else ""
        is_of_the_person = of_whom in (own, "i", "am", "been") or of_whom in read.known.names
        if not is_of_the_person and not PERSON_IS_IT.search(before):
            yield max(article.start(1), article.start(2)), where.end()


def _everybody_else(read: ReadText) -> Sequence[Somebody]:
    """Whoever may be at risk. Of those on the person's side a service provider may be told."""
    return [*_pronouns(read), *_named_at_risk(read), *_described(read), *_left_out(read)]


def _left_out(read: ReadText) -> Sequence[Somebody]:
    """Where somebody who was spoken of just before is left out: "and lives with her daughter", "works in the Spar"."""
    if "left out" not in read.kept:
        read.kept["left out"] = list(_places_left_out(read))
    return [Somebody(place, place, is_named=False) for place, _ in read.kept["left out"]]


def _places_left_out(read: ReadText) -> Iterator[Span]:
    own = OF_THE_PERSON.get(read.known.sex, ("he", "his"))[0]
    of_else = sorted(one.start for one in (*_pronouns(read), *_named_at_risk(read), *_described(read)))
    verbs = _around("verbs_left_alone")
    last_own = -FARTHEST_BACK
    for i, word in enumerate(read.words):
        if word.begins or word.low == own or word.is_known:
            last_own = word.start - 1
        if word.low not in verbs or not i:
            continue
        is_alone = word.gap in (", ", " (") or (read.words[i - 1].low in ("and", "now") and word.follows)
        before = bisect_left(of_else, word.start) - 1
        if is_alone and before >= 0 and max(last_own, word.start - FARTHEST_LEFT_OUT) < of_else[before]:
            yield word.start, word.start


def _named_at_risk(read: ReadText) -> Sequence[Somebody]:
    """Names of whom the text says somewhere what makes them a victim, or that they were harmed."""
    if "at risk" not in read.kept:
        read.kept["at risk"] = list(_names_at_risk(read))
    return [Somebody(start, end, is_named=True) for start, end in read.kept["at risk"]]


def _names_at_risk(read: ReadText) -> Iterator[Span]:
    """Wherever a name stands of which it is said somewhere that its bearer was harmed, or is an ex or a neighbour."""
    words, named = read.words, _named(read)
    ends_of_described = {end for _, end in read.kept["described"]} if _described(read) else set()
    places = [word.start for word in words]
    harmed: set[str] = set()
    for one in named:
        i = bisect_left(places, one.start)
        parts = {word.low for word in words[i : bisect_left(places, one.end)] if len(word.low) > 2}
        before = [word.low for word in words[max(0, i - MOST_WORDS_BEFORE_A_NAME) : i]]
        if one.end in ends_of_described or any(low in _around("harmed") for low in before):
            harmed |= parts
    for one in named:
        i = bisect_left(places, one.start)
        parts = {word.low for word in words[i : bisect_left(places, one.end)]}
        if parts & harmed:
            yield one.start, one.end


def _pronouns(read: ReadText) -> Sequence[Somebody]:
    if "pronouns" not in read.kept:
        read.kept["pronouns"] = [(word.start, word.end) for word in read.words if _is_of_somebody(read, word)]
    return [Somebody(start, end, is_named=False) for start, end in read.kept["pronouns"]]


def _is_of_somebody(read: ReadText, word: Word) -> bool:
    sex = read.known.sex
    if sex not in OF_SOMEBODY_ELSE:
        return False
    if word.low == OF_SOMEBODY_ELSE[sex][0]:
        return True
    if word.is_welsh and word.low in IN_WELSH[sex]:
        return True
    return word.low == OF_THE_PERSON[sex][0] and word.begins and _speaks_of_a_victim(read.text, word.start)


def _named(read: ReadText) -> Sequence[Somebody]:
    if "named" not in read.kept:
        found = {*full_name(read), *single_name(read), *read.kept.get("names", ())}
        read.kept["named"] = sorted(found)
    return [Somebody(start, end, is_named=True) for start, end in read.kept["named"]]


def _described(read: ReadText) -> Sequence[Somebody]:
    """Whoever is spoken of by what they are, with the words before and a name after: "his ex Kez"."""
    if "described" not in read.kept:
        read.kept["described"] = list(_descriptions(read))
    return [Somebody(start, end, is_named=False) for start, end in read.kept["described"]]


def _descriptions(read: ReadText) -> Iterator[Span]:
    words = read.words
    named = dict(read.kept.get("named") or [(o.start, o.end) for o in _named(read)])
    before, nobody, partners = _around("before_somebody"), _around("nobody"), _around("partners")
    speaks_of_abuse = bool(ABUSE.search(read.text))
    for i, word in enumerate(words):
        if (
            not _is_a_person(word)
            or (word.is_possessive and not _is_short_for_is(words, i))
            or (i + 1 < len(words) and words[i + 1].follows and _is_a_person(words[i + 1]))
        ):
            continue
        first = i
        while (
            first
            and i - first < MOST_WORDS_BEFORE
            and words[first].follows
            and (
                words[first - 1].low in before
                or _is_a_person(words[first - 1])
                or words[first - 1].is_possessive
            )
        ):
            first -= 1
        if first and words[first].follows and words[first - 1].low in nobody:
            continue
        if not (_may_be_at_risk(words[first : i + 1]) or (speaks_of_abuse and word.low in partners)):
            continue
        if _is_the_person(read, first):
            continue
        end = word.end + (word.low == "v" and read.text[word.end : word.end + 1].isdigit())
        if i + 1 < len(words) and words[i + 1].start in named and words[i + 1].gap in (" ", ", ", " ("):
            end = named[words[i + 1].start]
        yield words[first].start, end


def _may_be_at_risk(words: Sequence[Word]) -> bool:
    """Children and those who are spoken of as victims are; "his ex's sister" is for her brother."""
    at_risk, young = _around("at_risk"), _around("young")
    return any(word.low in at_risk or word.low in young or word.low.startswith("ex-") for word in words)


def _is_a_person(word: Word) -> bool:
    people = word_lists.people()
    low = word.low.removeprefix("ex-")
    return (low in people or low.removesuffix("s") in people) and not word.is_known


def _is_short_for_is(words: Sequence[Word], i: int) -> bool:
    """Whether 's stands for "is": "the daughter's a GP"."""
    return i + 1 < len(words) and words[i + 1].low in _around("after_is")


def _is_the_person(read: ReadText, first: int) -> bool:
    """Whether the words before say that the person is it: "He was a pupil", "as a friend"."""
    words = read.words
    own = OF_THE_PERSON.get(read.known.sex, ("he", "his"))[0]
    i = first - 1
    while i > 0 and words[i].low in _around("before_what_one_is") and words[i + 1].follows:
        i -= 1
    if i < 0 or not words[i + 1].follows:
        return False
    if words[i].low == own and words[i].is_possessive or words[i].low == "as":
        return True
    return words[i].low in SAYS_WHAT_ONE_IS and (
        i == 0 or words[i - 1].low in (own, "i", "and", "be", "been") or words[i - 1].is_known
    )


def _speaks_of_a_victim(text: str, place: int) -> bool:
    """Whether the sentence before, or this one before the place, speaks of a victim."""
    first = max(0, place - FARTHEST_BACK)
    ends = [match.end() for match in SENTENCE_END.finditer(text, first, place)]
    return bool(VICTIM.search(text, ends[-2] if len(ends) > 1 else first, place))


@cache
def _around(kind: str) -> frozenset[str]:
    return word_lists.around_people(kind)


@cache
def _work(words: tuple[str, ...]) -> PhraseList:
    return phrase_list(word.lower() for word in words)
