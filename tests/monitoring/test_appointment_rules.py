"""The rules of an appointment, as tables. Days and times are UK ones; moments are written in UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitoring.models import Method, Purpose
from monitoring.rules.appointments import (
    LONGEST,
    Arrangement,
    Clash,
    Clock,
    Half,
    Taken,
    clash,
    clock_at,
    earliest_day,
    latest_day,
    moment_at,
    normalised_postcode,
    on_12_hours,
    on_24_hours,
    overlaps,
    total_minutes,
    wrong_day,
    wrong_length,
    wrong_with,
)

TODAY = date(2026, 11, 21)
SENT_AT = datetime(2026, 10, 1, 9, tzinfo=UTC)


# --- Day (V10, Q14) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent_at", "day"),
    [
        pytest.param(
            datetime(2026, 1, 5, 23, 59, 59, tzinfo=UTC), date(2026, 1, 5), id="winter, last second"
        ),
        pytest.param(
            datetime(2026, 7, 5, 22, 59, 59, tzinfo=UTC), date(2026, 7, 5), id="summer, last second"
        ),
        pytest.param(
            datetime(2026, 7, 5, 23, 0, tzinfo=UTC), date(2026, 7, 6), id="summer, next day in the UK"
        ),
        pytest.param(
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC), date(2026, 3, 29), id="night the clocks go forward"
        ),
        pytest.param(
            datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25), id="night the clocks go back"
        ),
    ],
)
def test_the_earliest_day_is_the_day_of_sending_in_the_uk(sent_at: datetime, day: date) -> None:
    assert earliest_day(sent_at) == day


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        pytest.param(date(2026, 11, 21), date(2027, 5, 21), id="same day of the month"),
        pytest.param(date(2026, 6, 30), date(2026, 12, 30), id="last of the year"),
        pytest.param(date(2026, 8, 31), date(2027, 2, 28), id="shorter month"),
        pytest.param(date(2027, 8, 31), date(2028, 2, 29), id="shorter month, leap year"),
        pytest.param(date(2026, 10, 31), date(2027, 4, 30), id="30 days"),
        pytest.param(date(2028, 2, 29), date(2028, 8, 29), id="from a leap day"),
        pytest.param(date(2026, 12, 31), date(2027, 6, 30), id="over new year"),
    ],
)
def test_six_months_ahead(today: date, latest: date) -> None:
    assert latest_day(today) == latest


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        pytest.param(date(2026, 9, 30), "on or after 1 October 2026", id="the day before it was sent"),
        pytest.param(date(2026, 10, 1), "", id="the day it was sent"),
        pytest.param(TODAY, "", id="today"),
        pytest.param(date(2027, 5, 21), "", id="six months from today, inclusive"),
        pytest.param(date(2027, 5, 22), "on or before 21 May 2027", id="a day more"),
    ],
)
def test_days(day: date, problem: str) -> None:
    said = wrong_day(day, sent_at=SENT_AT, today=TODAY)

    assert (problem in said) if problem else said == ""


# --- Time (V11, Q13) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "half", "expected"),
    [
        pytest.param(12, 0, Half.AM, time(0, 0), id="12am is midnight"),
        pytest.param(12, 59, Half.AM, time(0, 59), id="12:59am"),
        pytest.param(1, 0, Half.AM, time(1, 0), id="1am"),
        pytest.param(11, 59, Half.AM, time(11, 59), id="11:59am"),
        pytest.param(12, 0, Half.PM, time(12, 0), id="12pm is midday"),
        pytest.param(12, 30, Half.PM, time(12, 30), id="12:30pm"),
        pytest.param(1, 5, Half.PM, time(13, 5), id="1:05pm"),
        pytest.param(11, 59, Half.PM, time(23, 59), id="last minute of the day"),
    ],
)
def test_twelve_hour_clock(hour: int, minute: int, half: Half, expected: time) -> None:
    assert on_24_hours(hour, minute, half) == expected
    assert on_12_hours(expected) == (hour, minute, half)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (13, 0), (-1, 0), (1, 60), (1, -1)])
def test_what_is_on_no_clock(hour: int, minute: int) -> None:
    with pytest.raises(ValueError, match="12-hour"):
        on_24_hours(hour, minute, Half.AM)


@pytest.mark.parametrize(
    ("day", "moment", "clock", "utc"),
    [
        pytest.param(date(2026, 1, 15), time(9), Clock.PLAIN, datetime(2026, 1, 15, 9), id="winter"),
        pytest.param(date(2026, 7, 15), time(9), Clock.PLAIN, datetime(2026, 7, 15, 8), id="summer"),
        pytest.param(
            date(2026, 3, 29), time(0, 59), Clock.PLAIN, datetime(2026, 3, 29, 0, 59), id="before spring gap"
        ),
        pytest.param(date(2026, 3, 29), time(1, 0), Clock.SKIPPED, None, id="spring gap begins"),
        pytest.param(date(2026, 3, 29), time(1, 59), Clock.SKIPPED, None, id="spring gap ends"),
        pytest.param(
            date(2026, 3, 29), time(2, 0), Clock.PLAIN, datetime(2026, 3, 29, 1), id="after spring gap"
        ),
        pytest.param(
            date(2026, 3, 28), time(1, 30), Clock.PLAIN, datetime(2026, 3, 28, 1, 30), id="day before spring"
        ),
        pytest.param(
            date(2026, 10, 25), time(0, 59), Clock.PLAIN, datetime(2026, 10, 24, 23, 59), id="before autumn"
        ),
        pytest.param(
            date(2026, 10, 25), time(1, 0), Clock.TWICE, datetime(2026, 10, 25, 0), id="autumn hour begins"
        ),
        pytest.param(
            date(2026, 10, 25), time(1, 59), Clock.TWICE, datetime(2026, 10, 25, 0, 59), id="and ends"
        ),
        pytest.param(
            date(2026, 10, 25), time(2, 0), Clock.PLAIN, datetime(2026, 10, 25, 2), id="after autumn hour"
        ),
        pytest.param(
            date(2026, 10, 25), time(23, 59), Clock.PLAIN, datetime(2026, 10, 25, 23, 59), id="last minute"
        ),
        pytest.param(date(2027, 3, 28), time(1, 30), Clock.SKIPPED, None, id="the year after, spring"),
        pytest.param(
            date(2027, 10, 31), time(1, 30), Clock.TWICE, datetime(2027, 10, 31, 0, 30), id="and autumn"
        ),
    ],
)
def test_both_ends_of_summer_time(day: date, moment: time, clock: Clock, utc: datetime | None) -> None:
    assert clock_at(day, moment) is clock
    if utc is None:
        with pytest.raises(ValueError, match="skip"):
            moment_at(day, moment)
    else:
        assert moment_at(day, moment) == utc.replace(tzinfo=UTC)
        assert moment_at(day, moment).astimezone(ZoneInfo("Europe/London")).time() == moment


# --- Length (V12, Q15) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "minutes", "total", "is_wrong"),
    [
        pytest.param(None, None, None, True, id="nothing"),
        pytest.param(0, 0, 0, True, id="nothing, in figures"),
        pytest.param(0, None, 0, True, id="no hours"),
        pytest.param(None, 1, 1, False, id="a minute"),
        pytest.param(1, None, 60, False, id="an hour"),
        pytest.param(1, 30, 90, False, id="both"),
        pytest.param(None, 90, 90, False, id="more minutes than an hour has"),
        pytest.param(24, 0, LONGEST, False, id="a day"),
        pytest.param(24, 1, LONGEST + 1, True, id="more than a day"),
    ],
)
def test_length(hours: int | None, minutes: int | None, total: int | None, is_wrong: bool) -> None:
    assert total_minutes(hours, minutes) == total
    assert bool(wrong_length(total)) == is_wrong


# --- Place (V14 to V16) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("SW1A 1AA", "SW1A 1AA", id="as it is"),
        pytest.param("sw1a1aa", "SW1A 1AA", id="small, together"),
        pytest.param("  m1   1ae ", "M1 1AE", id="spaces"),
        pytest.param("SW1A\u00a01AA\u200b", "SW1A 1AA", id="pasted from a letter"),
        pytest.param("CR2 6XH", "CR2 6XH", id="two letters, one digit"),
        pytest.param("DN55 1PT", "DN55 1PT", id="two digits"),
        pytest.param("W1P 1HQ", "W1P 1HQ", id="letter at the end of the first half"),
        pytest.param("", "", id="nothing"),
        pytest.param("SW1A", "", id="half of one"),
        pytest.param("1SW 1AA", "", id="digit first"),
        pytest.param("SW1A 1AAA", "", id="a letter more"),
        pytest.param("SW1A 1ÄA", "", id="no letter of ours"),
        pytest.param("SW1A-1AA", "", id="a hyphen"),
    ],
)
def test_postcodes(typed: str, kept: str) -> None:
    assert normalised_postcode(typed) == kept


BY_PHONE = Arrangement(starts_at=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=60, method=Method.PHONE)
ELSEWHERE = replace(
    BY_PHONE, method=Method.ELSEWHERE, address_line_1="1 Alder Row", address_postcode="SW1A 1AA"
)


@pytest.mark.parametrize(
    ("arrangement", "purpose", "problem"),
    [
        pytest.param(BY_PHONE, Purpose.ASSESSMENT, "", id="by phone"),
        pytest.param(replace(BY_PHONE, method=Method.VIDEO), Purpose.SESSION, "", id="by video"),
        pytest.param(
            replace(BY_PHONE, method=Method.OFFICE, office_id=7), Purpose.SESSION, "", id="at an office"
        ),
        pytest.param(
            replace(BY_PHONE, method=Method.OFFICE), Purpose.SESSION, "Select an office", id="no office"
        ),
        pytest.param(
            replace(BY_PHONE, method=Method.OFFICE, office_id=8),
            Purpose.SESSION,
            "Select an office",
            id="not theirs",
        ),
        pytest.param(
            replace(BY_PHONE, office_id=7),
            Purpose.SESSION,
            "Only select a probation office",
            id="office for a phone call",
        ),
        pytest.param(ELSEWHERE, Purpose.SESSION, "", id="elsewhere"),
        pytest.param(
            replace(ELSEWHERE, address_line_1=""), Purpose.SESSION, "first line", id="no first line"
        ),
        pytest.param(replace(ELSEWHERE, address_postcode=""), Purpose.SESSION, "postcode", id="no postcode"),
        pytest.param(
            replace(ELSEWHERE, address_postcode="sw1a1aa"), Purpose.SESSION, "postcode", id="not normalised"
        ),
        pytest.param(
            replace(BY_PHONE, address_town="Durham"), Purpose.SESSION, "Only enter an address", id="no place"
        ),
        pytest.param(replace(BY_PHONE, is_group=True), Purpose.SESSION, "", id="group session"),
        pytest.param(
            replace(BY_PHONE, is_group=True), Purpose.ASSESSMENT, "one to one", id="group assessment"
        ),
        pytest.param(replace(BY_PHONE, minutes=0), Purpose.SESSION, "at least 1 minute", id="no time"),
        pytest.param(
            replace(BY_PHONE, starts_at=datetime(2026, 9, 30, 22, 59, tzinfo=UTC)),
            Purpose.SESSION,
            "on or after",
            id="last minute of the day before it was sent, in summer",
        ),
        pytest.param(
            replace(BY_PHONE, starts_at=datetime(2026, 9, 30, 23, 0, tzinfo=UTC)),
            Purpose.SESSION,
            "",
            id="first minute of the day it was sent, in summer",
        ),
        pytest.param(
            replace(BY_PHONE, starts_at=datetime(2027, 5, 21, 22, 59, tzinfo=UTC)),
            Purpose.SESSION,
            "",
            id="last minute of the last day",
        ),
        pytest.param(
            replace(BY_PHONE, starts_at=datetime(2027, 5, 21, 23, 0, tzinfo=UTC)),
            Purpose.SESSION,
            "six months",
            id="a minute after the last day",
        ),
    ],
)
def test_an_arrangement_as_a_whole(arrangement: Arrangement, purpose: Purpose, problem: str) -> None:
    said = wrong_with(arrangement, purpose=purpose, sent_at=SENT_AT, today=TODAY, offices=[7])

    assert (problem in said) if problem else said == ""


# --- Overlaps (V19, M4a) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes_later", "length", "shares"),
    [
        pytest.param(0, 60, True, id="the same"),
        pytest.param(59, 60, True, id="begins in the last minute"),
        pytest.param(60, 60, False, id="begins when it ends"),
        pytest.param(-60, 60, False, id="ends when it begins"),
        pytest.param(-59, 60, True, id="ends in the first minute"),
        pytest.param(10, 5, True, id="inside"),
        pytest.param(-10, 200, True, id="around"),
        pytest.param(24 * 60, 60, False, id="a day later"),
    ],
)
def test_overlaps(minutes_later: int, length: int, shares: bool) -> None:
    start = BY_PHONE.starts_at
    other = start + timedelta(minutes=minutes_later)

    assert overlaps(start, 60, other, length) == shares
    assert overlaps(other, length, start, 60) == shares


@pytest.mark.parametrize(
    ("is_group", "taken", "expected"),
    [
        pytest.param(False, [], None, id="nothing"),
        pytest.param(False, [(0, False, True)], Clash.PERSON, id="the person"),
        pytest.param(False, [(0, False, False)], Clash.CASEWORKER, id="the caseworker"),
        pytest.param(
            False, [(0, False, False), (0, False, True)], Clash.PERSON, id="both: the person is said"
        ),
        pytest.param(True, [(0, True, False)], None, id="one group, people of several cases"),
        pytest.param(True, [(0, True, True)], Clash.PERSON, id="nobody sits in two groups"),
        pytest.param(True, [(0, False, False)], Clash.CASEWORKER, id="a group while meeting somebody else"),
        pytest.param(False, [(0, True, False)], Clash.CASEWORKER, id="somebody else's group"),
        pytest.param(False, [(60, False, True)], None, id="one after the other"),
    ],
)
def test_clashes(is_group: bool, taken: list[tuple[int, bool, bool]], expected: Clash | None) -> None:
    there = [
        Taken(BY_PHONE.starts_at + timedelta(minutes=later), 60, group, is_of_this_case=here)
        for later, group, here in taken
    ]

    assert clash(replace(BY_PHONE, is_group=is_group), there) is expected


@pytest.mark.parametrize("said", [one.value for one in Clash])
def test_a_clash_says_nothing_about_another_case(said: str) -> None:
    assert said.endswith("Choose a different date or time")
    assert "X98" not in said
