"""A circuit breaker that all processes share through Django's cache.

After five failed calls in a row (a call's own retries count once) nobody waits for that system any more: for
30 seconds each call is refused at once; then one caller probes while the rest are still refused, and its
success closes the breaker. Knows nothing of HTTP: the transport decides what counts as a failure.

A cache that is down must not take the outside systems with it: the breaker then counts as closed.
"""

import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import structlog
from django.core.cache import cache

FAILURES_TO_OPEN = 5
SECONDS_OPEN = 30.0
SECONDS_FOR_A_PROBE = 30  # a prober that died must not keep the breaker open for ever
SECONDS_REMEMBERED = 10 * 60  # failures further apart than this are not "in a row"

log = structlog.get_logger(__name__)


class Permit(Enum):
    """What the breaker says to a caller."""

    GO = auto()
    PROBE = auto()  # go, but only once: the breaker is half open
    REFUSED = auto()


class Breaker:
    """One breaker, named for the system and the kind of call it guards ("oasys:reads")."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failures = f"upstream-breaker:{name}:failures"
        self._open_until = f"upstream-breaker:{name}:open-until"
        self._probe = f"upstream-breaker:{name}:probe"

    def permit(self) -> Permit:
        """Ask before each call."""
        open_until = self._with_cache(lambda: cache.get(self._open_until), None)
        if open_until is None:
            return Permit.GO
        if time.time() < open_until:
            return Permit.REFUSED
        is_ours = self._with_cache(lambda: cache.add(self._probe, 1, timeout=SECONDS_FOR_A_PROBE), True)
        return Permit.PROBE if is_ours else Permit.REFUSED

    def succeeded(self) -> None:
        """The system answered (a refusal is an answer too): forget what failed before."""
        self.close()

    def failed(self, permit: Permit) -> None:
        """A call failed for good. The fifth in a row opens the breaker; so does a failed probe."""
        failures = self._with_cache(self._count, 0)
        if permit is Permit.PROBE or failures >= FAILURES_TO_OPEN:
            self._with_cache(self._open, None)
            log.warning("upstream_breaker_opened", breaker=self.name, seconds=SECONDS_OPEN)

    def gave_no_sign(self, permit: Permit) -> None:
        """The call says nothing of the system's health (it was asked to wait): let another one probe."""
        if permit is Permit.PROBE:
            self._with_cache(lambda: cache.delete(self._probe), None)

    def close(self) -> None:
        """Forget everything."""
        self._with_cache(lambda: cache.delete_many([self._failures, self._open_until, self._probe]), None)

    def _count(self) -> int:
        cache.add(self._failures, 0, timeout=SECONDS_REMEMBERED)
        try:
            return cache.incr(self._failures)
        except ValueError:  # it expired, or somebody's success deleted it, between the two lines
            return 1

    def _open(self) -> None:
        cache.set(self._open_until, time.time() + SECONDS_OPEN, timeout=SECONDS_REMEMBERED)
        cache.delete(self._probe)

    def _with_cache(self, step: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return step()
        except Exception:  # every cache backend has its own error types
            log.warning("upstream_breaker_without_cache", breaker=self.name)
            return otherwise
