"""The worker is killed again and again amid deliveries: each is made once, however it was cut off.

``CHAOS_DELIVERIES`` (200) referrals, each to be told to nDelius and to the provider's team.
"""

from __future__ import annotations

import signal

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, Installation, wait_for, wait_until
from tests.chaos.judging import deliveries, settle, tell_of_deliveries, wrongly_delivered

KILLS = 4
SECONDS_OF_A_DELIVERY = 0.2  # so that whoever is killed is at one


def test_a_worker_is_killed(installation: Installation, tell: Tell) -> None:
    # Given that much waits, and that every delivery takes its time
    referrals = size("DELIVERIES", 200)
    wait_for(installation.make_referrals(1, referrals), LONG)
    waiting = deliveries(installation)["WAITING"]
    assert waiting == 2 * referrals
    for system, method in (("ndelius", "PUT"), ("notify", "POST")):
        installation.fault(effect="delay", system=system, method=method, seconds=SECONDS_OF_A_DELIVERY)
    installation.start("beat")

    # When whoever delivers it is killed
    for kill in range(1, KILLS + 1):
        installation.start("worker")
        so_many = waiting * kill // (KILLS + 1)
        wait_until(lambda most=so_many: deliveries(installation)["DELIVERED"] >= most, "it delivers", LONG)
        installation.stop("worker", signal.SIGKILL)
    installation.start("worker")

    # Then what they were at is delivered by the next, without anybody's doing, and nothing twice
    settled = settle(installation, LONG, bring_forward=False)
    tell(f"killed {KILLS} times; settled {settled:.0f} s after the last")
    tell_of_deliveries(installation, tell)
    [[cut_off]] = installation.rows("SELECT count(*) FROM events_outboxentry WHERE attempts > 1")
    # On a slow machine one can have come to the end of a delivery by the moment it dies.
    assert cut_off >= KILLS // 2, "most were at something"
    wrong = wrongly_delivered(installation)
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled")
