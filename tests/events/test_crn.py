"""What is a CRN, as it is kept, as it is typed, and in a text."""

from __future__ import annotations

import pytest

from events.crn import CRN_IN_TEXT, crn_of, is_crn


@pytest.mark.parametrize(
    ("text", "kept", "typed", "found"),
    [
        pytest.param("X980010", True, "X980010", True, id="as it is kept"),
        pytest.param(" x98 0010 ", False, "X980010", False, id="typed with spaces and a small letter"),
        pytest.param("x980010", False, "X980010", True, id="a small letter"),
        pytest.param("about X980010, today", False, None, True, id="in a sentence"),
        pytest.param("X9800100", False, None, False, id="seven digits"),
        pytest.param("AX980010", False, None, False, id="two letters"),
        pytest.param("", False, None, False, id="nothing"),
    ],
)
def test_what_is_a_crn(text: str, kept: bool, typed: str | None, found: bool) -> None:
    assert is_crn(text) is kept
    assert crn_of(text) == typed
    assert bool(CRN_IN_TEXT.search(text)) is found
