"""Whom a service is for, in words and as a check. Pure: no database, no request.

The check only gives reasons to warn about (decision F5): a practitioner may refer all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

YOUNG_ADULTS_UP_TO = 25  # years; live service: a service is for young adults when it ends at exactly this age


def age_on(day: date, date_of_birth: date) -> int:
    """Age in whole years. Somebody born on 29 February is a year older from 1 March in other years."""
    had_birthday = (day.month, day.day) >= (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - (0 if had_birthday else 1)


def recorded_sex(sex: str | None) -> str:
    """nDelius's word as "female" or "male"; empty when it says neither."""
    word = (sex or "").strip().lower()
    return word if word in {"female", "male"} else ""


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

    def reasons_against(self, *, sex: str | None, date_of_birth: date | None, on: date) -> list[str]:
        """Why a person does not fit on that day, one sentence each; empty when they fit.

        ``sex`` is nDelius's word ("Male", "Female" or another). What is not known is said, never guessed.
        """
        return [*self._sex_reasons(sex), *self._age_reasons(date_of_birth, on)]

    def _sex_reasons(self, sex: str | None) -> list[str]:
        if self.women and self.men:
            return []
        wanted, only = ("female", "women only") if self.women else ("male", "men only")
        recorded = recorded_sex(sex)
        if not recorded:
            return [
                f"This service is for {only}, and nDelius does not say whether the person is male or female"
            ]
        return (
            []
            if recorded == wanted
            else [f"This service is for {only}, and nDelius says the person is {recorded}"]
        )

    def _age_reasons(self, date_of_birth: date | None, on: date) -> list[str]:
        if date_of_birth is None:
            return [
                f"This service is for people aged {self.ages}, and nDelius has no date of birth for the person"
            ]
        age = age_on(on, date_of_birth)
        if age < self.min_age or (self.max_age is not None and age > self.max_age):
            return [f"This service is for people aged {self.ages}, and the person is {age}"]
        return []
