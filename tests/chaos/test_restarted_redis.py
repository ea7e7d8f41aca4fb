"""Redis crashes amid deliveries and comes back without anything: pages go on, and nothing is lost or doubled.

A worker that had a job when its connection broke may end over it (kombu 5.7.0 gives the job back on a connection that
it has closed already), and is started again.

``CHAOS_DELIVERIES`` (200) referrals are sent meanwhile without a browser, and ``CHAOS_CALM_JOURNEYS`` (40) with one.
"""

from __future__ import annotations

import time

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, Installation, wait_for, wait_until
from tests.chaos.judging import settle, tell_of_deliveries, wrongly_delivered
from tests.chaos.working import Everybody

CRASHES = 3
SECONDS_DOWN = 5.0


def test_redis_crashes(installation: Installation, seed: int, tell: Tell) -> None:
    for name in ("web", "worker", "beat"):
        installation.start(name)
    journeys, referrals = size("CALM_JOURNEYS", 40), size("DELIVERIES", 200)
    everybody = Everybody(installation, seed, journeys, seconds=LONG)

    # When it crashes while much is sent
    meanwhile: list[int] = []
    with installation.started_again("worker", "beat") as often:
        with everybody.at_work():
            making = installation.make_referrals(journeys + 1, referrals)
            for crash in range(1, CRASHES + 1):
                so_many = journeys * 50 * crash // (CRASHES + 1)
                wait_until(lambda most=so_many: everybody.requests() >= most, "people work", LONG)
                before = everybody.requests()
                installation.take("down", "redis")
                time.sleep(SECONDS_DOWN)
                meanwhile.append(everybody.requests() - before)
                installation.take("up", "redis")
            wait_for(making, LONG)
        settled = settle(installation, LONG, bring_forward=False)

    # Then everybody came to their end, and everything was delivered once
    tell(f"Redis crashed {CRASHES} times, for {SECONDS_DOWN:.0f} s each; settled {settled:.0f} s after all")
    tell(f"{sum(meanwhile)} requests were answered while it was away. {everybody.outcome()}")
    tell_of_deliveries(installation, tell)
    again = ", ".join(f"{name} {count} times" for name, count in often.items())
    tell(f"ended by itself and was started again: {again or 'none'}")
    wrong = [*everybody.faults(), *wrongly_delivered(installation)]
    wrong += [f"{name} ended {count} times" for name, count in often.items() if count > CRASHES]
    wrong += [f"{name} has ended" for name in ("web", "worker", "beat") if not installation.is_running(name)]
    assert all(meanwhile), "people were at work"
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled")
