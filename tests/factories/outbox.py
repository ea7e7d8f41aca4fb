"""Delivering what waits in the outbox, as worker and sweep do together."""

from __future__ import annotations

from events import outbox


def deliver_all() -> int:
    """Try everything that is due, once each, and what stood behind what was delivered; how many were delivered."""
    tried, delivered = set(), 0
    while batch := [entry for entry in outbox.due() if entry not in tried]:
        tried.update(batch)
        delivered += sum(outbox.deliver_entry(entry) for entry in batch)
    return delivered
