"""A name that is found in one text is found in all of them, however it is said there: pure.

The search reads one text at a time, and so it does not know that "Dorian" in one section is the Dorian Vellacott of
another. Here the texts meet. What may be somebody else is never offered as the same person: a first name that two
people have, or a family name, stands by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, TypeVar

from risk.sensitive_details import word_lists
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.legible import legible
from risk.sensitive_details.named_things import is_organisation
from risk.sensitive_details.reading import Shape, Word, words_in
from risk.sensitive_details.remembered import remembered_details
from risk.sensitive_details.rules import all_rules
from risk.sensitive_details.scan import Finding

Key = TypeVar("Key", bound=Hashable)
ELSEWHERE = "name_elsewhere"
WHY_ELSEWHERE = (
    "This name is used for someone in another section. The service provider may not need to know who this is."
)
WHY_INITIALS = (
    "These look like the initials of someone who is named in another section. The service provider may not need to "
    "know who this is."
)
#: Rules that find somebody by a name; and those whose words may stand before it and are no part of it.
INITIALS = "initials"
NOT_BY_NAME = frozenset({INITIALS, "name_in_other_letters"})
BEFORE_NAMES = ("name_after_title", "name_after_role", "nickname", "name_after_relation")
MALE, FEMALE = frozenset({"mr", "mister"}), frozenset({"mrs", "ms", "miss"})
CALENDAR = word_lists.around_names("calendar")
#: Never a name by themselves.
NO_PART = (
    word_lists.around_names("courtesy")
    | word_lists.around_names("particles")
    | word_lists.around_names("never_again")
    | CALENDAR
)
#: After a word that is a name too and begins a sentence, these tell that somebody is meant: "Mark said", "Will told".
SPEAKS = word_lists.around_names("speaks") - {"did"}
#: After a rarer word, more of them do: "Fosse left".
ACTS = word_lists.around_names("after_people") - {
    "is", "was", "has", "had", "did", "does", "will", "would", "can", "could", "may", "also", "who", "and", "needs",
    "never", "always", "still", "now", "then", "found", "made",
}  # fmt: skip
#: After the name of a place that is somebody's, too: "Fosse's nephew", "told Fosse".
OWNED = word_lists.around_names("owned")
TOLD = word_lists.around_names("before_small_names")
#: Letters that are a word or a short form in capitals.
NO_NAMES_LETTERS = word_lists.around_names("no_initials") | {
    "aa", "an", "as", "at", "be", "bp", "by", "do", "go", "he", "hi", "if", "in", "is", "la", "me", "my", "na", "no",
    "of", "oh", "ok", "on", "or", "pc", "so", "to", "up", "we",
}  # fmt: skip
LETTERS_OF_INITIALS = range(2, 4)


@dataclass(frozen=True, slots=True)
class Name:
    """The words of a name without its title, in small letters; whether the title says Mr or Mrs; whether there is more
    than one word, so that nobody took a single word for a name."""

    parts: tuple[str, ...]
    title: str
    is_sure: bool

    @property
    def initials(self) -> frozenset[str]:
        """Of all its words, and of the first and the last."""
        if len(self.parts) < 2:
            return frozenset()
        every = "".join(part[0] for part in self.parts)
        return frozenset({every, every[0] + every[-1]})


@dataclass(frozen=True, slots=True)
class Found(Generic[Key]):
    """What is in each text, in order of place; and under which finding the words of another person are offered."""

    findings: dict[Key, tuple[Finding, ...]]
    offered_as: dict[str, Finding]

    def leading(self, finding: Finding) -> Finding:
        """The finding whose words stand for all ways in which this person is named; else the finding itself."""
        if finding.category is not Category.OTHER_PERSON:
            return finding
        return self.offered_as.get(way_of(finding), finding)


def folded(words: str) -> str:
    """Words as they are compared: whatever their spaces and capitals."""
    return " ".join(words.split()).casefold()


def way_of(finding: Finding) -> str:
    """The same for the same words (folded). A small word that a name is too is another: "the price", not Mr Price."""
    said = folded(finding.words)
    return f"{said} (small)" if _is_small_word(finding) else said


def _is_small_word(finding: Finding) -> bool:
    return finding.words.islower() and _is_in_a_dictionary(folded(finding.words))


def find_in_all(texts: Mapping[Key, str], known: KnownWords) -> Found[Key]:
    """Search texts that belong together."""
    findings = {key: remembered_details(text, known) for key, text in texts.items()}
    names = _names([one for here in findings.values() for one in here], known)
    people = _people(names)
    parts = frozenset(part for person in people for part in person.parts if _can_stand_alone(part, person))
    initials = frozenset(letters for person in people for letters in person.initials)
    for key, text in texts.items():
        more = carried(text, known, parts=parts, initials=initials, beside=findings[key])
        findings[key] = tuple(sorted((*findings[key], *more)))
    return Found(findings, _offered_as([one for here in findings.values() for one in here], people, known))


def carried(
    text: str,
    known: KnownWords,
    *,
    parts: frozenset[str],
    initials: frozenset[str],
    beside: Sequence[Finding],
) -> list[Finding]:
    """Where words of names, or their initials, stand in a text besides what was found in it."""
    legible_text = legible(text)
    if not _may_hold(legible_text.text, parts, initials):
        return []
    words = words_in(legible_text.text, known)
    more: list[Finding] = []

    def is_free(i: int, last: int) -> bool:
        start, end = legible_text.original(words[i].start, words[last].end)
        return not any(one.start < end and start < one.end for one in (*beside, *more[-1:]))

    for i, word in enumerate(words):
        why = WHY_ELSEWHERE
        last = _end_of_name(words, i, parts, is_free)
        if last is None:
            why = WHY_INITIALS
            last = _end_of_initials(words, i, initials, known)
        if last is None or not is_free(i, last):
            continue
        start, end = legible_text.original(word.start, words[last].end)
        more.append(Finding(start, end, Category.OTHER_PERSON, ELSEWHERE, text[start:end], why, (start, end)))
    return more


def parts_in(said: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words and the initials that ``carried`` may look for, of one way to name somebody (folded)."""
    letters = re.sub(r"[\W_]", "", said)
    return frozenset(said.split()), frozenset({letters} if len(letters) in LETTERS_OF_INITIALS else ())


# --- Names


def _are_initials(finding: Finding) -> bool:
    letters = re.sub(r"[\W_]", "", finding.words)
    return letters.isupper() and len(letters) in LETTERS_OF_INITIALS


def _names(findings: Sequence[Finding], known: KnownWords) -> dict[str, Name]:
    """The names among findings, by their words; without those of which nothing is left but a title."""
    names = {}
    for one in findings:
        if one.category is not Category.OTHER_PERSON or one.rule in NOT_BY_NAME or way_of(one) in names:
            continue
        if not _is_small_word(one) and not _are_initials(one):
            name = _name(one.words, known)
            if name.parts:
                names[way_of(one)] = name
    return names


def _name(words: str, known: KnownWords) -> Name:
    read = words_in(legible(words).text, known)
    title, is_sure = "", len(read) > 1
    while len(read) > 1 and read[0].low in _before_names():
        title = "m" if read[0].low in MALE else "f" if read[0].low in FEMALE else title
        read = read[1:]
    return Name(tuple(word.low for word in read if _is_part(word)), title, is_sure)


@cache
def _before_names() -> frozenset[str]:
    return frozenset(word for rule in all_rules() if rule.id in BEFORE_NAMES for word in rule.words)


def _is_part(word: Word) -> bool:
    return (
        word.shape in (Shape.CAPITALISED, Shape.CAPITALS, Shape.SMALL)
        and len(word.low) > 2
        and not word.is_known
        and word.low not in NO_PART
        and word.low not in word_lists.organisation_words()
        and (word.shape is not Shape.SMALL or not word_lists.is_english(word.low))
    )


def _people(names: Mapping[str, Name]) -> list[Name]:
    """The names that say most: those of which no other has all words and more."""
    different = list(dict.fromkeys(names.values()))
    people: dict[frozenset[str], Name] = {}
    for name in different:
        if not any(set(name.parts) < set(other.parts) for other in different):
            people.setdefault(frozenset(name.parts), name)
    return list(people.values())


def _offered_as(findings: Sequence[Finding], people: Sequence[Name], known: KnownWords) -> dict[str, Finding]:
    """Each way to name a person who cannot be another, under the one that says most and stands first."""
    names = _names(findings, known)
    titles: dict[tuple[str, ...], set[str]] = {}
    for name in names.values():
        titles.setdefault(name.parts, set()).add(name.title)
    of_person: dict[str, Name] = {}
    for one in findings:
        said = way_of(one)
        if one.category is Category.OTHER_PERSON and (
            person := _only_person(said, one, names.get(said), titles, people)
        ):
            of_person[said] = person
    leading: dict[Name, Finding] = {}
    for one in findings:
        person = of_person.get(way_of(one)) if one.category is Category.OTHER_PERSON else None
        if person is not None and _says_all(names.get(way_of(one)), person):
            leading.setdefault(person, one)
    return {said: leading[person] for said, person in of_person.items() if person in leading}


def _only_person(
    said: str,
    one: Finding,
    name: Name | None,
    titles: Mapping[tuple[str, ...], set[str]],
    people: Sequence[Name],
) -> Name | None:
    """The one person whom these words can mean; None when there are several, or none."""
    if name is None:
        letters = re.sub(r"[\W_]", "", said)
        could_be = [person for person in people if _are_initials(one) and letters in person.initials]
    else:
        if {"m", "f"} <= titles[name.parts]:  # Mr and Mrs of one name are two people
            return None
        could_be = [person for person in people if set(name.parts) <= set(person.parts)]
        could_be = [person for person in could_be if not {name.title, person.title} >= {"m", "f"}]
    return could_be[0] if len(could_be) == 1 else None


def _says_all(name: Name | None, person: Name) -> bool:
    return name is not None and set(name.parts) == set(person.parts)


# --- Where a name stands again


def _may_hold(text: str, parts: frozenset[str], initials: frozenset[str]) -> bool:
    """Quickly, whether it is worth to read the text."""
    low = text.lower()
    return any(part in low for part in parts) or any(
        re.search("[ .]{0,2}".join(letters.upper()), text) for letters in initials
    )


def _can_stand_alone(part: str, name: Name) -> bool:
    """Not a single word that was taken for a name once, and that a dictionary has."""
    if name.is_sure:
        return True
    if not word_lists.is_english(part) and part not in word_lists.ordinary_words():
        return True
    return part in word_lists.first_names() or part in word_lists.family_names()


def _is_word_too(low: str) -> bool:
    return word_lists.is_english(low) or _is_common(low)


@lru_cache(maxsize=20_000)
def _is_in_a_dictionary(low: str) -> bool:
    """Whether it is a word, whichever names it is as well. Typed small, it is the word."""
    return word_lists.is_in_dictionary(low) or _is_common(low)


def _is_common(low: str) -> bool:
    return low in word_lists.names_that_are_words() or low in word_lists.ordinary_words()


def _names_somebody(words: Sequence[Word], i: int, parts: frozenset[str]) -> bool:
    """Whether a word of a name is one here: "asked Mark", and not "will mark", "Mark the date" or "in May"."""
    word = words[i]
    following = words[i + 1] if i + 1 < len(words) else None
    if word.is_known or word.shape is Shape.INITIAL or is_organisation(words, i, i):
        return False
    if word.shape is Shape.SMALL:
        return not word.is_place and not _is_in_a_dictionary(word.low)
    if word.is_place and not _is_told_or_acts(words, i):
        return False
    if not _is_word_too(word.low):
        return True
    if word.shape is not Shape.CAPITALISED:
        return False
    if word.begins and not word.is_possessive:
        acts = SPEAKS if _is_common(word.low) else SPEAKS | ACTS
        return following is not None and following.follows and following.low in acts
    is_of_a_thing = (
        following is not None
        and following.follows
        and not word.is_possessive
        and following.shape is not Shape.SMALL
        and following.low not in parts
    )
    return not is_of_a_thing and not (i and words[i - 1].shape is Shape.CAPITALISED and word.follows)


def _end_of_name(
    words: Sequence[Word], i: int, parts: frozenset[str], is_free: Callable[[int, int], bool]
) -> int | None:
    """The last word of a name that begins here, all of whose words are such: "jamal farouk"; None when none does."""
    last = None
    while i < len(words) and words[i].low in parts and _names_somebody(words, i, parts) and is_free(i, i):
        if last is not None and (not words[i].follows or words[last].is_possessive):
            break
        last, i = i, i + 1
    return last


def _is_told_or_acts(words: Sequence[Word], i: int) -> bool:
    word, after = words[i], words[i + 1] if i + 1 < len(words) else None
    if i and words[i - 1].low in TOLD and word.follows:
        return True
    if after is None or not (after.follows or word.is_possessive):
        return False
    return after.low in OWNED if word.is_possessive else after.low in SPEAKS | ACTS


def _end_of_initials(
    words: Sequence[Word], i: int, initials: frozenset[str], known: KnownWords
) -> int | None:
    """The last word of "DF", or of "D F", where it stands for one of these names and for nothing else."""
    word = words[i]
    last, letters = i, word.low
    if word.shape is Shape.INITIAL:
        while last + 1 < len(words) and words[last + 1].shape is Shape.INITIAL and words[last + 1].follows:
            last += 1
            letters += words[last].low
    elif word.shape is not Shape.CAPITALS or word.is_shouted:
        return None
    if letters not in initials or letters in NO_NAMES_LETTERS or letters in _before_names():
        return None
    stands_for_more = last + 1 < len(words) and words[last + 1].follows and words[last + 1].is_unknown
    is_of_known = all(any(name.startswith(letter) for name in known.names) for letter in letters)
    is_word = word.shape is Shape.CAPITALS and word.low in word_lists.ordinary_words()
    return None if stands_for_more or is_of_known or is_word or word.is_place else last
