"""No text of 4,000 characters makes a page wait.

Processor time is measured, so that a busy machine does not matter, and held against what this machine takes for a plain
loop, so that a slow one does not either.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from risk.models.section import LONGEST_SHARED_TEXT
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import scan

KNOWN = KnownWords.of(people=["Kezia Brackenridge", "Grace Okonjo"])
ORDINARY = (
    "Her ex-partner Dorian Vellacott and their son Milo, who live at 4 Tern Court; neighbour Mrs Adeyinka Fosse. "
    "Has waited outside Milo's school and told Mr Vellacott that he would be sorry. After family court hearings, "
    "when contact with Milo is refused. Attended on time and spoke calmly about the week before.\n"
)
#: On a machine that takes ``SECONDS_OF_LOOP`` for a loop of ``STEPS``, or less.
MOST_SECONDS_ORDINARY = 0.05
MOST_SECONDS = 0.1
STEPS, SECONDS_OF_LOOP = 500_000, 0.019  # at full speed, of the machine on which the bounds were set
TRIES = 10
HOSTILE = {
    "all capitals": "A",
    "words in capitals": "HE THREATENED HIS PARTNER AND HER SON ",
    "all digits": "1234567890",
    "noughts": "0",
    "spaces": " ",
    "line breaks": "\n",
    "one token": "a",
    "single capitals": "A ",
    "single letters": "a ",
    "digits and hyphens": "1-1-1-",
    "digits and slashes": "1/",
    "digits and stops": "1.",
    "digits and spaces": "12 34 56 ",
    "nested apostrophes": "a'",
    "apostrophes and capitals": "O'",
    "hyphens and capitals": "A-",
    "emoji": "👩‍👩‍👧 ",
    "right to left": "محمد علي ",
    "no spaces, no capitals": "王",
    "zero width": "a\u200b",
    "combining accents": "e\u0301",
    "accents on one letter": "\u0301",
    "at signs": "a@",
    "almost addresses": "a at b dot ",
    "initials": "J. ",
    "titles": "Mr ",
    "particles": "de Aa ",
    "relations": "sons Ava and ",
    "harm": "hit son ",
    "owners": "his ",
    "possessives": "a's ",
    "numbered words": "4 Aa Aa Aa ",
    "lives at": "lives at ",
    "no and never": "no ",
    "must not": "must not ",
    "born": "born 1 ",
    "labels": "PNC NHS reg phone ",
    "telephones": "07700 900123 ",
    "postcodes": "LS1 4AP ",
    "towns": "New Leeds ",
    "brackets": "(0",
    "somebody else": "She is ",
    "somebody else at a place": "the woman who is at the ",
    "an ex with a name": "her ex Kez, ",
    "places to be met at": "school at the ",
    "somebody left out": "and lives ",
    "forces": "GMP say ",
    "nicknames": 'by "Smoke" ',
    "numbers and names": "at 42 hartington ",
    "houses": "Oak House, number 4 above the ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=list(HOSTILE))
def test_no_text_takes_long(unit: str) -> None:
    assert_takes_less((unit * LONGEST_SHARED_TEXT)[:LONGEST_SHARED_TEXT], MOST_SECONDS)


def test_an_ordinary_text_takes_little() -> None:
    assert_takes_less((ORDINARY * 20)[:LONGEST_SHARED_TEXT], MOST_SECONDS_ORDINARY)


def assert_takes_less(text: str, most: float) -> None:
    """In one of some tries: whatever else the processor does only adds to what the scan itself takes."""
    scan("the lists of words are read once", KNOWN)
    tries: list[float] = []
    while not tries or (tries[-1] >= most and len(tries) < TRIES):
        slower = max(1.0, _seconds(_loop) / SECONDS_OF_LOOP)
        tries.append(_seconds(lambda: scan(text, KNOWN)) / slower)
    assert tries[-1] < most, tries


def _seconds(work: Callable[[], object]) -> float:
    started = process_time()
    work()
    return process_time() - started


def _loop() -> int:
    total = 0
    for number in range(STEPS):
        total += number
    return total
