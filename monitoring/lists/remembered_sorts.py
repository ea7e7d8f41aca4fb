"""How somebody last sorted a list, for seven days (live service), also after they have signed out.

A convenience in the cache: one that is away, or was emptied, costs the list its sort and nothing else. Holds the
name of a column; never what was searched for or filtered by.
"""

from __future__ import annotations

import time

from django.core.cache import cache

from accounts.models import User

GOOD_FOR = 7 * 24 * 60 * 60  # seconds


def sort_of(user: User, which: str) -> str:
    """What the address would say ("-due": by the due date, downwards); nothing when there is none."""
    kept = cache.get(_key(user, which))
    # By our clock, whatever the cache's says.
    if not isinstance(kept, list) or time.time() - kept[1] > GOOD_FOR:
        return ""
    return str(kept[0])


def remember(user: User, which: str, sort: str) -> None:
    """Keep it for seven days from now; nothing: forget it."""
    cache.set(_key(user, which), [sort, time.time()], GOOD_FOR)


def _key(user: User, which: str) -> str:
    return f"sort:{user.pk}:{which}"
