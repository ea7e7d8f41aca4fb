"""Two schedulers run at once, as between two releases, with two workers: nothing is done twice.

``CHAOS_DELIVERIES`` (200) referrals whose deliveries only the schedulers bring about, and every scheduled task twice at
the same moment, with drafts to warn about and to delete.
"""

from __future__ import annotations

import subprocess
import sys

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, ROOT, Installation, wait_for
from tests.chaos.judging import settle, tell_of_deliveries, wrongly_delivered

DRAFTS = 12  # a half of them to be warned about, the others to be deleted
RUN_ALL = (
    "import django; django.setup(); from django.conf import settings; from refer_monitor.celery import app;"
    "app.loader.import_default_modules();"  # every app's tasks: only a worker finds them by itself
    "[app.tasks[entry['task']].apply(throw=True) for entry in settings.CELERY_BEAT_SCHEDULE.values()]"
)
#: Only a draft whose author was warned 14 days ago is deleted.
AGE = """
    WITH to_delete AS (SELECT id FROM referrals_referral WHERE sent_at IS NULL ORDER BY id LIMIT %s)
    UPDATE referrals_referral SET
        changed_at = now() - make_interval(days => CASE WHEN id IN (SELECT id FROM to_delete) THEN 91 ELSE 80 END),
        expiry_warned_at = CASE WHEN id IN (SELECT id FROM to_delete) THEN now() - make_interval(days => 15) END
    WHERE sent_at IS NULL
"""
#: What a scheduler writes into its log when it holds the lease.
IN_FORCE = "schedule_in_force"
#: What a scheduled task records, once for each referral.
DOUBLED = """
    SELECT action, referral, count(*) FROM events_auditevent
    WHERE action IN ('ndelius.updated', 'draft.expiry_warned', 'draft.expired')
    GROUP BY action, referral HAVING count(*) > 1
"""


def test_two_schedulers_at_once(installation: Installation, tell: Tell) -> None:
    # Given deliveries that no queue knows of, and drafts that nobody changes
    referrals = size("DELIVERIES", 200)
    wait_for(installation.make_referrals(1, referrals), LONG)
    wait_for(installation.make_referrals(referrals + 1, DRAFTS, "drafts"), LONG)
    installation.take("down", "redis")
    installation.take("up", "redis")

    # When two schedulers have them delivered
    for name in ("worker", "worker.2", "beat", "beat.2"):
        installation.start(name)
    settled = settle(installation, LONG, bring_forward=False)

    # And every scheduled task runs twice at one moment
    with installation.database() as connection:
        aged = connection.execute(AGE, [DRAFTS // 2]).rowcount
    assert aged == DRAFTS
    command = [sys.executable, "-c", RUN_ALL]
    at_once = [subprocess.Popen(command, cwd=ROOT, env=installation.environment) for _ in range(2)]
    for process in at_once:
        wait_for(process, LONG)
    settle(installation, LONG, bring_forward=False)

    # Then everything was done once
    in_force = sum(installation.log(name).read_text().count(IN_FORCE) for name in ("beat", "beat.2"))
    tell(
        f"two schedulers, two workers; the lease was taken {in_force} times; delivered within {settled:.0f} s"
    )
    tell("every scheduled task ran twice at one moment")
    tell_of_deliveries(installation, tell)
    [[left]] = installation.rows("SELECT count(*) FROM referrals_referral WHERE sent_at IS NULL")
    doubled = [
        f"{action} of {referral}: {count} times" for action, referral, count in installation.rows(DOUBLED)
    ]
    wrong = [*wrongly_delivered(installation), *doubled]
    if left != DRAFTS - DRAFTS // 2:
        wrong.append(f"{left} drafts are left of {DRAFTS}, of which {DRAFTS // 2} were to be deleted")
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled")
