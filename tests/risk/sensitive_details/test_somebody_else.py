"""What is said of somebody who is not the person: found of a victim, a neighbour, a child; not found of the person."""

from __future__ import annotations

import pytest

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import scan

MAN = KnownWords.of(people=["Darren Helliwell", "Aisha Rafiq"], sex="m")
WOMAN = KnownWords.of(people=["Rebecca Thwaite", "Aisha Rafiq"], sex="f")


def _found(text: str, known: KnownWords) -> list[str]:
    return [one.words for one in scan(text, known) if one.category == Category.VICTIM_OR_CHILD]


@pytest.mark.parametrize(
    ("text", "known", "words"),
    [
        pytest.param("She works at the bakery.", MAN, "She works at the bakery", id="she, of a man"),
        pytest.param("He sings at the chapel.", WOMAN, "He sings at the chapel", id="he, of a woman"),
        pytest.param("She is a dental nurse in Bingley.", MAN, "a dental nurse in Bingley", id="her work"),
        pytest.param("She was seventeen.", MAN, "She was seventeen", id="her age"),
        pytest.param("She has moved to a flat in Chester.", MAN, "a flat in Chester", id="where she lives"),
        pytest.param("His ex swims at the baths.", MAN, "His ex swims at the baths", id="an ex"),
        pytest.param(
            "Threats to his ex Kez (TA at the juniors).",
            MAN,
            "TA at the juniors",
            id="in brackets after a name",
        ),
        pytest.param(
            "Assaulted Lowri Pugh. Later Lowri Pugh, who teaches in Bala, moved.",
            MAN,
            "teaches in Bala",
            id="a name of whom harm was told before",
        ),
        pytest.param("V1, 19, student at UEL.", MAN, "19, student at UEL", id="age and course"),
        pytest.param(
            "He robbed the lady in the wool shop.", MAN, "the lady in the wool shop", id="described"
        ),
        pytest.param("Shouted at the couple opposite.", MAN, "the couple opposite", id="neighbours"),
        pytest.param(
            "He rang the nursery that his son attends.", MAN, "the nursery that his son attends", id="place"
        ),
        pytest.param(
            "Seen outside his stepson's school.", MAN, "his stepson's school", id="school of a child"
        ),
        pytest.param("Sat outside her work (Home Bargains).", MAN, "her work (Home Bargains", id="workplace"),
    ],
)
def test_what_tells_who_somebody_is_is_found(text: str, known: KnownWords, words: str) -> None:
    assert any(words in one for one in _found(text, known)), _found(text, known)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        pytest.param("He works at the bakery.", MAN, id="he, of a man"),
        pytest.param("She sings at the chapel.", WOMAN, id="she, of a woman"),
        pytest.param("Darren, who teaches in Bala, attended.", MAN, id="the person by name"),
        pytest.param("He was a student at UEL.", MAN, id="the person by what he was"),
        pytest.param("He was seventeen.", MAN, id="the person's age"),
        pytest.param("He has lived in Leeds since he was six.", MAN, id="since he was six"),
        pytest.param("She is at risk of harm.", MAN, id="at risk"),
        pytest.param("She works hard.", MAN, id="works hard"),
        pytest.param("His sister works at the baths.", MAN, id="his own family"),
        pytest.param("PC Hargreave works at the station.", MAN, id="an official"),
        pytest.param("A risk to any woman with whom he lives.", MAN, id="nobody in particular"),
        pytest.param("School was hard.", MAN, id="his own school"),
        pytest.param("He was excluded from school in Year 9.", MAN, id="his own year"),
    ],
)
def test_what_is_said_of_the_person_or_of_nobody_is_not(text: str, known: KnownWords) -> None:
    assert _found(text, known) == []
