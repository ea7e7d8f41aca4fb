"""The one rule by which names are searched and sorted."""

from __future__ import annotations

import unicodedata

import pytest

from govuk.text import folded


@pytest.mark.parametrize(
    ("text", "as_folded"),
    [
        pytest.param("O'Neill-Wynn Siân", "oneill wynn sian", id="apostrophe, hyphen, accent"),
        pytest.param("o’neill‑wynn", "oneill wynn", id="as typed by Word"),
        pytest.param("D\u00b4Arcy \u02bbOkina", "darcy okina", id="other apostrophes"),
        pytest.param("  MacDONALD   Ann ", "macdonald ann", id="capitals and spaces"),
        pytest.param("van der Berg", "van der berg", id="particles count"),
        pytest.param("Ynys Môn Café Élan", "ynys mon cafe elan", id="Welsh and French"),
        pytest.param("YNYS MÔN", "ynys mon", id="capitals beyond ASCII"),
        pytest.param("Łódź, Đặng, Søren", "lodz dang soren", id="letters that do not decompose"),
        pytest.param("Straße Æthel Œuvre Þór", "strasse aethel oeuvre thor", id="letters that become two"),
        pytest.param("İBRAHİM ısı", "ibrahim isi", id="dotted and dotless"),
        pytest.param("ﬁ Ⅷ ², ½", "fi viii 2 1 2", id="letters and numbers in other shapes"),
        pytest.param("Γεωργία", "georgia", id="another alphabet"),
        pytest.param("Jo\u200bhn\u00a0Sm\u00adith", "john smith", id="unseen characters"),
        pytest.param("<b>🙂</b>", "b b", id="signs"),
        pytest.param("%_", "", id="only signs"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_folded(text: str, as_folded: str) -> None:
    assert folded(text) == as_folded
    assert folded(unicodedata.normalize("NFD", text)) == as_folded
    assert folded(as_folded) == as_folded


@pytest.mark.parametrize("number", range(128))
def test_a_text_of_plain_characters_is_folded_as_any_other(number: int) -> None:
    """The shorter way, which plain texts take, comes out where the long one does."""
    text = f"Ab{chr(number)}C {chr(number)}1{chr(number)}{chr(number)} d"
    assert folded(text) == folded(f"{text}\u00e9").removesuffix("e")
