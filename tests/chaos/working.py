"""Everybody at once: many journeys in four threads, how far they came, and the stories of those that failed.

Also whether any page was later than it may be, which only the whole run can say: how slow the machine was.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from statistics import median, quantiles

from tests.chaos.browser import NEVER
from tests.chaos.installation import Installation
from tests.chaos.journey import Browsers, Journey

THREADS = 4
STORIES = 3  # of those that failed are printed
LONGEST_STORY = 200  # lines of one
#: Nothing that a page asks other systems may take longer together, in seconds (``UPSTREAM_DEADLINE``).
DEADLINE = 10.0
#: For all that is not waiting: seconds, or so many times what a page takes in the middle, whichever is longer. On a
#: machine that does everything at once a page that waits for nobody takes seconds too.
MARGIN, MEDIANS = 3.0, 30
#: Pages whose database is away wait for that as well.
WHEN_IT_MAY_FAIL = 20.0


class Everybody:
    """Journeys from 1 to ``count``, each for so many ``seconds``, by so many people (``threads``).

    ``may_fail``: what pages may answer while something is away. ``thinking``: before each request.
    """

    def __init__(
        self,
        installation: Installation,
        seed: int,
        count: int,
        *,
        seconds: float,
        threads: int = THREADS,
        may_fail: frozenset[int] = NEVER,
        thinking: tuple[float, float] | None = None,
    ) -> None:
        self.installation = installation
        self._may_fail, self._threads = may_fail, threads
        self.journeys = [
            Journey(number, seed, installation, seconds, may_fail=may_fail, thinking=thinking)
            for number in range(1, count + 1)
        ]

    # --- Working

    def go_on(self, *, is_calm: bool = False) -> int:
        """Have all go on that have not come to their end; returns how many did."""
        waiting: SimpleQueue[Journey] = SimpleQueue()
        unfinished = self.unfinished()
        for journey in unfinished:
            waiting.put(journey)

        def work(thread: int) -> None:
            browsers = Browsers(self.installation, f"{thread}-{'calm' if is_calm else 'storm'}")
            while True:
                try:
                    journey = waiting.get_nowait()
                except Empty:
                    return
                _go_on(journey, browsers, is_calm=is_calm)

        with ThreadPoolExecutor(self._threads) as threads:
            list(threads.map(work, range(self._threads)))
        return len(unfinished)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All go on in the background; at the end of the block they are waited for."""
        work = threading.Thread(target=self.go_on, kwargs={"is_calm": True}, daemon=True)
        work.start()
        yield
        work.join()

    # --- What came of it

    def unfinished(self) -> list[Journey]:
        """Those that can be gone on with."""
        return [journey for journey in self.journeys if not journey.is_done and not journey.trouble]

    def requests(self) -> int:
        """How many were made so far."""
        return sum(len(journey.story.took) for journey in self.journeys)

    def slower_than(self, seconds: float) -> int:
        """How many requests took longer."""
        return sum(took > seconds for journey in self.journeys for took in journey.story.took)

    def failures(self) -> list[float]:
        """When a page failed where it may (``time.monotonic``), in order."""
        return sorted(moment for journey in self.journeys for moment in journey.story.failed)

    def limit(self) -> float:
        """Seconds that a page may take, given how long all took."""
        by_itself = median(seconds for journey in self.journeys for seconds in journey.story.took)
        return DEADLINE + max(MARGIN, MEDIANS * by_itself) + (WHEN_IT_MAY_FAIL if self._may_fail else 0)

    def too_late(self) -> list[str]:
        """The requests that took longer."""
        limit = self.limit()
        return [
            f"{journey.story.id_of(number)} took {seconds:.1f} s, beyond {limit:.1f} s"
            for journey in self.journeys
            for number, seconds in enumerate(journey.story.took, start=1)
            if seconds > limit
        ]

    def outcome(self) -> str:
        """How far they came, and how long their requests took."""
        sent = sum(journey.is_sent for journey in self.journeys)
        done = sum(journey.is_done for journey in self.journeys)
        failed = sum(bool(journey.trouble) for journey in self.journeys)
        took = sorted(seconds for journey in self.journeys for seconds in journey.story.took)
        cuts = quantiles(took, n=20)
        return (
            f"{len(self.journeys)} journeys: {sent} sent, {done} of them up to the provider's plan, {failed} failed; "
            f"{len(took)} requests: p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms, "
            f"longest {took[-1]:.1f} s of {self.limit():.1f} s"
        )

    def faults(self) -> list[str]:
        """What was answered too late, and the stories of those that failed, with the faults that their requests met."""
        failed = [journey for journey in self.journeys if journey.trouble]
        wrong = [story_of(journey) for journey in failed[:STORIES]]
        wrong += [f"{journey.story.name}: {journey.trouble}" for journey in failed[STORIES:]]
        wrong += self.too_late()
        return wrong + [
            f"not done in good weather either: {story_of(journey)}" for journey in self.unfinished()[:STORIES]
        ]


def _go_on(journey: Journey, browsers: Browsers, *, is_calm: bool) -> None:
    try:
        journey.go_on(browsers, is_calm=is_calm)
    except Exception as failure:  # whatever it was: the other journeys go on
        where = traceback.extract_tb(failure.__traceback__)[-1]
        journey.trouble = f"{type(failure).__name__}: {failure} ({where.name}, line {where.lineno})"
        journey.story.tell(journey.trouble)


def story_of(journey: Journey) -> str:
    """What somebody did, and what the calls of each of their requests met."""
    met: dict[str, list[str]] = {}
    for call in journey.installation.calls(journey.story.name):
        request = call["headers"]["x-request-id"]
        met.setdefault(request, []).append(
            f"{call['method']} {call['path']} {call['status']} {call['fault']}"
        )
    told = journey.story.lines
    if len(told) > LONGEST_STORY:
        half = LONGEST_STORY // 2
        told = [*told[:half], f"{'':10}({len(told) - 2 * half} lines)", *told[-half:]]
    lines = [f"\nThe story of {journey.story.name} ({journey.crn}, {journey.practitioner}):"]
    for line in told:
        lines.append(line)
        lines += [f"{'':12}- {call}" for request, calls in met.items() if request in line for call in calls]
    return "\n".join(lines)
