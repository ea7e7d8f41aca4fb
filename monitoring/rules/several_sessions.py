"""Several delivery sessions arranged at once: on which days, and what is to be said about each.

Pure. What makes an appointment impossible is in ``monitoring.rules.appointments``; here is what is only pointed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from govuk.template_filters import date as in_words
from monitoring.rules.appointments import LONDON, Arrangement, Clock, clock_at, moment_at, overlaps
from monitoring.rules.working_days import bank_holidays

#: A session every week for as far ahead as appointments can be arranged.
MOST_AT_ONCE = 26
A_WEEK = timedelta(weeks=1)
IN_THE_PAST = "This is in the past. Arrange it on its own, so that you can record what happened"
OVERLAPS = "This is at the same time as another of these sessions. Choose a different date or time"
SKIPPED = "This time does not exist on that day, because the clocks go forward"
TWICE = "The clocks go back that night, so this time happens twice. The appointment is at the first one"


def days_from(first: date, *, weeks: int, count: int) -> list[date]:
    """The first day, and the same weekday every ``weeks`` weeks after it."""
    return [first + number * weeks * A_WEEK for number in range(count)]


def next_day_like(last: date, *, today: date) -> date:
    """The first same weekday that is after ``last`` and after today."""
    weeks = max(0, (today - last).days // 7)
    return last + (weeks + 1) * A_WEEK


def on_day(first: Arrangement, day: date) -> Arrangement | None:
    """The same time of the clock, length and place on another day; None where the clocks skip that time."""
    at = first.starts_at.astimezone(LONDON).time()
    if clock_at(day, at) is Clock.SKIPPED:
        return None
    return replace(first, starts_at=moment_at(day, at))


def pointed_out(arrangement: Arrangement, *, completion_date: date) -> list[str]:
    """What somebody should know about a date before they arrange it. Nothing of it forbids anything."""
    local = arrangement.starts_at.astimezone(LONDON)
    day = local.date()
    said = []
    if day in bank_holidays():
        said.append("This is a bank holiday")
    if day.weekday() >= 5:
        said.append("This is at the weekend")
    if day > completion_date:
        said.append(f"This is after the completion date, {in_words(completion_date)}")
    if clock_at(day, local.time()) is Clock.TWICE:
        said.append(TWICE)
    return said


def is_past(arrangement: Arrangement, *, now: datetime) -> bool:
    """Whether it has begun: then it is recorded together with what happened, one at a time."""
    return arrangement.starts_at <= now


def overlapping(arrangements: Sequence[Arrangement]) -> set[int]:
    """The places of those that share a minute with one before them, groups as well: the person can be at one only."""
    return {
        place
        for place, one in enumerate(arrangements)
        if any(
            overlaps(one.starts_at, one.minutes, before.starts_at, before.minutes)
            for before in arrangements[:place]
        )
    }
