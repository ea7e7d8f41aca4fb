"""Dates that move with the clock, and how a synthetic person's answers are written out as JSON values.

An assessment written down as a fixed date would leave OASys's 55-week window one day, and every person of the
stub would silently become "no assessment". So people are described with ``Day`` and ``Moment``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Day:
    """A date, so many days from today: negative is past."""

    days: int

    def written(self, now: datetime) -> str:
        """As on the wire: 2026-03-02."""
        return (now.astimezone(LONDON).date() + timedelta(days=self.days)).isoformat()


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, so many days from today."""

    days: int
    at: str = "16:57:25"

    def written(self, now: datetime) -> str:
        """As on OASys's wire, without a zone: 2026-03-02T16:57:25."""
        return f"{Day(self.days).written(now)}T{self.at}"


def written_out(value: Any, now: datetime, *, with_nulls: bool) -> Any:
    """``value`` with its dates as text. nDelius leaves nulls out of objects, OASys writes them."""
    if isinstance(value, Day | Moment):
        return value.written(now)
    if isinstance(value, dict):
        return {
            key: written_out(item, now, with_nulls=with_nulls)
            for key, item in value.items()
            if with_nulls or item is not None
        }
    if isinstance(value, list | tuple):
        return [written_out(item, now, with_nulls=with_nulls) for item in value]
    return value
