"""The outbox: effects on other systems, written in the same transaction as their cause, delivered after it.

Handlers are registered from above (``@handler("...")`` in an app's deliveries module); this module does not
know what they do. A handler may run twice for one entry and must be safe to repeat.

Order is kept only where it matters: within what a receiver of ``events.models.STRICT`` is told of one referral, its
*stream*. Everything else waits for nothing, so that what cannot be delivered holds up no other (decision W5).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from events.job_queue import queue_job
from events.models import STRICT, OutboxEntry

State = OutboxEntry.State
Handler = Callable[[OutboxEntry], None]
INITIAL_BACKOFF = timedelta(seconds=30)
MAX_BACKOFF = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
CLAIM = timedelta(minutes=2)
MAX_PER_SWEEP = 200
CLOCK_SKEW_FACTOR = (
    2  # times as long as we would wait: nearer times may come from a machine whose clock is a little ahead
)
#: Sent in the transaction that ends an entry, one way or another. Argument: ``entry``, with its new state.
ended = Signal()
#: Sent in the transaction that keeps a failed try after which another comes. Argument: ``entry``, with its failure.
put_off = Signal()
log = structlog.get_logger(__name__)


class NotNeeded(Exception):
    """There is nothing left to tell: what the entry was about was undone or is over. It ends as NOT_NEEDED."""


class CannotBeDelivered(Exception):
    """Trying again will not help: the receiver refused for good, or there is nobody to tell. Given up at once.

    ``reason`` is in words of ours, without an address or anything of a case.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


#: The entry that is being delivered, for what every delivery has in common.
delivering: ContextVar[OutboxEntry | None] = ContextVar("delivering", default=None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How entries of one kind are delivered. ``receiver`` names whom they go to, within their referral."""

    deliver: Handler
    receiver: str
    about: str

    def __call__(self, entry: OutboxEntry) -> None:
        before = delivering.set(entry)
        try:
            self.deliver(entry)
        finally:
            delivering.reset(before)


HANDLERS: dict[str, Delivery] = {}


def handler(kind: str, *, receiver: str = "", about: str = "") -> Callable[[Handler], Handler]:
    """Register the function that delivers entries of ``kind``.

    Of receivers in ``events.models.STRICT`` the entries of one referral are delivered in order, and one that was given
    up holds back what stands behind it. ``about`` says in a few words what is told, for people who have to know that
    it was not.
    """

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = Delivery(function, receiver or kind, about)
        return function

    return register


def enqueue(
    kind: str, *, key: str, referral: UUID, receiver: str = "", payload: dict[str, str] | None = None
) -> bool:
    """Write an entry (once per ``key``) and start its delivery after the transaction commits.

    ``receiver`` is given where entries of one kind go to different people. Only inserts: a supplier's request may
    add to the outbox, and read nothing of it. Returns False when the key was there already.
    """
    new = entry(kind, key=key, referral=referral, receiver=receiver, payload=payload)
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return False
    _start_after_commit(new)
    return True


def entry(
    kind: str, *, key: str, referral: UUID, receiver: str = "", payload: dict[str, str] | None = None
) -> OutboxEntry:
    """One that is not written yet, as ``enqueue`` takes it."""
    receiver = receiver or (HANDLERS[kind].receiver if kind in HANDLERS else kind)
    return OutboxEntry(kind=kind, receiver=receiver, key=key, referral=referral, payload=payload or {})


def enqueue_all(*entries: OutboxEntry) -> None:
    """Write several with one statement, as ``enqueue`` writes one: each once per key, in this order.

    What was there already is left as it is; the delivery that is started for it in vain finds no entry.
    """
    OutboxEntry.objects.bulk_create(entries, ignore_conflicts=True)
    for one in entries:
        _start_after_commit(one)


def _start_after_commit(entry: OutboxEntry) -> None:
    """Hand the entry to a worker. Without a queue it waits for the sweep: what was committed is no failure."""
    from events.tasks import deliver

    transaction.on_commit(partial(queue_job, deliver, str(entry.pk)))


def deliver_entry(entry_id: UUID | str, *, now: datetime | None = None) -> bool:
    """Deliver one entry now if nobody else is at it and nothing of its stream stands before it.

    What stands behind it is started then, and need not wait for the sweep.
    Returns True when it was delivered by this call, or turned out not to be needed. Failures are kept on the entry
    with the time of the next try (30 seconds doubling to an hour, given up 24 hours after the first try, or at once
    when trying again will not help); they are never raised.
    """
    now = now or timezone.now()
    entry = _claim(entry_id, now)
    if entry is None:
        return False
    try:
        HANDLERS[entry.kind](entry)
    except NotNeeded:
        _end(entry, State.NOT_NEEDED, now)
    except CannotBeDelivered as refusal:
        _end(entry, State.GIVEN_UP, now, failure=refusal.reason)
    except Exception as failure:  # whatever it was, the entry must stay and be tried again
        _schedule_retry(entry, type(failure).__name__, now)
    else:
        _end(entry, State.DELIVERED, now)
    if entry.state == State.WAITING:
        return False
    start_next(entry, now)
    return entry.state in OutboxEntry.SETTLED


def start_next(entry: OutboxEntry, now: datetime) -> None:
    """Have what stood behind it tried, where order is kept: it may have come too early to the worker."""
    if entry.receiver not in STRICT:
        return
    following = _unblocked(_due(now)).filter(receiver=entry.receiver, referral=entry.referral)
    if (first := following.order_by("created_at").first()) is not None:
        _start_after_commit(first)


def _claim(entry_id: UUID | str, now: datetime) -> OutboxEntry | None:
    """Take the entry for ourselves by a conditional update: exactly one of several workers wins."""
    with transaction.atomic():
        waiting = _unblocked(OutboxEntry.objects.filter(pk=entry_id, state=State.WAITING))
        entry = waiting.first()
        if entry is None:
            return None
        free = OutboxEntry.objects.filter(pk=entry.pk, state=State.WAITING).exclude(_is_claimed(now))
        claimed = free.update(
            claimed_until=now + CLAIM,
            attempts=entry.attempts + 1,
            # A time that is still to come was stamped by a clock that was wrong.
            first_attempt_at=min(entry.first_attempt_at or now, now),
        )
        if not claimed:
            return None
        entry.refresh_from_db()
        return entry


def _is_claimed(now: datetime) -> Q:
    """Somebody is at it. What is claimed for far longer than ``CLAIM`` was stamped by a clock that was wrong."""
    return Q(claimed_until__gt=now, claimed_until__lte=now + CLOCK_SKEW_FACTOR * CLAIM)


def _unblocked(entries: QuerySet[OutboxEntry]) -> QuerySet[OutboxEntry]:
    """Those of them before which nothing of the same stream waits or was given up. Most are in no stream."""
    earlier = OutboxEntry.objects.filter(
        state__in=(State.WAITING, State.GIVEN_UP),
        receiver__in=STRICT,
    ).filter(
        receiver=OuterRef("receiver"),
        referral=OuterRef("referral"),
        created_at__lt=OuterRef("created_at"),
    )
    return entries.exclude(Exists(earlier))


def _schedule_retry(entry: OutboxEntry, failure: str, now: datetime) -> None:
    """Have it tried again later, or give it up when it has failed for a day."""
    assert entry.first_attempt_at is not None  # claimed means tried
    if now - entry.first_attempt_at > GIVE_UP_AFTER:
        _end(entry, State.GIVEN_UP, now, failure=failure)
        return
    _try_later(entry, failure, now)


@transaction.atomic
def _try_later(entry: OutboxEntry, failure: str, now: datetime) -> None:
    """Keep the failure and the time of the next try; whoever wants to know of it is told."""
    wait = min(INITIAL_BACKOFF * 2 ** min(entry.attempts - 1, 10), MAX_BACKOFF)
    log.warning("outbox_not_delivered", kind=entry.kind, failure=failure, attempts=entry.attempts)
    if _as_claimed(entry).update(last_failure=failure, next_attempt_at=now + wait, claimed_until=None):
        entry.refresh_from_db()
        put_off.send(OutboxEntry, entry=entry)


@transaction.atomic
def _end(entry: OutboxEntry, state: OutboxEntry.State, now: datetime, *, failure: str = "") -> None:
    """The entry will not be tried again by itself; whoever wants to know of it is told."""
    if state == State.GIVEN_UP:
        log.error("outbox_given_up", kind=entry.kind, failure=failure, attempts=entry.attempts)
    # That it was delivered is true whoever took it over meanwhile; anything else is for the one who has it now to say.
    row = OutboxEntry.objects.filter(pk=entry.pk) if state == State.DELIVERED else _as_claimed(entry)
    delivered_at = now if state == State.DELIVERED else None
    if row.update(state=state, last_failure=failure, claimed_until=None, delivered_at=delivered_at):
        entry.refresh_from_db()
        ended.send(OutboxEntry, entry=entry)


def _as_claimed(entry: OutboxEntry) -> QuerySet[OutboxEntry]:
    """The row, unless our claim ran out and somebody else has tried it since."""
    return OutboxEntry.objects.filter(pk=entry.pk, state=State.WAITING, attempts=entry.attempts)


def try_again(entry: OutboxEntry) -> None:
    """Put an entry back in front of the queue, as an administrator may ask. What is settled stays so.

    It has a whole day again before it is given up.
    """
    unsettled = OutboxEntry.objects.filter(pk=entry.pk).exclude(state__in=OutboxEntry.SETTLED)
    if unsettled.update(state=State.WAITING, next_attempt_at=timezone.now(), first_attempt_at=None):
        _start_after_commit(entry)


def unsettled(entry: OutboxEntry, *, now: datetime) -> QuerySet[OutboxEntry]:
    """The row, if it waits or was given up and nobody is delivering it at this moment."""
    rows = OutboxEntry.objects.filter(pk=entry.pk).exclude(state__in=OutboxEntry.SETTLED)
    return rows.exclude(_is_claimed(now), state=State.WAITING)


def _due(now: datetime) -> QuerySet[OutboxEntry]:
    """Entries whose next try has come, and that nobody is at. One far beyond any wait was stamped wrongly."""
    has_come = Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + CLOCK_SKEW_FACTOR * MAX_BACKOFF)
    return OutboxEntry.objects.filter(has_come, state=State.WAITING).exclude(_is_claimed(now))


def due(now: datetime | None = None) -> list[UUID]:
    """Ids of entries that can be tried now, at most 200 at a time, those first whose turn came first.

    Only the first of each stream: what stands behind another is left out, and takes up no place.
    """
    entries = _unblocked(_due(now or timezone.now())).order_by("next_attempt_at", "created_at")
    return list(entries.values_list("pk", flat=True)[:MAX_PER_SWEEP])
