"""Notifications in words."""

from __future__ import annotations

from govuk.template_filters import date_time
from notifications.models import Notification

COLUMNS = ("Notification", "Referral", "Received", "Status")


def row(notification: Notification, *, case: str) -> list[object]:
    """What was told, of which referral (its reference; empty where it has none), when, and whether it was read."""
    return [
        {
            "text": notification.subject,
            "href": notification.path,
            "hidden": f"({case})" if case else "",
            "hint": notification.sentence,
        },
        case,
        date_time(notification.at),
        {"text": "Read", "tone": "neutral"} if notification.read_at else {"text": "New", "tone": "new"},
    ]
