"""A fifth of all calls to other systems goes wrong while practitioners refer people and a provider works on them.

``CHAOS_JOURNEYS`` (100) journeys by ``CHAOS_THREADS`` (4) people at a time, each for ``CHAOS_SECONDS`` (15) at most;
``CHAOS_SHARE`` (20) in a hundred calls go wrong. Those that did not come to their end are gone on with in good weather.
The processes are those of docker-compose.yml, each with a folder of its own.
"""

from __future__ import annotations

import time

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, PROCESSES, Installation
from tests.chaos.judging import private_words, settle, tell_of_deliveries, wrongly_delivered
from tests.chaos.working import THREADS, Everybody


def test_journeys_in_bad_weather(installation: Installation, seed: int, tell: Tell) -> None:
    everybody = Everybody(
        installation,
        seed,
        size("JOURNEYS", 100),
        seconds=size("SECONDS", 15),
        threads=size("THREADS", THREADS),
    )
    for name in PROCESSES:
        installation.start(name)

    # In bad weather
    installation.weather(seed=seed, share=size("SHARE", 20) / 100)
    began = time.monotonic()
    everybody.go_on()
    tell(f"{time.monotonic() - began:.0f} s of bad weather. {everybody.outcome()}")

    # In good weather
    met = installation.kept()["met"]
    installation.weather()
    resumed = everybody.go_on(is_calm=True)
    settled = settle(installation, LONG, bring_forward=True)

    tell(f"{resumed} gone on with in good weather. {everybody.outcome()}")
    calls, broken = sum(met.values()), sum(count for effect, count in met.items() if effect)
    kinds = ", ".join(
        f"{count} {name}" for name, count in sorted(met.items(), key=lambda one: -one[1]) if name
    )
    tell(f"{calls} calls of other systems, {broken} broken ({100 * broken / calls:.1f} %): {kinds}")
    tell(f"settled {settled:.0f} s later")
    tell_of_deliveries(installation, tell)
    wrong = [*everybody.faults(), *wrongly_delivered(installation)]
    wrong += private_words([installation.log(name) for name in PROCESSES])
    wrong += [f"{name} has ended" for name in PROCESSES if not installation.is_running(name)]
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled, no private word in a log")
