"""A private calendar address: made, made anew and ended by its owner, and read by a calendar program."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from monitoring.models import CalendarFeed
from monitoring.models.calendar_feeds import hash_of

SECRET_BYTES = 32
TRIES = 10


def make_feed(*, by: User, at: datetime | None = None) -> str:
    """A new secret, which is shown once and not stored. The one before, if any, is good no longer.

    Pressed several times at once, each press makes one, one after the other: the last is good.
    """
    for _ in range(TRIES - 1):
        with suppress(IntegrityError):  # another press made one since this one looked
            return _make(by, at or timezone.now())
    return _make(by, at or timezone.now())


@transaction.atomic
def _make(by: User, now: datetime) -> str:
    _end(by, now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    CalendarFeed.objects.unscoped().create(user=by, secret_hash=hash_of(secret), made_at=now)
    audit.record(AuditAction.CALENDAR_FEED_MADE, by=by)
    return secret


@transaction.atomic
def end_feed(*, by: User, at: datetime | None = None) -> bool:
    """Whether there was one to end."""
    was_there = _end(by, at or timezone.now())
    if was_there:
        audit.record(AuditAction.CALENDAR_FEED_ENDED, by=by)
    return was_there


def note_reading(feed: CalendarFeed, *, by: User, now: datetime) -> None:
    """Audit that a program read the calendar: once a day, because programs ask every few minutes."""
    today = timezone.localdate(now)
    others = CalendarFeed.objects.unscoped().filter(pk=feed.pk).exclude(read_on=today)
    if others.update(read_on=today):
        audit.record(AuditAction.CALENDAR_FEED_READ, by=by)


def _end(user: User, now: datetime) -> bool:
    return bool(CalendarFeed.objects.of(user).update(ended_at=now))
