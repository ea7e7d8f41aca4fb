"""What a pattern cannot say: names of people by the words around them, telephone numbers, numbers with a check digit.

Each finder takes a text as read and a rule, whose words it goes by, and yields spans. A rule names its finder in
``rules.toml``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping

import phonenumbers

from risk.sensitive_details import harm, names
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.reading import ReadText, words_in
from risk.sensitive_details.rules import Rule

Finder = Callable[[ReadText, Rule], Iterator[tuple[int, int]]]

NHS_NUMBER = re.compile(r"(?<![\w/+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w/-])")
FEWEST_DIGITS_OF_A_TELEPHONE = 9
MOST_DIGITS_OF_A_TELEPHONE = 15
YOUNGEST_ADULT = 18  # years
BORN_IN = re.compile(
    r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^\n]{0,30}?(?:(?<!\d)(20\d\d)\b|\d{1,2}[./-]\d{1,2}[./-](\d\d)\b)",
    re.IGNORECASE,
)
SPACED_NUMBER = re.compile(r"(?<![\w+/.,£-])\(?(?:\+|0)\d?(?:[ .()-]{0,3}\d){7,14}(?![\d/])")


def read(text: str, known: KnownWords) -> ReadText:
    """A legible text with its words, once for all finders."""
    return ReadText(text, words_in(text, known), known)


def telephone(read_text: ReadText, rule: Rule) -> Iterator[tuple[int, int]]:
    """British numbers in any spacing, and international ones. Possible is enough: invented ones are not valid."""
    for match in phonenumbers.PhoneNumberMatcher(read_text.text, "GB", phonenumbers.Leniency.POSSIBLE):
        if _is_telephone(match.raw_string):
            yield match.start, match.end
    for spaced in SPACED_NUMBER.finditer(read_text.text):
        if _is_telephone(spaced.group()):
            yield spaced.span()


def _is_telephone(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    begins_as_one = number.lstrip("( ").startswith(("+", "0"))
    return begins_as_one and FEWEST_DIGITS_OF_A_TELEPHONE <= len(digits) <= MOST_DIGITS_OF_A_TELEPHONE


def nhs_number(read_text: ReadText, rule: Rule) -> Iterator[tuple[int, int]]:
    """Ten digits whose last one checks the others (modulus 11)."""
    for match in NHS_NUMBER.finditer(read_text.text):
        digits = [int(character) for character in match.group() if character.isdecimal()]
        remainder = sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
        if digits[0] != 0 and (11 - remainder) % 11 == digits[9]:
            yield match.span()


def born_recently(read_text: ReadText, rule: Rule) -> Iterator[tuple[int, int]]:
    """A date of birth by which somebody is under 18."""
    this_year = datetime.date.today().year  # noqa: DTZ011 (a day more or less is no matter)
    for match in BORN_IN.finditer(read_text.text):
        year = int(match.group(1) or 2000 + int(match.group(2)))
        if this_year - YOUNGEST_ADULT < year <= this_year:
            yield match.span()


FINDERS: Mapping[str, Finder] = {
    "telephone": telephone,
    "nhs_number": nhs_number,
    "name_after_title": names.after_title,
    "name_after_role": names.after_role,
    "name_after_nickname": names.after_nickname,
    "name_after_relation": names.after_relation,
    "name_after_called": names.after_called,
    "full_name": names.full_name,
    "single_name": names.single_name,
    "name_in_other_letters": names.in_other_letters,
    "person_harmed": harm.person_harmed,
    "born_recently": born_recently,
}
