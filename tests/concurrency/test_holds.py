"""A hold that is placed while a case of the person is being blanked: one of the two wins, as a whole."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from events.models import AuditEvent
from monitoring.models import ReceivedReferral
from personal_records.actions import apply_retention as retention
from personal_records.actions.hold_person import place_hold
from personal_records.models import RetentionHold, RetentionRule
from tests.concurrency.conftest import AtOnce
from tests.factories.referrals import a_sent_referral

CRN = "X980010"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


@pytest.fixture
def case(personas: dict[str, User]) -> ReceivedReferral:
    """Whose time is over."""
    RetentionRule.objects.create(kind=RetentionRule.Kind.CASE, days=90, is_on=True)
    cases = ReceivedReferral.objects.unscoped().filter(
        pk=a_sent_referral(personas["pp"], crn=CRN).received_id
    )
    cases.update(concluded_at=timezone.now() - timedelta(days=100), conclusion="COMPLETED")
    return cases.get()


def _blank() -> int:
    return len([*retention.apply_retention(now=timezone.now())])


@pytest.mark.parametrize("first", ["the hold", "the blanking"])
def test_one_of_them_wins(
    case: ReceivedReferral,
    personas: dict[str, User],
    at_once: AtOnce,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
) -> None:
    is_under_way = Event()

    def slowly(do: Any) -> Any:
        """Done, but not committed before the other one had time to come in between."""

        def done(*args: Any, **kwargs: Any) -> Any:
            answer = do(*args, **kwargs)
            is_under_way.set()
            sleep(1)
            return answer

        return done

    def hold() -> RetentionHold:
        with transaction.atomic():
            place = slowly(place_hold) if first == "the hold" else place_hold
            return place(crn=CRN, reason="A claim.", by=personas["admin"])

    def second(do: Any) -> Any:
        is_under_way.wait(timeout=30)
        return do()

    if first == "the blanking":
        monkeypatch.setattr(retention, "_blank_trail", slowly(retention._blank_trail))
        blanked, _ = at_once([_blank, lambda: second(hold)])
    else:
        _, blanked = at_once([hold, lambda: second(_blank)])

    case = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    in_force = RetentionHold.objects.get(lifted_at=None)
    assert (in_force.crn, in_force.reason) == (CRN, "A claim.")
    if first == "the hold":
        assert (blanked, case.blanked_at, case.crn) == (0, None, CRN)
    else:
        assert (blanked, case.blanked_at is None, case.crn) == (1, False, "")
        left = AuditEvent.objects.filter(crn=CRN).values_list("action", flat=True)
        assert [*left] == ["retention.hold_placed"]
