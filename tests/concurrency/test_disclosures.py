"""Many who write to one disclosure record at the same moment: one chain, without a gap, a fork or anything twice."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from events.disclosures.recording import Disclosure, record
from events.disclosures.verifying import verify
from events.models import DisclosureEvent
from tests.concurrency.conftest import AtOnce
from tests.factories.events import a_disclosure

TIMES = 20
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


@pytest.fixture
def disclosure(personas: dict[str, User]) -> Disclosure:
    return a_disclosure(by=personas["sp.caseworker"], referral=uuid4())


@pytest.mark.parametrize("begun", [False, True], ids=["a new chain", "a chain that is there"])
def test_different_things_at_once_make_one_chain(
    disclosure: Disclosure, at_once: AtOnce, begun: bool
) -> None:
    if begun:
        record(replace(disclosure, once="before"))

    at_once([lambda n=n: record(replace(disclosure, once=f"opened:{n}")) for n in range(TIMES)])

    numbers = DisclosureEvent.objects.order_by("number").values_list("number", flat=True)
    assert [*numbers] == [*range(1, 1 + TIMES + begun)]
    assert verify().faults == []


@pytest.mark.parametrize("begun", [False, True], ids=["a new chain", "a chain that is there"])
def test_the_same_thing_at_once_is_recorded_once(
    disclosure: Disclosure, at_once: AtOnce, begun: bool
) -> None:
    if begun:
        record(replace(disclosure, once="before"))

    answers = at_once([lambda: record(disclosure)] * TIMES)

    assert sum(answers) == 1
    assert DisclosureEvent.objects.filter(once=disclosure.once).count() == 1
    assert verify().faults == []
