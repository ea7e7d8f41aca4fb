"""Words that say a sensitive detail without naming."""

from __future__ import annotations

import pytest

from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.neutral_words import neutral_words
from risk.sensitive_details.scan import scan


@pytest.mark.parametrize(
    ("category", "words", "sex", "first"),
    [
        pytest.param(Category.OTHER_PERSON, "Kerry", "Male", "another person", id="a name"),
        pytest.param(
            Category.ADDRESS, "12 Mill Lane, Otley", "", "an address in Otley", id="a town is given"
        ),
        pytest.param(
            Category.ADDRESS, "12 Mill Lane, Otley LS21 3AB", "", "an address in Otley", id="postcode"
        ),
        pytest.param(Category.ADDRESS, "4 Tern Court", "", "an address", id="no town"),
        pytest.param(Category.DATE_OF_BIRTH, "born 3 Feb 2019", "", "a date in 2019", id="a year"),
        pytest.param(Category.DATE_OF_BIRTH, "03.02.88", "", "a date", id="no whole year"),
        pytest.param(Category.PHONE, "07700 900123", "", "a phone number", id="a phone number"),
    ],
)
def test_what_is_offered_first(category: Category, words: str, sex: str, first: str) -> None:
    assert neutral_words(category, words, sex=sex)[0] == first


@pytest.mark.parametrize(
    ("sex", "their"), [("Male", "his"), ("female", "her"), ("", "their"), ("Not specified", "their")]
)
def test_whose_partner_it_is_follows_the_person_s_sex(sex: str, their: str) -> None:
    assert f"{their} ex-partner" in neutral_words(Category.OTHER_PERSON, "Kerry", sex=sex)


@pytest.mark.parametrize("category", Category)
def test_neutral_words_are_short_few_and_nothing_to_find(category: Category) -> None:
    for sex in ("Male", "Female", ""):
        offered = neutral_words(category, "12 Mill Lane, Otley", sex=sex)
        assert 1 <= len(offered) <= 5
        for words in offered:
            assert len(words) <= 30
            found = scan(f"He told them about {words} last week.", KnownWords.of())
            assert [one.words for one in found] == [], words
