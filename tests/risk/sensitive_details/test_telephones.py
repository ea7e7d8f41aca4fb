"""Telephone numbers as people write them: alone, two in a row, and what only looks like one."""

from __future__ import annotations

from itertools import permutations
from time import process_time

import pytest

from risk.sensitive_details import finders
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.rules import all_rules
from risk.sensitive_details.scan import scan

NOBODY = KnownWords.of(people=[])
RULE = next(rule for rule in all_rules() if rule.finder == "telephone")
#: Each of another number, in the usual spellings.
SPELLINGS = (
    "07700 900123",
    "07700900124",
    "07700 900 125",
    "01632 960123",
    "(01632) 960124",
    "+44 7700 900126",
)
OTHERS = (
    "0113 496 0000",
    "020 7946 0000",
    "01204 12345",
    "+44 (0)161 496 0000",
    "0044 7700 900123",
    "07700-900-123",
    "07700.900.123",
    "01632-960123",
    "+447700900123",
    "+353 20 912 0000",
    "+33 6 39 98 10 01",
    "+1 202 555 0123",
    "07 700 900 123",
)
DIGIT_BY_DIGIT = "0 7 7 0 0 9 0 0 1 2 3"  # alone: after another, its first 0 may end that one


def found(text: str) -> list[str]:
    read = finders.read(text, NOBODY)
    return [text[start:end] for start, end in finders.telephone(read, RULE)]


@pytest.mark.parametrize("number", [*SPELLINGS, *OTHERS, DIGIT_BY_DIGIT])
@pytest.mark.parametrize(
    "around", ["{}", "Ring her on {}.", "Flat 4, {}, after 6", "{} 12 March", "mob:{}\n0"]
)
def test_one_number(number: str, around: str) -> None:
    assert found(around.format(number)) == [number]


@pytest.mark.parametrize(("first", "second"), list(permutations(SPELLINGS, 2)))
def test_every_pair_of_usual_spellings_with_a_space_between(first: str, second: str) -> None:
    assert found(f"Ring her on {first} {second}.") == [first, second]


@pytest.mark.parametrize(("first", "second"), list(permutations((*SPELLINGS, *OTHERS), 2)))
def test_every_pair_of_all_spellings(first: str, second: str) -> None:
    for between in (" ", ", ", "/", " / ", "\n", " or "):
        assert found(f"Ring {first}{between}{second}") == [first, second], between


def test_three_numbers_in_a_row() -> None:
    numbers = ["01632 960123", "07700 900123", "0113 496 0000"]
    assert found(" ".join(numbers)) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "05.03.2026 10:30",
        "05-03-2026 10:30",
        "05/03/2026 10:30",
        "05 03 2026 10:30",
        "2026-03-05 10:30",
        "05.03.26 06.03.26 07.03.26",
        "05.03.2026 - 06.03.2026",
        "OGRS 0.45 0.67 0.89.",
        "OSP 0.5 0.75 0.125 0.25 0.5",
        "Visits 08.15 09.45 10.30",
        "Visits 08:15 09:45 10:30",
        "Visits 08.15-09.45, 10.30-11.00",
        "PNC 2012/1234567X",
        "£0.50 0.60 0.70 0.80",
        "in 2024 2025 2026 2027",
        "aged 04 05 06",
        "0 0 0",
        "000",
        "a reference 0123456789012345678",
        "version 1.0.2.3.4.5.6.7.8.9",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert found(text) == []
    assert Category.PHONE not in {one.category for one in scan(text, NOBODY)}


def test_a_date_before_a_number_leaves_the_number() -> None:
    assert found("05.03.2026 10:30 07700 900123, 0.45 01632 960123") == ["07700 900123", "01632 960123"]


@pytest.mark.parametrize(
    "pattern",
    ["07700 900123 ", "0", "0 ", "+0", "01.", "(0", "0/", "05.03.2026 ", "0.45 ", "0-", "1 0 ", "+4 4 "],
)
def test_4_000_characters_take_less_than_25_milliseconds(pattern: str) -> None:
    text = (pattern * 4000)[:4000]
    read = finders.read(text, NOBODY)
    times = []
    for _ in range(5):
        began = process_time()
        list(finders.telephone(read, RULE))
        times.append(process_time() - began)
    assert min(times) < 0.025
