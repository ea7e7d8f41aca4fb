"""Background work of the outbox. Tasks carry ids, start after commit and may run twice."""

from __future__ import annotations

from celery import shared_task

from events import outbox


@shared_task
def deliver(entry_id: str) -> None:
    """Deliver one entry."""
    outbox.deliver_entry(entry_id)


@shared_task
def sweep() -> int:
    """Deliver everything that is due; returns how many. Runs every 30 seconds, catches what a crash left."""
    return sum(outbox.deliver_entry(entry_id) for entry_id in outbox.due())
