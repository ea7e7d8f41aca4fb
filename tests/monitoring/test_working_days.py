"""Counting working days in England and Wales: Easter, Christmas, late hours, clock changes, pauses, new rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from monitoring import checks
from monitoring.actions.standing import refresh
from monitoring.models import ReceivedReferral, ServiceLevel, Timer
from monitoring.rules.working_days import add_working_days, bank_holidays, is_working_day
from tests.factories.monitoring import received

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param(date(2026, 3, 2), 0, date(2026, 3, 2), id="none: the day itself"),
        pytest.param(date(2026, 3, 7), 0, date(2026, 3, 7), id="none, on a Saturday: the day itself"),
        pytest.param(date(2026, 3, 2), 1, date(2026, 3, 3), id="the next day"),
        pytest.param(date(2026, 3, 2), 5, date(2026, 3, 9), id="over a weekend"),
        pytest.param(date(2026, 3, 2), 10, date(2026, 3, 16), id="two weeks"),
        pytest.param(date(2026, 3, 6), 1, date(2026, 3, 9), id="from a Friday"),
        pytest.param(date(2026, 3, 7), 1, date(2026, 3, 9), id="from a Saturday"),
        pytest.param(date(2026, 3, 8), 1, date(2026, 3, 9), id="from a Sunday"),
        pytest.param(date(2026, 4, 2), 1, date(2026, 4, 7), id="Easter: over Good Friday and Easter Monday"),
        pytest.param(date(2026, 4, 2), 5, date(2026, 4, 13), id="Easter: a week"),
        pytest.param(date(2026, 4, 3), 1, date(2026, 4, 7), id="from Good Friday itself"),
        pytest.param(date(2026, 5, 1), 1, date(2026, 5, 5), id="early May bank holiday"),
        pytest.param(date(2026, 8, 28), 1, date(2026, 9, 1), id="summer bank holiday of England and Wales"),
        pytest.param(date(2026, 7, 31), 1, date(2026, 8, 3), id="not Scotland's summer bank holiday"),
        pytest.param(date(2026, 7, 10), 1, date(2026, 7, 13), id="not Northern Ireland's twelfth of July"),
        pytest.param(
            date(2026, 12, 24), 1, date(2026, 12, 29), id="Boxing Day on a Saturday, its Monday off"
        ),
        pytest.param(
            date(2021, 12, 24), 1, date(2021, 12, 29), id="Christmas on a Saturday: Monday and Tuesday off"
        ),
        pytest.param(
            date(2022, 12, 23), 1, date(2022, 12, 28), id="Christmas on a Sunday: Monday and Tuesday off"
        ),
        pytest.param(date(2027, 12, 24), 1, date(2027, 12, 29), id="Christmas on a Saturday again"),
        pytest.param(date(2026, 12, 31), 1, date(2027, 1, 4), id="New Year on a Friday"),
        pytest.param(date(2022, 1, 2), 1, date(2022, 1, 4), id="New Year on a Saturday, its Monday off"),
        pytest.param(date(2024, 2, 28), 1, date(2024, 2, 29), id="leap day"),
        pytest.param(date(2026, 3, 27), 1, date(2026, 3, 30), id="clocks go forward on that Sunday"),
        pytest.param(date(2026, 10, 23), 1, date(2026, 10, 26), id="clocks go back on that Sunday"),
        pytest.param(date(2023, 5, 5), 1, date(2023, 5, 9), id="coronation"),
    ],
)
def test_working_days_are_counted(start: date, days: int, expected: date) -> None:
    assert add_working_days(start, days) == expected


MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        pytest.param([], date(2026, 3, 9), id="none"),
        pytest.param([(date(2026, 3, 4), date(2026, 3, 5))], date(2026, 3, 11), id="two days"),
        pytest.param([(date(2026, 3, 4), date(2026, 3, 4))], date(2026, 3, 10), id="one day"),
        pytest.param([(date(2026, 3, 7), date(2026, 3, 8))], date(2026, 3, 9), id="a weekend: nothing"),
        pytest.param(
            [(date(2026, 3, 3), date(2026, 3, 5)), (date(2026, 3, 4), date(2026, 3, 6))],
            date(2026, 3, 13),
            id="overlapping: counted once",
        ),
        pytest.param(
            [(date(2026, 3, 3), date(2026, 3, 6)), (date(2026, 3, 4), date(2026, 3, 5))],
            date(2026, 3, 13),
            id="one inside the other",
        ),
        pytest.param(
            [(date(2026, 3, 3), date(2026, 3, 3)), (date(2026, 3, 4), date(2026, 3, 4))],
            date(2026, 3, 11),
            id="one after the other",
        ),
        pytest.param(
            [(date(2026, 2, 1), date(2026, 3, 2))], date(2026, 3, 9), id="until the first day: nothing"
        ),
        pytest.param(
            [(date(2026, 3, 10), date(2026, 3, 20))], date(2026, 3, 9), id="after it was due: nothing"
        ),
        pytest.param([(date(2026, 3, 9), date(2026, 3, 9))], date(2026, 3, 10), id="on the day it was due"),
        pytest.param(
            [(date(2026, 3, 30), date(2026, 4, 10))], date(2026, 3, 9), id="later, over Easter: nothing"
        ),
    ],
)
def test_paused_days_do_not_count(pauses: list[tuple[date, date]], expected: date) -> None:
    assert add_working_days(MONDAY, 5, pauses=pauses) == expected


def test_counting_is_the_inverse_of_working() -> None:
    """From any day, every day counted is a working day, and none between two counted days is."""
    for offset in range(0, 800):
        day = date(2025, 11, 1) + timedelta(days=offset)
        following = add_working_days(day, 1)
        between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
        assert is_working_day(following)
        assert not any(is_working_day(one) for one in between)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "due"),
    [
        pytest.param(datetime(2026, 3, 2, 0, 0, tzinfo=LONDON), date(2026, 3, 16), id="first minute"),
        pytest.param(datetime(2026, 3, 2, 23, 59, 59, tzinfo=LONDON), date(2026, 3, 16), id="last minute"),
        pytest.param(
            datetime(2026, 6, 1, 23, 59, tzinfo=LONDON), date(2026, 6, 15), id="last minute in summer"
        ),
        pytest.param(datetime(2026, 6, 1, 22, 59, tzinfo=UTC), date(2026, 6, 15), id="the same, said in UTC"),
        pytest.param(
            datetime(2026, 6, 1, 23, 0, tzinfo=UTC),
            date(2026, 6, 16),
            id="midnight in summer is the next day",
        ),
        pytest.param(
            datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 4, 14), id="before clocks go forward"
        ),
        pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 4, 14), id="as clocks go forward"),
        pytest.param(
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 6), id="the hour that comes twice"
        ),
        pytest.param(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 11, 6), id="and comes again"),
        pytest.param(
            datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 11, 6), id="past midnight in summer still"
        ),
    ],
)
def test_a_case_is_due_by_the_day_in_the_uk_it_was_received(moment: datetime, due: date) -> None:
    assert received(at=moment).due_on == due


# --- Rules that change ----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param(date(2026, 3, 30), date(2026, 4, 15), id="the day before: the old rule"),
        pytest.param(date(2026, 3, 31), date(2026, 4, 9), id="from that day on: the new rule"),
        pytest.param(date(2026, 6, 30), date(2026, 7, 7), id="long after"),
        pytest.param(date(2026, 7, 1), date(2026, 7, 22), id="the rule after that"),
    ],
)
def test_a_new_rule_holds_for_referrals_received_from_its_day_on(day: date, due: date) -> None:
    _rule(5, date(2026, 3, 31))
    _rule(15, date(2026, 7, 1))

    case = received(at=datetime(day.year, day.month, day.day, 12, tzinfo=LONDON))

    assert case.due_on == due


@pytest.mark.django_db
def test_a_new_rule_moves_no_case_that_is_there() -> None:
    case = received(at=timezone.now())
    due = case.due_on

    _rule(1, timezone.localdate() + timedelta(days=1))
    fresh = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    refresh(fresh)

    assert fresh.due_on == due


@pytest.mark.django_db
def test_a_rule_of_one_timer_says_nothing_about_the_others() -> None:
    before = received(at=datetime(2026, 3, 2, 12, tzinfo=LONDON)).due_on
    ServiceLevel.objects.unscoped().create(
        timer=Timer.ACTION_PLAN, working_days=1, valid_from=date(2020, 1, 1)
    )

    assert received(at=datetime(2026, 3, 2, 12, tzinfo=LONDON)).due_on == before


def _rule(days: int, day: date) -> None:
    ServiceLevel.objects.unscoped().create(timer=Timer.ASSESSMENT, working_days=days, valid_from=day)


# --- How far the calendar reaches -----------------------------------------------------------------


def test_the_calendar_reaches_a_year_ahead() -> None:
    """When this fails, update govuk-bank-holidays: deadlines would soon come a day early."""
    assert max(bank_holidays()) >= timezone.localdate() + timedelta(days=365)
    assert "monitoring.W001" not in {message.id for message in run_checks()}


def test_start_up_warns_when_the_calendar_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    end = max(bank_holidays())
    monkeypatch.setattr("monitoring.checks.timezone.localdate", lambda: end - timedelta(days=300))

    assert [message.id for message in checks.bank_holidays_are_known()] == ["monitoring.W001"]
