"""What an appointment may be: its day, its time, its length, its place, and what it may not overlap.

Pure: takes values, gives values or the sentence that says what is wrong. The form shows the sentence at its field, and
the action refuses with it, so a rule is written once. Sources: live service (V9 to V19), with its gaps closed (Q13 to
Q15). Must not know a form, a page or a table.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from govuk.template_filters import date as in_words
from govuk.text import one_line
from monitoring.models import AskedBy, Method, Purpose

LONDON = ZoneInfo("Europe/London")
MONTHS_AHEAD = 6
SHORTEST = 1  # minutes
#: The live service knows no longest; more than a day is a slip, and knowing one bounds the look for overlaps.
LONGEST = 24 * 60  # minutes
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


# --- Day ------------------------------------------------------------------------------------------


def earliest_day(sent_at: datetime) -> date:
    """The day on which the referral was sent, in UK time; that day itself is allowed."""
    return sent_at.astimezone(LONDON).date()


def latest_day(today: date) -> date:
    """Six months from today, that day included; where the month is shorter, its last day (31 August: 28 February)."""
    months = today.month - 1 + MONTHS_AHEAD
    year, month = today.year + months // 12, months % 12 + 1
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def wrong_day(day: date, *, sent_at: datetime, today: date) -> str:
    """What is wrong with the day, or nothing."""
    earliest, latest = earliest_day(sent_at), latest_day(today)
    if day < earliest:
        return f"Date must be on or after {in_words(earliest)}, when the referral was sent"
    if day > latest:
        return f"Date must be on or before {in_words(latest)}, six months from today"
    return ""


# --- Time -----------------------------------------------------------------------------------------


class Half(Enum):
    """Before or after midday."""

    AM = "am"
    PM = "pm"


class Clock(Enum):
    """What the clocks do at that moment."""

    PLAIN = "the time is there once"
    SKIPPED = "the clocks go forward: the time is not there"
    TWICE = "the clocks go back: the time is there twice"


def on_24_hours(hour: int, minute: int, half: Half) -> time:
    """A time of the 12-hour clock: 12am is midnight, 12pm is midday (Q13). ``hour`` 1 to 12, ``minute`` 0 to 59."""
    if not (1 <= hour <= 12 and 0 <= minute <= 59):
        raise ValueError("not a time of the 12-hour clock")
    return time(hour % 12 + (12 if half is Half.PM else 0), minute)


def on_12_hours(moment: time) -> tuple[int, int, Half]:
    """The same time as people write it."""
    return moment.hour % 12 or 12, moment.minute, Half.PM if moment.hour >= 12 else Half.AM


def clock_at(day: date, moment: time) -> Clock:
    """Whether that time is there in the UK on that day: once, not at all (spring), or twice (autumn)."""
    first = datetime.combine(day, moment, tzinfo=LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return Clock.PLAIN
    returns = first.astimezone(UTC).astimezone(LONDON)
    return Clock.TWICE if returns.replace(tzinfo=None) == first.replace(tzinfo=None) else Clock.SKIPPED


def moment_at(day: date, moment: time) -> datetime:
    """That time on that day in the UK; the earlier one of two. Raises ValueError for one that the clocks skip."""
    if clock_at(day, moment) is Clock.SKIPPED:
        raise ValueError("the clocks skip this time")
    return datetime.combine(day, moment, tzinfo=LONDON).astimezone(UTC)


# --- Length ---------------------------------------------------------------------------------------


def total_minutes(hours: int | None, minutes: int | None) -> int | None:
    """How long, or None when neither was given."""
    return None if hours is None and minutes is None else (hours or 0) * 60 + (minutes or 0)


def wrong_length(minutes: int | None) -> str:
    """What is wrong with the length, or nothing (Q15: nothing lasts no time)."""
    if minutes is None:
        return "Enter how long the appointment lasts"
    if minutes < SHORTEST:
        return "The appointment must last at least 1 minute"
    if minutes > LONGEST:
        return "The appointment must last 24 hours or less"
    return ""


# --- Place ----------------------------------------------------------------------------------------


def normalised_postcode(typed: str) -> str:
    """A postcode in capitals with its space, or nothing when it is not one."""
    together = "".join(one_line(typed).split()).upper()
    return f"{together[:-3]} {together[-3:]}" if POSTCODE.fullmatch(together) else ""


# --- The whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrangement:
    """When, how long, how and where people meet. ``office_id`` is ours, not the register's."""

    starts_at: datetime
    minutes: int
    method: Method
    is_group: bool = False
    office_id: int | None = None
    address_line_1: str = ""
    address_line_2: str = ""
    address_town: str = ""
    address_county: str = ""
    address_postcode: str = ""

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Change:
    """Who asked for an appointment to be moved, and why (Q16: who, not what they are called)."""

    asked_by: AskedBy
    reason: str


def wrong_with(
    arrangement: Arrangement,
    *,
    purpose: Purpose,
    sent_at: datetime,
    today: date,
    offices: Iterable[int],
) -> str:
    """The first thing wrong with an arrangement, or nothing. ``offices``: the ids that may be booked."""
    problems = (
        wrong_day(arrangement.starts_at.astimezone(LONDON).date(), sent_at=sent_at, today=today),
        wrong_length(arrangement.minutes),
        _wrong_place(arrangement, frozenset(offices)),
        "A supplier assessment is held one to one"
        if arrangement.is_group and purpose is Purpose.ASSESSMENT
        else "",
    )
    return next((problem for problem in problems if problem), "")


def _wrong_place(arrangement: Arrangement, offices: frozenset[int]) -> str:
    address = arrangement.address_line_1, arrangement.address_postcode
    rest = arrangement.address_line_2, arrangement.address_town, arrangement.address_county
    if arrangement.method is Method.OFFICE:
        if arrangement.office_id not in offices:
            return "Select an office in the contract’s region"
    elif arrangement.office_id is not None:
        return "Only select a probation office if you are meeting at one"
    if arrangement.method is Method.ELSEWHERE:
        if not arrangement.address_line_1:
            return "Enter the first line of the address"
        if normalised_postcode(arrangement.address_postcode) != arrangement.address_postcode:
            return "Enter a full UK postcode"
        return "" if arrangement.address_postcode else "Enter a full UK postcode"
    return "Only enter an address if you are meeting somewhere else" if any(address + rest) else ""


# --- Overlaps -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """A time that an appointment takes up."""

    starts_at: datetime
    minutes: int
    is_group: bool
    is_of_this_case: bool


class Clash(Enum):
    """Whose time is taken already, in words that say nothing about another case."""

    PERSON = "The person has another appointment at this time. Choose a different date or time"
    CASEWORKER = "The caseworker has another appointment at this time. Choose a different date or time"


def overlaps(one_start: datetime, one_minutes: int, other_start: datetime, other_minutes: int) -> bool:
    """Whether two appointments share a minute; one that begins when the other ends does not."""
    one_end = one_start + timedelta(minutes=one_minutes)
    other_end = other_start + timedelta(minutes=other_minutes)
    return one_start < other_end and other_start < one_end


def clash(arrangement: Arrangement, taken: Iterable[Taken]) -> Clash | None:
    """Whose time is taken, the person's first. A caseworker may hold one group for people of several cases at once."""
    found: Clash | None = None
    for other in taken:
        if not overlaps(arrangement.starts_at, arrangement.minutes, other.starts_at, other.minutes):
            continue
        if other.is_of_this_case:
            return Clash.PERSON
        if not (arrangement.is_group and other.is_group):
            found = Clash.CASEWORKER
    return found
