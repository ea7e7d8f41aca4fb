"""How long the present request may still wait for outside systems, all calls together.

A context variable, so that a page which asks four systems does not wait four times ten seconds. Knows nothing
of HTTP.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("upstream_deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Nothing inside waits longer than ``seconds`` from now; an earlier deadline around it still holds."""
    ends_at = time.monotonic() + seconds
    outer = _ends_at.get()
    token = _ends_at.set(ends_at if outer is None else min(outer, ends_at))
    try:
        yield
    finally:
        _ends_at.reset(token)


def remaining() -> float:
    """Seconds left, never below zero; infinite when no deadline is set."""
    ends_at = _ends_at.get()
    return float("inf") if ends_at is None else max(0.0, ends_at - time.monotonic())
