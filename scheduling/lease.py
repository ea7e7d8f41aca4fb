"""The lease on the schedule: any number of schedulers run, and the one that holds it sends.

A row with a time until which it is held. The holder moves that time on; when it dies, somebody else takes the lease
once the time has passed. The database's clock counts, so that a machine whose clock is wrong takes nothing from others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from scheduling.models import Lease

SCHEDULE: Final = "schedule"
HELD_FOR: Final = timedelta(seconds=20)


def take(holder: UUID) -> bool:
    """Take the lease when it is free, or keep it for another ``HELD_FOR``; False when another process holds it.

    One conditional update: of several that try at once, one succeeds.
    """
    if _held_or_free(holder).update(holder=holder, held_until=Now() + HELD_FOR):
        return True
    if Lease.objects.filter(name=SCHEDULE).exists():
        return False
    # The first scheduler of all. Whoever loses this race finds the other's row.
    Lease.objects.bulk_create([Lease(name=SCHEDULE, held_until=Now())], ignore_conflicts=True)
    return bool(_held_or_free(holder).update(holder=holder, held_until=Now() + HELD_FOR))


def _held_or_free(holder: UUID) -> QuerySet[Lease]:
    return Lease.objects.filter(Q(holder=holder) | Q(holder=None) | Q(held_until__lt=Now()), name=SCHEDULE)


def give_back(holder: UUID) -> None:
    """Let the next process take the lease at once, if it is this one's."""
    Lease.objects.filter(name=SCHEDULE, holder=holder).update(holder=None)
