"""Twenty who change the same item at the same moment: one wins, and every other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection

from monitoring.actions.amend_referral import ChangedMeanwhile, amend_referral
from monitoring.models import ReceivedReferral, ReferralChange
from monitoring.rules.amendments import NewEnforceableDays
from tests.factories.accounts import PractitionerFactory
from tests.factories.monitoring import a_contract, received

# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]
TRIES = 20


def _at_once(tries: list[Callable[[], str]]) -> list[str]:
    together = Barrier(len(tries))

    def run(attempt: Callable[[], str]) -> str:
        try:
            together.wait()
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(run, tries))


@pytest.mark.parametrize("is_one_form", [False, True], ids=["twenty forms", "one form"])
def test_one_change_is_made(is_one_form: bool) -> None:
    case, practitioner = received(a_contract()), PractitionerFactory()
    seen, key = NewEnforceableDays.standing(case).seen_as(), uuid4()

    def attempt(days: int, form_key: UUID) -> Callable[[], str]:
        def run() -> str:
            try:
                amend_referral(
                    received=case, amendment=NewEnforceableDays(days), reason="So", seen=seen, form_key=form_key,
                    by=practitioner,
                )  # fmt: skip
            except ChangedMeanwhile:
                return "told"
            return "changed"

        return run

    tries = [attempt(30 if is_one_form else 20 + place, key if is_one_form else uuid4()) for place in range(TRIES)]
    answered = sorted(_at_once(tries))

    (change,) = ReferralChange.objects.unscoped().filter(received=case)
    assert answered == (["changed"] * TRIES if is_one_form else ["changed"] + ["told"] * (TRIES - 1))
    assert ReceivedReferral.objects.unscoped().get(pk=case.pk).enforceable_days == int(change.after)
