"""By when something is due, in words; what is overdue is said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from govuk import template_filters as written


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in words; no words when there is none."""

    words: str
    is_overdue: bool = False


def paused_in_words(since: date | None) -> str:
    """ "Paused since 3 June 2026" while the clocks of a case stand still; nothing otherwise."""
    return f"Paused since {written.date(since)}" if since else ""


def due_in_words(due_on: date | None, *, today: date) -> Due:
    """ "Today", "3 June 2026, in 2 days", "by 1 day: it was due on 31 May 2026" (overdue)."""
    if due_on is None:
        return Due("")
    days = (due_on - today).days
    if days < 0:
        return Due(
            f"by {written.plural(-days, 'day')}: it was due on {written.date(due_on)}",
            is_overdue=True,
        )
    if days == 0:
        return Due(f"Today, {written.date(due_on)}")
    return Due(f"{written.date(due_on)}, in {written.plural(days, 'day')}")
