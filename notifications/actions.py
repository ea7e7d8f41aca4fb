"""What people do with their notifications: read them, and choose which emails they want. Each may be done twice."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from notifications.keeping import Choice
from notifications.models import EmailChoice, NotificationQuerySet
from notifications.unread import forget


def mark_read(*, by: User, notifications: NotificationQuerySet) -> int:
    """Mark those of them that are this user's as read; how many were not."""
    marked = notifications.filter(user=by).unread().update(read_at=timezone.now())
    if marked:
        forget(by)
    return marked


@transaction.atomic
def choose_emails(*, by: User, choice: Choice) -> None:
    """Keep what this user chose. What waits for the daily email is still told in it."""
    row = {"switched_off": sorted(choice.switched_off), "daily": choice.daily}
    EmailChoice.objects.update_or_create(user=by, defaults=row)
    audit.record(AuditAction.EMAILS_CHOSEN, by=by, daily=choice.daily, switched_off=len(choice.switched_off))
