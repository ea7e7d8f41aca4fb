"""Circuit breakers that all processes share through Django's cache: one a system, and one a question.

**The system's.** After failed calls about five different people in a row (a call's own repeats count once) nobody
waits for that system any more: for 30 seconds each call is refused at once; then one caller probes while the rest are
still refused, and its success closes the breaker. One person whose record is slow or broken, however often somebody
looks at it, says nothing about the others and closes the system to nobody. What says something about the system by
itself (no connection, or a question about nobody) counts every time.

**The question's.** A question that failed three times in a row is not asked for 30 seconds, so that one slow person
does not cost their practitioner the whole time limit on each page. It fails as it failed before.

Knows nothing of HTTP: the transport decides what counts as a failure, and whom a call is about. Keys in the cache are
keyed hashes, and values are plain JSON: no CRN, no pickles.

While the cache is away it is empty: breakers then count as closed.
"""

import time
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import structlog
from django.core.cache import cache
from django.utils.crypto import salted_hmac

FAILURES_TO_OPEN = 5
FAILURES_OF_ONE_QUESTION = 3
SECONDS_OPEN = 30.0
SECONDS_FOR_A_PROBE = 30  # a prober that died must not keep the breaker open for ever
SECONDS_REMEMBERED = 10 * 60  # failures further apart than this are not "in a row"

log = structlog.get_logger(__name__)


class Permit(Enum):
    """What the breaker says to a caller."""

    ALLOWED = auto()
    PROBE = auto()  # go, but only once: the breaker is half open
    REFUSED = auto()


class Breaker:
    """One system's breaker, named for the system and the kind of call it guards ("oasys:reads")."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failures = f"upstream-breaker:{name}:failures"
        self._open_until = f"upstream-breaker:{name}:open-until"
        self._probe = f"upstream-breaker:{name}:probe"

    @property
    def keys(self) -> tuple[str, ...]:
        """Under which it keeps what failed."""
        return self._failures, self._open_until, self._probe

    def permit(self, kept: Mapping[str, Any] | None = None) -> Permit:
        """Ask before each call. ``kept``: what is under its keys, where that was read already."""
        open_until = cache.get(self._open_until) if kept is None else kept.get(self._open_until)
        if open_until is None:
            return Permit.ALLOWED
        if time.time() < open_until:
            return Permit.REFUSED
        is_prober = cache.add(self._probe, 1, timeout=SECONDS_FOR_A_PROBE)
        return Permit.PROBE if is_prober else Permit.REFUSED

    def is_open(self) -> bool:
        """Whether the system is left alone at this moment. Asking takes nobody's turn to probe."""
        return cache.get(self._open_until) is not None

    def record_success(self) -> None:
        """The system answered (a refusal is an answer too): forget what failed before."""
        self.close()

    def record_failure(self, permit: Permit, *, about: str = "") -> None:
        """A call failed for good. The fifth in a row opens the breaker; so does a failed probe.

        ``about``: whom it was about, and so counts once however often it fails; nobody: it counts every time.
        """
        failures, is_new = self._count(about)
        if not is_new:
            self.release_probe(permit)
        elif permit is Permit.PROBE or failures >= FAILURES_TO_OPEN:
            self._open()
            log.warning("upstream_breaker_opened", breaker=self.name, seconds=SECONDS_OPEN)

    def release_probe(self, permit: Permit) -> None:
        """The call says nothing of the system's health (it was asked to wait): let another one probe."""
        if permit is Permit.PROBE:
            cache.delete(self._probe)

    def close(self) -> None:
        """Forget everything."""
        cache.delete_many(self.keys)

    def _count(self, about: str) -> tuple[int, bool]:
        """How many failed, and whether this one is not among them yet.

        Read and written in two steps: of two failures at one moment one may be missed, which delays by a call.
        """
        failed: list[str] = cache.get(self._failures) or []
        name = _cache_key(about) if about else ""
        if name and name in failed:
            return len(failed), False
        failed = [*failed, name][-FAILURES_TO_OPEN:]
        cache.set(self._failures, failed, timeout=SECONDS_REMEMBERED)
        return len(failed), True

    def _open(self) -> None:
        cache.set(self._open_until, time.time() + SECONDS_OPEN, timeout=SECONDS_REMEMBERED)
        cache.delete(self._probe)


class QuestionBreaker:
    """One question's breaker. ``question``: everything that is asked, so that another question is another breaker."""

    def __init__(self, name: str, question: str) -> None:
        self.name = name
        self.key = f"upstream-breaker:{name}:question:{_cache_key(question)}"

    def open_failure(self, kept: Mapping[str, Any]) -> str:
        """Ask before each call. How the question failed, while it is not to be asked; nothing when it may be.

        ``kept``: what is under its key.
        """
        entry = kept.get(self.key)
        if entry is None or time.time() >= entry["open_until"]:
            return ""
        return str(entry["as"])

    def record_failure(self, failed_as: str) -> None:
        """The question failed for good. The third time in a row, and each time after, it is left alone for a while."""
        previous: dict[str, Any] = cache.get(self.key) or {"failures": 0}
        failures = previous["failures"] + 1
        open_until = time.time() + SECONDS_OPEN if failures >= FAILURES_OF_ONE_QUESTION else 0.0
        entry = {"failures": failures, "open_until": open_until, "as": failed_as}
        cache.set(self.key, entry, timeout=SECONDS_REMEMBERED)

    def record_success(self) -> None:
        """It was answered: forget what failed before."""
        cache.delete(self.key)


class BreakersOfCall:
    """Both breakers of one call. What they have kept is read in one go before it, and written to only where it changes:
    most calls find nothing and are answered.

    So an answer forgets what had failed when its call began, and not what another call failed at meanwhile.
    """

    def __init__(self, system: Breaker, question: QuestionBreaker) -> None:
        self.system, self.question = system, question
        self._kept: dict[str, Any] = cache.get_many([*system.keys, question.key])

    def open_failure(self) -> str:
        """How the question failed, while it is not to be asked."""
        return self.question.open_failure(self._kept)

    def permit(self) -> Permit:
        """Whether the system may be asked."""
        return self.system.permit(self._kept)

    def record_success(self, *, about: str) -> None:
        """The system answered, ``about`` somebody or not."""
        if any(key in self._kept for key in self.system.keys):
            self.system.record_success()
        if about and self.question.key in self._kept:
            self.question.record_success()


def _cache_key(text: str) -> str:
    return salted_hmac("integrations.breaker", text, algorithm="sha256").hexdigest()[:32]
