"""Counting tries of one kind in the cache, each count for a time from its first try.

While the cache is away each process counts for itself: limits then hold for each process, not for all together.
"""

from __future__ import annotations

from typing import Final

from django.core.cache import cache, caches

#: In settings.CACHES: kept in the memory of this process.
HERE: Final = "here"


def count_try(key: str, *, seconds: float) -> int:
    """Count one more; returns how many there were since the first, which is at most ``seconds`` ago."""
    # Not begun anew by each try: else an office's few mistakes an hour would add up.
    cache.add(key, 0, timeout=seconds)
    try:
        counted = int(cache.incr(key))
        if counted == 1:
            # Had the count before ended just now, Redis would have begun this one without an end.
            cache.touch(key, seconds)
        return counted
    except ValueError:  # the cache is away, or the count ended between the two lines
        caches[HERE].add(key, 0, timeout=seconds)
        return int(caches[HERE].incr(key))


def tries_counted(key: str) -> int:
    """How many there were, in all processes or in this one, whatever is more."""
    return max(int(cache.get(key, 0)), int(caches[HERE].get(key, 0)))


def forget_tries(key: str) -> None:
    """Begin at nothing. Counts that cannot be reached now end by their time."""
    cache.delete(key)
    caches[HERE].delete(key)
