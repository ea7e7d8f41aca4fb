"""Working days in England and Wales: Monday to Friday without bank holidays, in UK time.

Bank holidays come with the library, so nothing is asked of the network; it knows them some years ahead, and a system
check (``monitoring.checks``) says when that ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

A_DAY = timedelta(days=1)
Span = tuple[date, date]


@cache
def bank_holidays() -> frozenset[date]:
    """Every bank holiday known for England and Wales."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in known)


def is_working_day(day: date) -> bool:
    """Whether people work on that day."""
    return day.weekday() < 5 and day not in bank_holidays()


def add_working_days(start: date, days: int, *, pauses: Iterable[Span] = ()) -> date:
    """The day that is ``days`` working days after ``start`` (0: that day itself, working day or not).

    Days inside a pause (first day, last day) do not count; pauses may overlap. The first day counted is the one after
    ``start``, whatever the hour on that day (live service: "within 10 working days of receiving the referral").
    """
    spans = list(pauses)
    day, left = start, days
    while left > 0:
        day += A_DAY
        if is_working_day(day) and not any(first <= day <= last for first, last in spans):
            left -= 1
    return day


def is_last_day_in_sight(day: date) -> bool:
    """True when the bank holidays that the library knows end within a year of ``day``: time to update it."""
    return max(bank_holidays()) < day + timedelta(days=365)
