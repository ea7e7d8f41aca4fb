"""What a pattern cannot say: names of people by the words around them, telephone numbers, numbers with a check digit.

Each finder takes a text as read and a rule, whose words it goes by, and yields spans. A rule names its finder in
``rules/``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping

import phonenumbers

from risk.sensitive_details import addresses, names, names_again, others, phrases
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.phrase_lists import beginnings_of_words
from risk.sensitive_details.reading import ReadText, words_in
from risk.sensitive_details.rules import Rule

Finder = Callable[[ReadText, Rule], Iterator[tuple[int, int]]]

NHS_NUMBER = re.compile(r"(?<![\w/+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w/-])")
FEWEST_DIGITS_OF_A_TELEPHONE = 9
MOST_DIGITS_OF_A_TELEPHONE = 15
MOST_DIGITS_IN_BRITAIN = 11  # with the nought
YOUNGEST_ADULT = 18  # years
BORN_IN = re.compile(
    r"\b(?:born|d\.?o\.?b\.?|date of birth)\b[^\n]{0,30}?(?:(?<!\d)(20\d\d)\b|\d{1,2}[./-]\d{1,2}[./-](\d\d)\b)",
    re.IGNORECASE,
)
# Dates, and two numbers with a stop or colon between: times, scores, amounts. In a row, they look like a telephone.
OTHER_NUMBERS = re.compile(
    r"(?<![\d.+-])\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d|\1\d)"
    r"|(?<![\d.+-])\d{1,2} \d{1,2} (?:19|20)\d{2}(?!\d)(?=\W*(?:$|\D|\d{1,2}[.:]))"
    r"|(?<![\d.+-])\d{4}-\d{2}-\d{2}(?!\d|-\d)"
    r"|(?<![\d.:])\d{1,3}[.:]\d{1,3}(?!\d|[.:]\d)"
)
FIRST_NUMBER = re.compile(r"(?<![\w+/.,£-])(\(?(?:\+|0)\d?)")
NEXT_NUMBER = re.compile(r"[ .)-]{0,3}[/,;&]?[ ]{0,2}(\(?(?:\+|0)[ ]?\d)")
DIGITS = re.compile(r"[ .()-]{0,3}(\+?)(\d+)")


def read(text: str, known: KnownWords) -> ReadText:
    """A legible text with its words, once for all finders."""
    return ReadText(text, words_in(text, known), known, phrases.breaks(text), beginnings_of_words(text))


def telephone(read_text: ReadText, rule: Rule) -> Iterator[tuple[int, int]]:
    """British numbers in any spacing, and international ones, also when several follow each other.

    A number need not exist: invented and mistyped ones are found. phonenumbers has a finder of its own, which refuses
    two numbers in a row, and takes times and scores in a row for one; here it only tells how long a number may be.
    """
    text = OTHER_NUMBERS.sub(lambda other: "\n" * len(other.group()), read_text.text)
    position = 0
    while start := FIRST_NUMBER.search(text, position):
        position = start.end()
        begins: re.Match[str] | None = start
        while begins and (end := _end_of_number(text, begins.start(1))):
            yield begins.start(1), end
            position = end
            begins = NEXT_NUMBER.match(text, end)


def _end_of_number(text: str, start: int) -> int:
    """Where the telephone number that may begin here ends; 0 when it is none."""
    digits, end, is_international = "", start, False
    while group := DIGITS.match(text, end):
        plus, more = group.groups()
        is_complete = len(digits) >= FEWEST_DIGITS_OF_A_TELEPHONE
        if is_complete and (
            _begins_another(digits, plus, more, is_international=is_international)
            or _is_too_long(digits + more, is_international=is_international)
        ):
            break
        is_international = is_international or bool(plus) or (not digits and more.startswith("00"))
        digits, end = digits + more, group.end(2)
        if len(digits) > MOST_DIGITS_OF_A_TELEPHONE:
            return 0
    is_cut = (
        text.startswith("/", end) and text[end + 1 : end + 2].isdigit() and not NEXT_NUMBER.match(text, end)
    )
    return 0 if is_cut or len(digits) < FEWEST_DIGITS_OF_A_TELEPHONE else end


def _begins_another(digits: str, plus: str, group: str, *, is_international: bool) -> bool:
    """Whether a group of digits begins the next number, after enough digits for one."""
    if plus:
        return True
    if not group.startswith("0") or len(group) < 2:
        return False
    if not is_international:
        return len(digits) >= 10
    abroad = digits.removeprefix("00")
    if abroad.startswith("44"):
        return len(abroad.removeprefix("44").removeprefix("0")) >= 9
    return _length_of(abroad) == phonenumbers.ValidationResult.IS_POSSIBLE


def _is_too_long(digits: str, *, is_international: bool) -> bool:
    """Whether no number that begins so has that many digits."""
    if not is_international:
        return len(digits) > MOST_DIGITS_IN_BRITAIN
    return _length_of(digits.removeprefix("00")) == phonenumbers.ValidationResult.TOO_LONG


def _length_of(international: str) -> int | None:
    """What the library, which knows every country's numbers, says of the length; None: there is no such country."""
    try:
        number = phonenumbers.parse(f"+{international}")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.is_possible_number_with_reason(number)


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
    "name_before_relation": names.before_relation,
    "quoted": names.quoted,
    "full_name": names.full_name,
    "single_name": names.single_name,
    "initials": names_again.initials,
    "name_again": names_again.again,
    "name_in_other_letters": names.in_other_letters,
    "said_of_somebody_else": others.said_of_somebody_else,
    "place_of_theirs": others.place_of_theirs,
    "told_by_description": others.told_by_description,
    "told_by_work": others.told_by_work,
    "number_and_name": addresses.number_and_name,
    "born_recently": born_recently,
}
