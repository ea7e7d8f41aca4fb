"""Whom a service is for, in words and as a check. Pure: no database, no request.

The check only gives reasons to warn about (decision F5): a practitioner may refer all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

YOUNG_ADULTS_UP_TO = 25  # years; live service: a service is for young adults when it ends at exactly this age


def age_on(day: date, date_of_birth: date) -> int:
    """Age in whole years. Somebody born on 29 February is a year older from 1 March in other years."""
    had_birthday = (day.month, day.day) >= (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - (0 if had_birthday else 1)


def recorded_sex(sex: str | None) -> str:
    """nDelius's word as "female" or "male"; empty when it says neither."""
    word = (sex or "").strip().lower()
    return word if word in {"female", "male"} else ""


class Fit(IntEnum):
    """How a service fits one person, the best first."""

    MEETS_NEED = 1  # it fits, and works on a need that OASys identifies
    FITS = 2
    MAY_NOT_FIT = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a service may not fit a person. ``short``: for a list that says above what is known of the person."""

    short: str
    sentence: str


@dataclass(frozen=True)
class Eligibility:
    """The ages (in years, both included; no maximum when None) and the sexes that a service is for."""

    min_age: int
    max_age: int | None
    women: bool
    men: bool

    @property
    def ages(self) -> str:
        """The ages in words."""
        return f"{self.min_age} and over" if self.max_age is None else f"{self.min_age} to {self.max_age}"

    @property
    def sexes(self) -> str:
        """The sexes in words."""
        if self.women and self.men:
            return "Women and men"
        return "Women only" if self.women else "Men only"

    @property
    def people(self) -> str:
        """Sexes and ages on one line: "women aged 18 to 25"."""
        sexes = "women and men" if self.women and self.men else "women" if self.women else "men"
        return f"{sexes} aged {self.ages}"

    def reasons_against(self, *, sex: str | None, date_of_birth: date | None, on: date) -> list[Reason]:
        """Why a person does not fit on that day; empty when they fit.

        ``sex`` is nDelius's word ("Male", "Female" or another). What is not known is said, never guessed.
        """
        return [*self._sex_reasons(sex), *self._age_reasons(date_of_birth, on)]

    def _sex_reasons(self, sex: str | None) -> list[Reason]:
        if self.women and self.men:
            return []
        required, only = ("female", "women only") if self.women else ("male", "men only")
        recorded = recorded_sex(sex)
        if recorded == required:
            return []
        says = (
            f"says the person is {recorded}"
            if recorded
            else "does not say whether the person is male or female"
        )
        return [Reason(f"for {only}", f"This service is for {only}, and nDelius {says}")]

    def _age_reasons(self, date_of_birth: date | None, on: date) -> list[Reason]:
        age = None if date_of_birth is None else age_on(on, date_of_birth)
        if age is not None and self.min_age <= age and (self.max_age is None or age <= self.max_age):
            return []
        what = "nDelius has no date of birth for the person" if age is None else f"the person is {age}"
        return [Reason(f"for ages {self.ages}", f"This service is for people aged {self.ages}, and {what}")]
