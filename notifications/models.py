"""What each user was told about, and which of it they want by email.

Holds the sentence of ours and the link that the email has, and never a word of a case. Whether somebody may still see
one is asked when it is read: ``notifications.reading``. One of a case that is theirs no more waits, seen by nobody, for
access may come back (decision 27).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

KEPT_FOR = timedelta(days=90)


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Reads of notifications."""

    def unread(self) -> Self:
        """Those that were not opened yet, nor marked as read."""
        return self.filter(read_at=None)

    def waiting_for_digest(self) -> Self:
        """Those that go into the next daily email, because they were not read before it."""
        return self.unread().filter(in_digest=True, digested_at=None)

    def old(self, now: datetime) -> Self:
        """Those that are kept no longer."""
        return self.filter(at__lt=now - KEPT_FOR)


class Notification(models.Model):
    """That somebody was told of something, once for each thing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entry = models.UUIDField(help_text="The outbox entry.")
    kind = models.CharField(max_length=60, help_text="Of the outbox entry.")
    referral = models.UUIDField(help_text="Of the outbox entry: whoever may open that may see this.")
    subject = models.CharField(max_length=200)
    sentence = models.TextField()
    path = models.CharField(max_length=300, help_text="Address of the page, within this service.")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    in_digest = models.BooleanField(default=False, help_text="Told in the daily email.")
    digested_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="notifications_once")]
        indexes = [
            models.Index(fields=["user", "-at"], name="notifications_newest"),
            models.Index(
                fields=["user", "referral"],
                condition=models.Q(read_at=None),
                name="notifications_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}, {self.at:%d %B %Y %H:%M}"


class EmailChoice(models.Model):
    """Which emails somebody wants, and whether once a day instead. Without a row: all, at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    switched_off = models.JSONField(default=list, blank=True, help_text="Names of types of notification.")
    daily = models.BooleanField(default=False, help_text="One email a day instead of one for each.")

    def __str__(self) -> str:
        return "Once a day" if self.daily else "At once"
