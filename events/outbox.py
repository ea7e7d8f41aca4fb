"""The outbox: effects on other systems, written in the same transaction as their cause, delivered after it.

Handlers are registered from above (``@handler("...")`` in an app's deliveries module); this module does not
know what they do. A handler may run twice for one entry and must be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from events.models import OutboxEntry

Handler = Callable[[OutboxEntry], None]
HANDLERS: dict[str, Handler] = {}
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
CLAIM = timedelta(minutes=2)
log = structlog.get_logger(__name__)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that delivers entries of ``kind``."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def enqueue(kind: str, *, key: str, referral: UUID, payload: dict[str, str] | None = None) -> bool:
    """Write an entry (once per ``key``) and start its delivery after the transaction commits.

    Only inserts: a supplier's request may add to the outbox, and read nothing of it. Returns False when the key was
    there already.
    """
    entry = OutboxEntry(kind=kind, key=key, referral=referral, payload=payload or {})
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        return False
    _start_after_commit(entry)
    return True


def _start_after_commit(entry: OutboxEntry) -> None:
    """Hand the entry to a worker. Without a queue it waits for the sweep: what was committed is no failure."""
    from events.tasks import deliver

    def start() -> None:
        try:
            deliver.delay(str(entry.pk))
        except (OperationalError, OSError) as failure:
            log.error("outbox_without_queue", kind=entry.kind, failure=type(failure).__name__)

    transaction.on_commit(start)


def deliver_entry(entry_id: UUID | str, *, now: datetime | None = None) -> bool:
    """Deliver one entry now if nobody else is at it and nothing of the same referral stands before it.

    What stands behind it is started then: it may have come too early to the worker, and would wait for the sweep.
    Returns True when it was delivered by this call. Failures are kept on the entry with the time of the next
    try (30 seconds doubling to an hour, given up after 24 hours); they are never raised.
    """
    now = now or timezone.now()
    entry = _claim(entry_id, now)
    if entry is None:
        return False
    try:
        HANDLERS[entry.kind](entry)
    except Exception as failure:  # whatever it was, the entry must stay and be tried again
        _put_back(entry, failure, now)
        return False
    OutboxEntry.objects.filter(pk=entry.pk).update(
        state=OutboxEntry.State.DELIVERED, delivered_at=now, claimed_until=None, last_failure=""
    )
    behind = OutboxEntry.objects.filter(
        referral=entry.referral, created_at__gt=entry.created_at, state=OutboxEntry.State.WAITING
    )
    following = behind.filter(next_attempt_at__lte=now).order_by("created_at").first()
    if following is not None:
        _start_after_commit(following)
    return True


def _claim(entry_id: UUID | str, now: datetime) -> OutboxEntry | None:
    """Take the entry for ourselves by a conditional update: exactly one of several workers wins."""
    with transaction.atomic():
        entry = OutboxEntry.objects.filter(pk=entry_id, state=OutboxEntry.State.WAITING).first()
        if entry is None:
            return None
        earlier = OutboxEntry.objects.filter(referral=entry.referral, created_at__lt=entry.created_at)
        if earlier.exclude(state=OutboxEntry.State.DELIVERED).exists():
            return None  # effects of one referral are delivered in order (decision M4a)
        free = OutboxEntry.objects.filter(pk=entry.pk, state=OutboxEntry.State.WAITING).exclude(
            claimed_until__gt=now
        )
        won = free.update(claimed_until=now + CLAIM, attempts=entry.attempts + 1)
        if not won:
            return None
        entry.refresh_from_db()
        return entry


def _put_back(entry: OutboxEntry, failure: Exception, now: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(entry.attempts - 1, 10), LONGEST_WAIT)
    given_up = now - entry.created_at > GIVE_UP_AFTER
    kind = type(failure).__name__
    log.warning(
        "outbox_not_delivered", kind=entry.kind, failure=kind, attempts=entry.attempts, given_up=given_up
    )
    OutboxEntry.objects.filter(pk=entry.pk).update(
        state=OutboxEntry.State.GIVEN_UP if given_up else OutboxEntry.State.WAITING,
        last_failure=kind,
        next_attempt_at=now + wait,
        claimed_until=None,
    )


def try_again(entry: OutboxEntry) -> None:
    """Put an entry back in front of the queue, as an administrator may ask. Delivered ones stay delivered."""
    waiting = OutboxEntry.objects.filter(pk=entry.pk).exclude(state=OutboxEntry.State.DELIVERED)
    if waiting.update(
        state=OutboxEntry.State.WAITING, next_attempt_at=timezone.now(), created_at=entry.created_at
    ):
        _start_after_commit(entry)


def due(now: datetime | None = None) -> list[UUID]:
    """Ids of entries whose next try has come, oldest first, at most 200 at a time."""
    now = now or timezone.now()
    waiting = OutboxEntry.objects.filter(state=OutboxEntry.State.WAITING, next_attempt_at__lte=now)
    return list(
        waiting.exclude(claimed_until__gt=now).order_by("created_at").values_list("pk", flat=True)[:200]
    )
