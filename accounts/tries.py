"""Counting tries of one kind in the cache, each count for a time from its first try."""

from __future__ import annotations

from django.core.cache import cache


def count_try(key: str, *, seconds: float) -> int:
    """Count one more; returns how many there were since the first, which is at most ``seconds`` ago."""
    # Not begun anew by each try: else an office's few mistakes an hour would add up.
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # ended between the two lines
        return 1
