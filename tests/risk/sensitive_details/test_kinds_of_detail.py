"""Kinds of detail by how they are told: what is found, and what looks like it and is not."""

from __future__ import annotations

import pytest

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import scan

DARREN = KnownWords.of(people=["Darren Helliwell", "Aisha Rafiq"], sex="m")


def _found(text: str, category: Category) -> list[str]:
    return [one.words for one in scan(text, DARREN) if one.category == category]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("GRACE, his sister, rang.", "GRACE", id="before a relation"),
        pytest.param("Then Joy (support wkr) left.", "Joy", id="before a role in brackets"),
        pytest.param('Drugs were run by "Smoke" then.', "Smoke", id="nickname in quotes"),
        pytest.param("His ex Mary-Lou works in a shop.", "Mary-Lou", id="a double name before works"),
        pytest.param("His ex Zalewicz works in a shop.", "Zalewicz", id="a strange name before works"),
        pytest.param("He rang pc 2214 Dhanda.", "pc 2214 Dhanda", id="constable with a number, typed small"),
    ],
)
def test_a_name_is_found(text: str, words: str) -> None:
    assert words in _found(text, Category.OTHER_PERSON)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("He drove for Bishop's Move.", id="a firm with a possessive"),
        pytest.param("He worked for Owens of Llanelli.", id="a firm of a place"),
        pytest.param("An affray outside Caspian grill.", id="a grill"),
        pytest.param("An Osman warning.", id="a warning with a name"),
        pytest.param("ABS attended. He lives on Kirkstall Rd.", id="initials of the person, and a street"),
        pytest.param("Delivered by van, reg is lost.", id="words that are names elsewhere"),
        pytest.param("He moved from Belize via Holland.", id="countries"),
        pytest.param('He said "Yes" to that.', id="speech"),
    ],
)
def test_what_looks_like_a_name_is_not_found(text: str) -> None:
    assert _found(text, Category.OTHER_PERSON) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("NWP say he is using a second name.", id="a force says"),
        pytest.param("Met gangs team say Tobi carries.", id="a unit says"),
        pytest.param("A log from GMP has him in the car.", id="a log of a force"),
        pytest.param("Child abuse unit have chatlogs.", id="a unit has"),
        pytest.param("A neighbour who does not want her name known rang.", id="no name wanted"),
        pytest.param("This came from a member of her family.", id="came from somebody"),
        pytest.param("He was heard on a monitored telephone call.", id="monitored"),
        pytest.param("Osman warning served.", id="threat to life"),
        pytest.param("He is believed to be supplying firearms.", id="believed to be"),
        pytest.param("An op is planned, do not tip him off.", id="tip off"),
        pytest.param("Seen by plain clothes in town.", id="plain clothes"),
    ],
)
def test_intelligence_is_found(text: str) -> None:
    assert _found(text, Category.INTELLIGENCE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The police were called and he was arrested.", id="an arrest"),
        pytest.param("He told the police that he was sorry.", id="told the police"),
        pytest.param("There is no intelligence to suggest it.", id="none"),
        pytest.param("He is a man of good intelligence.", id="a good mind"),
        pytest.param("Intelligence-led policing has grown.", id="a way of policing"),
        pytest.param("He must not contact her.", id="a condition"),
        pytest.param("The housing team say the flat is ready.", id="another team"),
        pytest.param("He had an operation on his knee.", id="another operation"),
    ],
)
def test_what_sounds_like_intelligence_is_not_found(text: str) -> None:
    assert _found(text, Category.INTELLIGENCE) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "He is at Hylton castle, number 41 now.", "Hylton castle, number 41", id="number behind"
        ),
        pytest.param("Banging at KING ST, NO 9 again.", "KING ST, NO 9", id="in capitals"),
        pytest.param(
            "She is at Weoley Castle, 3 doors from the Co-op.", "3 doors from the Co-op", id="doors"
        ),
        pytest.param("On Calvert Lane (above the shop) then.", "Calvert Lane (above the shop)", id="above"),
        pytest.param("Curtains shut at 42 hartington.", "42 hartington", id="no word of English"),
        pytest.param("Now at 9b sycamore crt.", "9b sycamore crt", id="short for court"),
        pytest.param("Back to her home in Clos y Wennol.", "Clos y Wennol", id="Welsh street"),
        pytest.param("Moved to the Foyer, rm 8.", "the Foyer, rm 8", id="hostel and room"),
        pytest.param("He must not enter Pinfold Lane.", "Pinfold Lane", id="exclusion"),
    ],
)
def test_an_address_is_found(text: str, words: str) -> None:
    assert any(words in one for one in _found(text, Category.ADDRESS)), _found(text, Category.ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("He was raped at 18, padmate, no report.", id="an age"),
        pytest.param("4 ptnrs, 4 non-mols.", id="counts"),
        pytest.param("He came 30 min late.", id="minutes"),
        pytest.param("He takes the number 8 bus.", id="a bus"),
        pytest.param("He works at a shop on Eccleshall Road.", id="where a shop is"),
        pytest.param("At 21 Tesco stores and at 16 Crown Court.", id="shops and courts"),
    ],
)
def test_what_looks_like_an_address_is_not_found(text: str) -> None:
    assert _found(text, Category.ADDRESS) == []
