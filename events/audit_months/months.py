"""Months as the audit trail has them: from the first of a month to the first of the next, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def month_of(at: datetime) -> date:
    """The first of the month in which this moment lies."""
    return at.astimezone(UTC).date().replace(day=1)


def following(month: date, *, by: int = 1) -> date:
    """The month after it, or as many months after as said."""
    years, index = divmod(month.month - 1 + by, 12)
    return date(month.year + years, index + 1, 1)


def start_of(month: date) -> datetime:
    """Its first moment."""
    return datetime(month.year, month.month, 1, tzinfo=UTC)
