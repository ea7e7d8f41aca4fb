"""Background work of the outbox. Tasks carry ids, start after commit and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from events import outbox
from events.audit_months import partitions, sealing


@shared_task
def deliver(entry_id: str) -> None:
    """Deliver one entry."""
    outbox.deliver_entry(entry_id)


@shared_task
def sweep() -> int:
    """Deliver everything that is due; returns how many. Runs every 30 seconds, catches what a crash left."""
    return sum(outbox.deliver_entry(entry_id) for entry_id in outbox.due())


@shared_task
def keep_audit_months() -> int:
    """Make the months of the audit trail that are to come, and seal those that are over; returns how many of both."""
    return len(partitions.keep_ahead()) + len(sealing.seal_months(timezone.now()))
