"""What is done about notifications without anybody asking. Tasks may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications.digest import prepare_digests
from notifications.models import Notification


@shared_task
def tell_of_the_day() -> int:
    """Have the daily emails sent; returns to how many people. Runs every morning."""
    return prepare_digests(timezone.localdate())


@shared_task
def forget_old_notifications() -> int:
    """Delete notifications of 90 days ago and before; returns how many."""
    return Notification.objects.all().old(timezone.now()).delete()[0]
