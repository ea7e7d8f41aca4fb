"""A caseworker's private calendar address: whose it is, and until when it is good. The address itself is not stored."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from accounts.models import Audience, User
from monitoring.models.scoping import ScopedManager

GOOD_FOR = timedelta(days=365)


class CalendarFeedManager(ScopedManager["CalendarFeed"]):
    """Where reads of them begin."""

    def of(self, user: User) -> models.QuerySet[CalendarFeed]:
        """The one that ``user`` has now, if any."""
        return self.unscoped().filter(user=user, ended_at=None)

    def open_by(self, secret: str, *, now: datetime) -> models.QuerySet[CalendarFeed]:
        """The one with this secret, while it is good and its owner's account is open."""
        return self.unscoped().filter(
            secret_hash__in=[hash_of(secret), *_hashes_from_before(secret)],
            ended_at=None,
            made_at__gt=now - GOOD_FOR,
            user__is_active=True,
            user__audience=Audience.SUPPLIER,
        )


class CalendarFeed(models.Model):
    """One address. Current while ``ended_at`` is empty; at most one current for each person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret.")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    read_on = models.DateField(null=True, blank=True, help_text="The last day on which a program read it.")

    objects = CalendarFeedManager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="monitoring_one_calendar_feed"
            )
        ]

    def __str__(self) -> str:
        return f"Calendar feed of {self.made_at:%d %B %Y}"

    @property
    def ends_at(self) -> datetime:
        """When it stops being good by itself."""
        return self.made_at + GOOD_FOR


def hash_of(secret: str) -> str:
    """What is stored of a secret. Not keyed: 32 random bytes cannot be guessed, and a key would have to be changed."""
    return hashlib.sha256(f"monitoring.calendar_feed:{secret}".encode()).hexdigest()


def _hashes_from_before(secret: str) -> list[str]:
    """As they were stored until version 1.0, keyed by SECRET_KEY. None is good longer than ``GOOD_FOR``."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    salted = (salted_hmac("monitoring.calendar_feed", secret, secret=key, algorithm="sha256") for key in keys)
    return [digest.hexdigest() for digest in salted]
