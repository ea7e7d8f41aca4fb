"""Whom a service is for: ages and sexes, in words and as reasons against."""

from __future__ import annotations

from datetime import date

import pytest

from interventions.eligibility import Eligibility, age_on

ANYBODY = Eligibility(18, None, women=True, men=True)
WOMEN = Eligibility(18, None, women=True, men=False)
MEN = Eligibility(18, None, women=False, men=True)
YOUNG = Eligibility(18, 25, women=True, men=True)
DAY = date(2026, 7, 1)
THIRTY = date(1996, 1, 1)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        pytest.param(date(2008, 7, 1), date(2026, 7, 1), 18, id="birthday"),
        pytest.param(date(2008, 7, 2), date(2026, 7, 1), 17, id="day before the birthday"),
        pytest.param(date(2008, 6, 30), date(2026, 7, 1), 18, id="day after the birthday"),
        pytest.param(date(2008, 2, 29), date(2026, 2, 28), 17, id="born 29 February, on 28 February"),
        pytest.param(date(2008, 2, 29), date(2026, 3, 1), 18, id="born 29 February, on 1 March"),
        pytest.param(date(2008, 2, 29), date(2028, 2, 29), 20, id="born 29 February, in a leap year"),
    ],
)
def test_age_in_whole_years(born: date, day: date, age: int) -> None:
    assert age_on(day, born) == age


@pytest.mark.parametrize(
    ("eligibility", "ages", "sexes"),
    [
        pytest.param(ANYBODY, "18 and over", "Women and men", id="anybody of 18 and over"),
        pytest.param(WOMEN, "18 and over", "Women only", id="women"),
        pytest.param(MEN, "18 and over", "Men only", id="men"),
        pytest.param(YOUNG, "18 to 25", "Women and men", id="18 to 25"),
    ],
)
def test_in_words(eligibility: Eligibility, ages: str, sexes: str) -> None:
    assert (eligibility.ages, eligibility.sexes) == (ages, sexes)


@pytest.mark.parametrize(
    ("eligibility", "sex", "born", "reasons"),
    [
        pytest.param(ANYBODY, "Male", THIRTY, [], id="fits"),
        pytest.param(ANYBODY, None, THIRTY, [], id="sex not recorded, service for both"),
        pytest.param(WOMEN, "Female", THIRTY, [], id="a woman for women"),
        pytest.param(WOMEN, " female ", THIRTY, [], id="nDelius's word in another case"),
        pytest.param(
            WOMEN,
            "Male",
            THIRTY,
            ["This service is for women only, and nDelius says the person is male"],
            id="a man for women",
        ),
        pytest.param(
            MEN,
            "Female",
            THIRTY,
            ["This service is for men only, and nDelius says the person is female"],
            id="a woman for men",
        ),
        pytest.param(
            MEN,
            None,
            THIRTY,
            ["This service is for men only, and nDelius does not say whether the person is male or female"],
            id="sex not recorded, service for men",
        ),
        pytest.param(
            WOMEN,
            "Not Known / Not Recorded",
            THIRTY,
            ["This service is for women only, and nDelius does not say whether the person is male or female"],
            id="sex unknown, service for women",
        ),
        pytest.param(YOUNG, "Male", date(2008, 7, 1), [], id="18 today"),
        pytest.param(YOUNG, "Male", date(2000, 7, 2), [], id="26 tomorrow"),
        pytest.param(
            YOUNG,
            "Male",
            date(2000, 7, 1),
            ["This service is for people aged 18 to 25, and the person is 26"],
            id="26 today",
        ),
        pytest.param(
            YOUNG,
            "Male",
            date(2008, 7, 2),
            ["This service is for people aged 18 to 25, and the person is 17"],
            id="17 until tomorrow",
        ),
        pytest.param(
            ANYBODY,
            "Male",
            None,
            ["This service is for people aged 18 and over, and nDelius has no date of birth for the person"],
            id="date of birth not recorded",
        ),
    ],
)
def test_reasons_against(
    eligibility: Eligibility, sex: str | None, born: date | None, reasons: list[str]
) -> None:
    found = eligibility.reasons_against(sex=sex, date_of_birth=born, on=DAY)

    assert [reason.sentence for reason in found] == reasons
