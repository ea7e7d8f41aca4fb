"""The rules go on finding what they find: floors a little under what was measured, for every set.

The unseen sets were not read by whoever wrote the rules. This prints figures when it fails, and no text.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from risk.sensitive_details.categories import Category
from risk.sensitive_details.labelled_texts import LabelledText, Span, read_texts
from risk.sensitive_details.measuring import measure, measure_spans, read_labelled

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize(
    ("half", "least_precision", "least_recall"),
    [
        pytest.param("first_half", 0.89, 0.86, id="the half that the first rules were written with"),
        pytest.param("unseen_half", 0.84, 0.84, id="the half that they were not"),
    ],
)
@pytest.mark.slow
def test_what_was_found_in_sentences_is_still_found(
    half: str, least_precision: float, least_recall: float
) -> None:
    figures = measure(read_labelled(CORPUS / f"{half}.csv"))
    assert figures.precision() >= least_precision
    assert figures.recall() >= least_recall


@pytest.mark.parametrize(
    ("file", "style", "least_precision", "least_recall"),
    [
        pytest.param("texts", "plain", 0.87, 0.95, id="plain texts that the rules were written with"),
        pytest.param("texts", "hard", 0.89, 0.90, id="hard texts that the rules were written with"),
        pytest.param("unseen_texts", "plain", 0.80, 0.83, id="plain texts that they were not"),
        pytest.param("unseen_texts", "hard", 0.80, 0.74, id="hard texts that they were not"),
    ],
)
@pytest.mark.slow
def test_what_was_found_in_texts_is_still_found(
    file: str, style: str, least_precision: float, least_recall: float
) -> None:
    texts = read_texts(CORPUS / f"{file}.txt")
    figures = measure_spans(text for text in texts if text.style == style)
    assert figures.precision() >= least_precision
    assert figures.recall() >= least_recall


@pytest.mark.parametrize(
    ("marked", "found", "missed", "right", "wrong"),
    [
        pytest.param((5, 10), 1, 0, 1, 0, id="the same words"),
        pytest.param((0, 10), 1, 0, 1, 0, id="half of what was marked"),
        pytest.param((0, 11), 0, 1, 1, 0, id="less than half of what was marked"),
        pytest.param((6, 7), 1, 0, 1, 0, id="longer than what was marked"),
        pytest.param((8, 12), 1, 0, 0, 1, id="half of what was marked, mostly beside it"),
        pytest.param((10, 12), 0, 1, 0, 1, id="beside what was marked"),
    ],
)
def test_spans_are_counted_by_the_characters_they_share(
    marked: tuple[int, int], found: int, missed: int, right: int, wrong: int
) -> None:
    text = "With Dylan in the park."  # "Dylan" is found: characters 5 to 10
    spans = (Span(*marked, Category.OTHER_PERSON),)
    figures = measure_spans([LabelledText(text, "m", "plain", "Kezia Brackenridge", "Grace Okonjo", spans)])
    counted = [figures.found, figures.missed, figures.right, figures.wrong]
    assert [sum(count.values()) for count in counted] == [found, missed, right, wrong]


@pytest.mark.slow
def test_the_command_prints_a_line_a_category_and_no_text() -> None:
    printed = StringIO()
    call_command("measure_sensitive_details", only=["first_half", "texts"], times=1, stdout=printed)
    assert "| Name of another person |" in printed.getvalue()
    assert "| All |" in printed.getvalue()
    sentences = [labelled.sentence for labelled in read_labelled(CORPUS / "first_half.csv")]
    texts = [labelled.text for labelled in read_texts(CORPUS / "texts.txt")]
    assert not any(text in printed.getvalue() for text in [*sentences, *texts])


def test_the_command_says_when_there_are_no_texts(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no labelled texts"):
        call_command("measure_sensitive_details", corpus=tmp_path)
