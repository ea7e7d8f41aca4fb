"""PostgreSQL crashes amid requests: what was saved stays, and the service goes on by itself when it is back.

``CHAOS_CALM_JOURNEYS`` (40) journeys; while it is away a page may say that something went wrong.
"""

from __future__ import annotations

import time
from itertools import pairwise
from math import inf

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, Installation, wait_until
from tests.chaos.judging import settle, tell_of_deliveries, wrongly_delivered
from tests.chaos.working import Everybody

CRASHES = 3
SECONDS_DOWN = 4.0
#: Seconds until every page answers again: an attempt to connect that had begun is waited for.
MOST = 15.0


def test_postgresql_crashes(installation: Installation, seed: int, tell: Tell) -> None:
    for name in ("web", "worker", "beat"):
        installation.start(name)
    journeys = size("CALM_JOURNEYS", 40)
    everybody = Everybody(installation, seed, journeys, seconds=LONG, may_fail=frozenset({500}))

    # When it crashes while people work
    away: list[tuple[float, float]] = []  # from when to when
    with everybody.at_work():
        for crash in range(1, CRASHES + 1):
            so_many = journeys * 50 * crash // (CRASHES + 1)
            wait_until(lambda most=so_many: everybody.requests() >= most, "people work", LONG)
            down = time.monotonic()
            installation.take("down", "postgres")
            time.sleep(SECONDS_DOWN)
            installation.take("up", "postgres")
            away.append((down, time.monotonic()))
    settled = settle(installation, LONG, bring_forward=True)

    # Then nothing that was saved is lost, everybody came to their end, and everything was delivered once
    failed = everybody.failures()
    times = [*away, (inf, inf)]
    late = [at - up for at in failed for (_, up), (down, _) in pairwise(times) if up < at < down]
    tell(
        f"PostgreSQL crashed {CRASHES} times, for {SECONDS_DOWN:.0f} s each; settled {settled:.0f} s after all"
    )
    tell(
        f"{len(failed)} requests failed, {len(late)} when it was back, {max(late, default=0):.1f} s after at most"
    )
    waited = everybody.slower_than(SECONDS_DOWN / 2)
    tell(f"{waited} requests waited for it to come back. {everybody.outcome()}")
    tell_of_deliveries(installation, tell)
    wrong = [*everybody.faults(), *wrongly_delivered(installation)]
    wrong += [f"{name} has ended" for name in ("web", "worker", "beat") if not installation.is_running(name)]
    wrong += [
        f"a page failed {seconds:.1f} s after PostgreSQL was back" for seconds in late if seconds > MOST
    ]
    assert failed or waited, "people were at work"
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled")
