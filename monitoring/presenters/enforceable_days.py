"""A referral's enforceable days in words: how many are used, and whether more would be too many. Never blocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from govuk.template_filters import plural
from monitoring.models import Appointment, Purpose, ReceivedReferral
from monitoring.rules.enforceable_days import DaysUsed, days_used


def in_words(days: DaysUsed) -> str:
    """How many, of how many: "3 used and 2 arranged, of a maximum of 12"."""
    arranged = f" and {len(days.arranged)} arranged" if days.arranged else ""
    return f"{len(days.used)} used{arranged}, of a maximum of {days.most}"


def warning(days: DaysUsed) -> str:
    """That there are too many; nothing when there are not."""
    if not days.is_over:
        return ""
    allowed = plural(days.most, "enforceable day")
    return f"Delivery sessions are on {plural(days.in_all, 'day')}, but the referral allows {allowed}."


def warning_with(
    received: ReceivedReferral, more: Iterable[date], *, instead_of: Appointment | None = None
) -> str:
    """What to say before sessions are arranged on more days. One read."""
    rows = received.appointments.filter(purpose=Purpose.SESSION).select_related("feedback")
    there = [one for one in rows if instead_of is None or one.pk != instead_of.pk]
    days = days_used(there, most=received.enforceable_days).with_days(more)
    if not days.is_over:
        return ""
    allowed = plural(days.most, "enforceable day")
    return (
        f"With this, delivery sessions will be on {plural(days.in_all, 'day')}, but the referral allows {allowed}. "
        "Agree this with the probation practitioner first."
    )
