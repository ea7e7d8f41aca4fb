"""Feedback of an appointment that a practitioner has looked at, so that their desk no longer points to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class SeenFeedback(models.Model):
    """That ``user`` looked at what was recorded of an appointment, when first. Each practitioner has their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # No foreign key: a supplier adds feedback, and SQLite would look here for rows that wait for it.
    feedback = models.UUIDField(help_text="Id of the feedback.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "seen feedback"
        constraints = [
            models.UniqueConstraint(fields=["feedback", "user"], name="referrals_seen_once_by_each")
        ]

    def __str__(self) -> str:
        return f"Seen {self.seen_at:%d %B %Y %H:%M}"
