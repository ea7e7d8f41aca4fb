"""What somebody has not read: the pages that it is about, for the header of every page. Read at most once a minute.

Read before the view runs: a service provider's page has no right to read notifications.
"""

from __future__ import annotations

from django.core.cache import cache

from accounts.models import User
from notifications.models import Notification
from notifications.reading import MOST, names_of

KEPT_FOR = 60  # seconds


def kept(user: User) -> list[str] | None:
    """What was read last; None when that is a minute ago, or something was told or read since."""
    paths: list[str] | None = cache.get(_key(user.pk))
    return paths


def remember(user: User) -> list[str]:
    """Read them, and keep them for the pages that follow."""
    paths = paths_of_unread(user)
    cache.set(_key(user.pk), paths, KEPT_FOR)
    return paths


def paths_of_unread(user: User) -> list[str]:
    """One for each that they may open by what is known here; no other system is asked. One read when there are none."""
    newest = Notification.objects.filter(user=user).unread().order_by("-at")
    unread = list(newest.values_list("referral", "path")[:MOST])
    names = names_of(user, frozenset(subject for subject, _ in unread), asks=False)
    return [path for subject, path in unread if subject in names]


def forget(user: User) -> None:
    """Read them anew: something was told, or read."""
    cache.delete(_key(user.pk))


def _key(user_id: int) -> str:
    return f"notifications:unread:{user_id}"
