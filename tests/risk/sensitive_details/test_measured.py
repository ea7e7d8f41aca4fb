"""The rules go on finding what they find: floors a little under what was measured, for both halves.

The unseen half was not read by whoever wrote the rules. This prints figures when it fails, and no sentence.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from risk.sensitive_details.measuring import measure, read_labelled

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize(
    ("half", "least_precision", "least_recall"),
    [
        pytest.param("first_half", 0.96, 0.98, id="the half that the rules were written with"),
        pytest.param("unseen_half", 0.86, 0.93, id="the half that they were not"),
    ],
)
def test_what_was_found_is_still_found(half: str, least_precision: float, least_recall: float) -> None:
    figures = measure(read_labelled(CORPUS / f"{half}.csv"))
    assert figures.precision() >= least_precision
    assert figures.recall() >= least_recall


def test_the_command_prints_a_line_a_category_and_no_sentence() -> None:
    printed = StringIO()
    call_command("measure_sensitive_details", half=["first_half"], stdout=printed)
    assert "| Name of another person |" in printed.getvalue()
    assert "| All |" in printed.getvalue()
    sentences = [labelled.sentence for labelled in read_labelled(CORPUS / "first_half.csv")]
    assert not any(sentence in printed.getvalue() for sentence in sentences)


def test_the_command_says_when_there_are_no_sentences(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no labelled sentences"):
        call_command("measure_sensitive_details", corpus=tmp_path)
