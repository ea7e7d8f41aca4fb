"""A search that is remembered answers as a search does, for each text and case by itself, and keeps no words."""

from __future__ import annotations

import pytest

from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.remembered import RememberedSearch
from risk.sensitive_details.scan import Finding, named_details

TEXT = "Her neighbour Tomasz Zieliński rang from 020 7946 0123."
NOBODY, NEIGHBOUR = KnownWords.of(), KnownWords.of(people=["Joye Hatto", "Tomasz Zieliński"])


class Counted:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, text: str, known: KnownWords) -> tuple[Finding, ...]:
        self.times += 1
        return named_details(text, known)


@pytest.mark.parametrize("known", [NOBODY, NEIGHBOUR], ids=["nobody is known", "the neighbour is known"])
def test_it_answers_the_same_the_second_time_without_searching(known: KnownWords) -> None:
    counted = Counted()
    search = RememberedSearch(counted)

    assert search(TEXT, known) == search(TEXT, known) == named_details(TEXT, known)
    assert counted.times == 1


def test_what_is_known_makes_another_search() -> None:
    search = RememberedSearch(named_details)

    assert [finding.words for finding in search(TEXT, NOBODY)] == ["Tomasz Zieliński", "020 7946 0123"]
    assert [finding.words for finding in search(TEXT, NEIGHBOUR)] == ["020 7946 0123"]


def test_without_a_fingerprint_nothing_is_remembered() -> None:
    counted = Counted()
    search = RememberedSearch(counted)
    search(TEXT, KnownWords())
    search(TEXT, KnownWords(names=frozenset({"tomasz", "zieliński"})))
    assert counted.times == 2


def test_it_keeps_no_word_and_no_more_than_it_may() -> None:
    search = RememberedSearch(named_details, most=3)
    for number in range(10):
        search(f"{TEXT} Visit {number}.", NOBODY)

    kept = repr(search.__dict__)
    assert len(search._found) == 3
    assert "start=" in kept
    assert not [word for word in ("Tomasz", "neighbour Tomasz", "7946", "Visit") if word in kept]
