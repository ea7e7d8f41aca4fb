"""Several workers at the same moment: nobody is asked about twice, and together they keep the pace."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from referrals.models import PersonCheck
from referrals.pulls.people_to_ask import BETWEEN_TWO, Claimed, due, people_to_ask
from tests.concurrency.conftest import AtOnce
from tests.factories.referrals import a_sent_referral
from tests.referrals.records import NOON

WORKERS = 8
PEOPLE = ("X980001", "X980010", "X980021", "X980026", "X980022", "X980012")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


class StoppedClock:
    """Every worker begins at the same moment, and nobody waits."""

    def now(self) -> object:
        return NOON

    def sleep(self, seconds: float) -> None:
        pass


def test_workers_at_once_do_nobody_twice(personas: dict[str, User], at_once: AtOnce) -> None:
    for crn in PEOPLE:
        a_sent_referral(personas["pp"], crn=crn)
    crns = due(NOON, len(PEOPLE))

    answers = at_once([lambda: [*people_to_ask(crns, StoppedClock())]] * WORKERS)  # type: ignore[arg-type]

    claimed: list[Claimed] = [one for answer in answers for one in answer]
    assert Counter(one.crn for one in claimed) == Counter(dict.fromkeys(PEOPLE, 1))
    moments = sorted(one.at for one in claimed)
    gaps = [later - earlier for earlier, later in zip(moments, moments[1:], strict=False)]
    assert gaps == [BETWEEN_TWO] * (len(PEOPLE) - 1) == [timedelta(seconds=0.5)] * (len(PEOPLE) - 1)
    assert PersonCheck.objects.filter(claimed_until=None).count() == 0
