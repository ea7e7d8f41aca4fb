"""The months that figures are told for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

MONTHS = 12


def last_months(today: datetime.date) -> list[datetime.date]:
    """The first days of the last twelve months, this month's first."""
    this_month = today.year * 12 + today.month - 1
    months = (divmod(this_month - before, 12) for before in range(MONTHS))
    return [datetime.date(year, month + 1, 1) for year, month in months]


def starts_of(months: Iterable[datetime.date]) -> list[datetime.datetime]:
    """When each of these months begins in the UK."""
    return [timezone.make_aware(datetime.datetime.combine(day, datetime.time.min)) for day in months]
