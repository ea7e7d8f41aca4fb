"""Several presses of "Create a calendar address" at the same moment: each is answered, and one address is good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from monitoring.actions.calendar_feed import make_feed
from monitoring.models import CalendarFeed
from tests.factories.accounts import SupplierUserFactory

PRESSES = 6
# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


def test_each_press_is_answered_and_one_address_is_good() -> None:
    user = SupplierUserFactory()
    together = Barrier(PRESSES)

    def press(_: int) -> str:
        try:
            together.wait()
            return make_feed(by=User.objects.get(pk=user.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(PRESSES) as threads:
        secrets = [*threads.map(press, range(PRESSES))]

    assert len(set(secrets)) == PRESSES
    now = timezone.now()
    good = [secret for secret in secrets if CalendarFeed.objects.open_by(secret, now=now).exists()]
    assert len(good) == 1
