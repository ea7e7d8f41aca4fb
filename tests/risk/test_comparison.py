"""Two texts side by side: nothing is lost or invented, and no text makes a page wait."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.comparison import Comparison, Piece, compare
from risk.models.section import LONGEST_SHARED_TEXT

ENTRIES = (
    "Reported arguing with a neighbour about parking and left when asked. ",
    "Attended on time and spoke calmly about the week before.\n",
    "Came to the office smelling of drink; said that he had not slept. ",
    "Shouted at reception when told of the waiting time, then apologised! ",
)
HERS = "Her ex-partner Dorian Vellacott and their son Milo. She sees them on Sundays. Nobody else."


def _diary(length: int, step: int = 1) -> str:
    """Readable text of exactly this many characters."""
    entries = "".join(
        f"{day}: {ENTRIES[day * step % len(ENTRIES)]}" for day in range(1, length // len(ENTRIES[1]) + 2)
    )
    return entries[:length]


def _seconds(original: str, shared: str) -> float:
    started = time.perf_counter()
    _assert_complete(original, shared, compare(original, shared))
    return time.perf_counter() - started


def _assert_complete(original: str, shared: str, comparison: Comparison) -> None:
    assert "".join(piece.text for piece in comparison.original) == original
    assert "".join(piece.text for piece in comparison.shared) == shared
    assert {piece.kind for piece in comparison.original} <= {"same", "removed"}
    assert {piece.kind for piece in comparison.shared} <= {"same", "added"}
    assert all(piece.text for side in comparison for piece in side)


@pytest.mark.parametrize(
    ("shared", "removed", "added"),
    [
        pytest.param(HERS, [], [], id="nothing changed"),
        pytest.param("", [HERS], [], id="everything removed"),
        pytest.param(HERS.replace("Dorian Vellacott ", ""), ["Dorian Vellacott "], [], id="a name removed"),
        pytest.param(HERS.replace("Sundays", "Mondays"), ["Sundays"], ["Mondays"], id="a word replaced"),
        pytest.param(f"{HERS} Ask first.", [], [" Ask first."], id="a sentence added at the end"),
        pytest.param(
            HERS.replace("She sees them on Sundays. ", ""),
            ["She sees them on Sundays. "],
            [],
            id="a sentence removed",
        ),
        pytest.param(HERS.replace(". She", ".\n\nShe"), [], [], id="other spacing is no difference"),
        pytest.param("Ask her first", [HERS], ["Ask her first"], id="other words altogether"),
    ],
)
def test_what_was_removed_and_added_is_marked(shared: str, removed: list[str], added: list[str]) -> None:
    comparison = compare(HERS, shared)

    _assert_complete(HERS, shared, comparison)
    assert [piece.text.strip() for piece in comparison.original if piece.kind == "removed"] == [
        text.strip() for text in removed
    ]
    assert [piece.text.strip() for piece in comparison.shared if piece.kind == "added"] == [
        text.strip() for text in added
    ]


def test_two_empty_texts_have_no_pieces() -> None:
    assert compare("", "") == Comparison([], [])


def test_words_that_repeat_are_marked_where_they_changed() -> None:
    original = "She said no. " * 300
    shared = "She said no. " * 100 + "She said yes. " + "She said no. " * 199

    assert [piece for piece in compare(original, shared).shared if piece.kind == "added"] == [
        Piece("added", "yes")
    ]


# Few different words, so that they meet again, and everything that a box takes.
texts = st.one_of(
    st.lists(st.sampled_from(["a", "b", " ", ".", "\n", "\t", "Milo ", "said no. "]), max_size=80).map(
        "".join
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=120),
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(original=texts, shared=texts)
@pytest.mark.slow
def test_joining_the_pieces_gives_both_texts_back(original: str, shared: str) -> None:
    _assert_complete(original, shared, compare(original, shared))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(text=texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {piece.kind for side in compare(text, text) for piece in side} <= {"same"}


@pytest.mark.parametrize(
    ("original", "shared"),
    [
        pytest.param(_diary(4000), _diary(4000, step=3), id="rewritten"),
        pytest.param(
            _diary(4000), _diary(4000).replace("neighbour", "man").replace("he", "they"), id="edited"
        ),
        pytest.param(
            _diary(4000), "".join(_diary(4000).splitlines(keepends=True)[::2]), id="every other line"
        ),
    ],
)
def test_two_full_boxes_take_no_time(original: str, shared: str) -> None:
    assert _seconds(original, shared) < 0.2


@pytest.mark.parametrize(
    ("original", "shared"),
    [
        pytest.param("a " * 2000, ("a a b " * 667)[:4000], id="one word, again and again"),
        pytest.param("a a a b " * 500, "a b b a " * 500, id="two words in two orders"),
        pytest.param("." * 4000, "!" * 4000, id="marks only"),
        pytest.param(".\n" * 2000, "\n." * 2000, id="line breaks only"),
        pytest.param("x! y? " * 600, "y? x! " * 600, id="a sentence a word"),
        pytest.param(
            " ".join(str(n % 45) for n in range(1400)),
            " ".join(str(n * 7 % 45) for n in range(1400)),
            id="just under the limit of steps",
        ),
        pytest.param(_diary(12_000), _diary(LONGEST_SHARED_TEXT, step=3), id="12,000 characters shortened"),
        pytest.param("a " * 6000, "b a " * 1000, id="12,000 characters of one word"),
        pytest.param("\u0301" * 12_000, "\u0301 " * 2000, id="12,000 combining marks"),
    ],
)
def test_no_text_makes_a_page_wait(original: str, shared: str) -> None:
    assert _seconds(original, shared) < 1.0
