"""The labelled texts and sentences are many, mixed and well formed, so that figures measured on them mean something."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from risk.sensitive_details.categories import Category
from risk.sensitive_details.labelled_texts import LabelledText, read_texts

CORPUS = Path(__file__).parent / "corpus"
HALVES = ["first_half.csv", "unseen_half.csv"]
HEADER = ["sentence", "person", "practitioner", "categories"]
CATEGORIES = {
    "other_person",
    "address",
    "postcode",
    "phone",
    "email",
    "date_of_birth",
    "vehicle",
    "identifier",
    "intelligence",
    "victim_or_child",
    "safeguarding",
    "health",
    "immigration",
}
FEWEST_SENTENCES = 300
FEWEST_OF_A_CATEGORY = 9  # in each half
LONGEST_TEXT = 4_000  # characters, what a section holds


class Labelled(NamedTuple):
    """One sentence with its case and what a reader found in it."""

    sentence: str
    person: str
    practitioner: str
    categories: tuple[str, ...]


def _read(half: str) -> list[Labelled]:
    with (CORPUS / half).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, strict=True)
    assert header == HEADER
    return [Labelled(row[0], row[1], row[2], tuple(filter(None, row[3].split(";")))) for row in rows]


def _both() -> list[Labelled]:
    return [labelled for half in HALVES for labelled in _read(half)]


def test_there_are_enough_sentences_in_halves_of_equal_size() -> None:
    first, unseen = (len(_read(half)) for half in HALVES)
    assert first == unseen
    assert first + unseen >= FEWEST_SENTENCES


@pytest.mark.parametrize("half", HALVES)
def test_about_half_is_clean(half: str) -> None:
    sentences = _read(half)
    clean = sum(not labelled.categories for labelled in sentences)
    assert 0.45 <= clean / len(sentences) <= 0.55


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_every_category_has_its_sentences_in_both_halves(half: str, category: str) -> None:
    found = Counter(key for labelled in _read(half) for key in labelled.categories)
    assert found[category] >= FEWEST_OF_A_CATEGORY


def test_only_known_categories_and_each_once() -> None:
    wrong = [
        labelled
        for labelled in _both()
        if set(labelled.categories) - CATEGORIES or len(set(labelled.categories)) < len(labelled.categories)
    ]
    assert not wrong


def test_no_sentence_stands_twice() -> None:
    counted = Counter(" ".join(labelled.sentence.lower().split()) for labelled in _both())
    assert not [sentence for sentence, times in counted.items() if times > 1]


def test_every_sentence_is_whole_and_knows_its_case() -> None:
    wrong = [
        labelled
        for labelled in _both()
        if not (8 <= len(labelled.sentence.split()) <= 60)
        or len(labelled.sentence) > LONGEST_TEXT
        or not labelled.person
        or not labelled.practitioner
    ]
    assert not wrong


TEXTS = ["texts", "unseen_texts"]
FEWEST_TEXTS = 1_200
FEWEST_SPANS_OF_A_CATEGORY = 10  # in each file


def _texts(*files: str) -> list[LabelledText]:
    return [labelled for file in files for labelled in read_texts(CORPUS / f"{file}.txt")]


def test_there_are_enough_texts_of_which_a_third_is_unseen() -> None:
    seen, unseen = (len(_texts(file)) for file in TEXTS)
    assert seen + unseen >= FEWEST_TEXTS
    assert 0.3 <= unseen / (seen + unseen) <= 0.36


@pytest.mark.parametrize("file", TEXTS)
def test_texts_are_mixed(file: str) -> None:
    texts = _texts(file)
    assert 0.4 <= sum(labelled.style == "hard" for labelled in texts) / len(texts) <= 0.6
    assert 0.3 <= sum(labelled.sex == "f" for labelled in texts) / len(texts) <= 0.6
    assert 0.2 <= sum(not labelled.spans for labelled in texts) / len(texts) <= 0.4


@pytest.mark.parametrize("file", TEXTS)
@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_its_spans_in_both_files(file: str, category: Category) -> None:
    count = sum(span.category == category for labelled in _texts(file) for span in labelled.spans)
    assert count >= FEWEST_SPANS_OF_A_CATEGORY


def test_every_text_is_well_formed_and_stands_once() -> None:
    texts = _texts(*TEXTS)
    assert {labelled.sex for labelled in texts} == {"f", "m"}
    assert {labelled.style for labelled in texts} == {"plain", "hard"}
    wrong = [
        labelled
        for labelled in texts
        if not (labelled.text.strip() and labelled.subject and labelled.practitioner)
        or len(labelled.text) > LONGEST_TEXT
        or "[[" in labelled.text
        or "]]" in labelled.text
    ]
    assert not wrong
    counted = Counter(" ".join(labelled.text.lower().split()) for labelled in texts)
    assert max(counted.values()) == 1
