"""Taking words out of a text and putting others in their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.spans import Span, put_instead, take_out


def _spans(text: str, words: str) -> list[Span]:
    spans, start = [], text.find(words)
    while start >= 0:
        spans.append((start, start + len(words)))
        start = text.find(words, start + len(words))
    return spans


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        pytest.param("Lives with Milo now.", "Milo", "Lives with now.", id="one space stays between words"),
        pytest.param("Lives with Milo.", "Milo", "Lives with.", id="no space before a full stop"),
        pytest.param("Milo lives there.", "Milo", "lives there.", id="at the start"),
        pytest.param("Told Milo", "Milo", "Told", id="at the end"),
        pytest.param("Told Milo\nand Ann.", "Milo", "Told\nand Ann.", id="before a line break"),
        pytest.param("Milo and Milo.", "Milo", "and.", id="twice"),
        pytest.param("Milo", "Milo", "", id="nothing else"),
        pytest.param("(Milo) left", "Milo", "() left", id="brackets stay"),
    ],
)
def test_words_are_taken_out(text: str, words: str, left: str) -> None:
    assert take_out(text, _spans(text, words)) == left


@pytest.mark.parametrize(
    ("text", "words", "instead", "left"),
    [
        pytest.param("Told Milo so.", "Milo", "a friend", "Told a friend so.", id="inside a sentence"),
        pytest.param(
            "Milo left. Milo came.", "Milo", "a friend", "A friend left. A friend came.", id="starts"
        ),
        pytest.param("Seen.\nMilo left.", "Milo", "a friend", "Seen.\nA friend left.", id="starts a line"),
    ],
)
def test_other_words_are_put_instead(text: str, words: str, instead: str, left: str) -> None:
    assert put_instead(text, _spans(text, words), instead) == left


@given(st.lists(st.text(alphabet="ab .\n", max_size=8), min_size=2, max_size=6), st.sampled_from(["QQ", "Q"]))
def test_only_the_spans_change(pieces: list[str], words: str) -> None:
    """Whatever stands between the spans stays, but for spaces beside them."""
    text = words.join(pieces)
    assert take_out(text, _spans(text, words)).replace(" ", "") == "".join(pieces).replace(" ", "")
    assert put_instead(text, _spans(text, words), "zz").lower() == "zz".join(pieces)
