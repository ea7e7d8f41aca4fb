"""Paused time limits in words, for either side."""

from __future__ import annotations

from govuk.template_filters import date
from monitoring.access.staff_names import People
from monitoring.models import ReceivedReferral


def pause_lines(received: ReceivedReferral) -> list[list[object]]:
    """A row a pause, the newest first: first day, last day, reason, and who set it when. Two reads."""
    rows = [*received.pauses.order_by("-starts_on")]
    people = People(row.set_by_id for row in rows)
    return [
        [
            date(row.starts_on),
            date(row.ends_on) or "Still paused",
            row.reason,
            {"text": people[row.set_by_id].name, "hint": date(row.set_at)},
        ]
        for row in rows
    ]
