"""Which notifications somebody may still see: of cases, drafts and reports that they may open today.

The sides of the service say what may be opened (registered when the service starts), each by its own rules. Knows none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from accounts.models import User
from notifications.models import Notification, NotificationQuerySet

MOST = 1_000  # cases, drafts and reports of one user; the newest


class Reader(Protocol):
    """One side's answer: of these ids, those that ``user`` may open now, and what a list calls each.

    ``asks``: whether other systems may be asked. Without, only what is known here counts.
    """

    def __call__(self, user: User, subjects: frozenset[UUID], *, asks: bool) -> Mapping[UUID, str]: ...


READERS: dict[str, Reader] = {}


def register(audience: str, reader: Reader) -> None:
    """Let one side say what its people may open."""
    READERS[audience] = reader


def names_of(user: User, subjects: frozenset[UUID], *, asks: bool = True) -> Mapping[UUID, str]:
    """What may be opened of these, by id, with its name; nothing for users of no side."""
    reader = READERS.get(user.audience)
    return reader(user, subjects, asks=asks) if reader is not None and subjects else {}


def visible_to(user: User, *, asks: bool = True) -> tuple[NotificationQuerySet, Mapping[UUID, str]]:
    """Those that ``user`` may see today, and what each one's case is called. ``asks``: as a Reader takes it."""
    theirs = Notification.objects.filter(user=user)
    subjects = theirs.order_by("-at").values_list("referral", flat=True)[:MOST]
    names = names_of(user, frozenset(subjects), asks=asks)
    return theirs.filter(referral__in=names.keys()), names
