"""Values as they stand in a CSV file. Knows nothing of what a file is about."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import get_default_timezone


def written(value: str | int | date | datetime | None) -> str:
    """A value as it stands in the file: UK times as ISO 8601, nothing for nothing, and no text that a program runs.

    A spreadsheet takes a cell that begins with = + - @ (or a tab or line break) for a formula.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(get_default_timezone()).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text
