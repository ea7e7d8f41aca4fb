"""Figures about calls to outside systems, for Prometheus: how many, how they ended, how long they took.

Labels are names that stand in this code (a system, an operation, a kind of failure). Must never hold what was asked or
whom it was about: a path has a CRN in it, and an exception's text often a path.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram

from integrations.failures import Malformed, UpstreamFailure

ANSWERED: Final = "answered"
#: Nothing was asked, because what was asked before has failed (``integrations.breaker``).
LEFT_ALONE: Final = "left alone"
#: Nothing was asked, because HMPPS Auth gave no token for it.
WITHOUT_TOKEN: Final = "without token"  # noqa: S105 (no secret)

CALLS = Counter(
    "refer_monitor_upstream_calls",
    "Attempts to ask another system, and calls that were not attempted.",
    ["system", "operation", "outcome"],
)
SECONDS = Histogram(
    "refer_monitor_upstream_seconds",
    "How long one attempt took.",
    ["system", "operation"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def count_attempt(system: str, operation: str, outcome: str, seconds: float) -> None:
    """One attempt that was made. ``outcome``: ``ANSWERED``, or that of a failure's type."""
    CALLS.labels(system, operation, outcome).inc()
    SECONDS.labels(system, operation).observe(seconds)


def count_unreadable(system: str, operation: str) -> None:
    """One answer, counted as such before, that broke its contract."""
    CALLS.labels(system, operation, Malformed.outcome).inc()


@contextmanager
def counted(system: str, operation: str) -> Iterator[None]:
    """One attempt, of a client that does not go through ``integrations.transport``."""
    started, outcome = perf_counter(), UpstreamFailure.outcome
    try:
        yield
        outcome = ANSWERED
    except UpstreamFailure as failure:
        outcome = failure.outcome
        raise
    finally:
        count_attempt(system, operation, outcome, perf_counter() - started)


def count_unasked(system: str, operation: str, outcome: str) -> None:
    """One call that was not attempted: ``LEFT_ALONE`` or ``WITHOUT_TOKEN``."""
    CALLS.labels(system, operation, outcome).inc()
