"""What measuring says of a page: statements on any database, work and blocks where PostgreSQL can be asked."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from measurements.database_work import SCHEDULE, processor_ms
from measurements.page_cost import cost_of, explained
from tests.factories.accounts import PractitionerFactory

HOME = "/probation-practitioner/"


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(PractitionerFactory.create(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_work_is_seen_where_the_database_is_a_process_of_this_machine(client: Client) -> None:
    if connection.vendor != "postgresql":
        assert processor_ms() is None
        cost = cost_of(client, HOME, times=1)
        assert cost.processor_ms is None
        assert cost.work_ms == cost.database_ms > 0
        return
    before = processor_ms()
    assert before is not None
    User.objects.raw("SELECT 1 AS id, sum(n) FROM generate_series(1, 300000) n")[0]

    assert (processor_ms() or 0) - before > 1
    cost = cost_of(client, HOME, times=1)
    assert cost.processor_ms
    assert cost.work_ms == cost.processor_ms


def test_elsewhere_the_clock_has_to_do(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("measurements.database_work.SCHEDULE", f"/nowhere{SCHEDULE}")

    assert processor_ms() is None
    assert cost_of(client, HOME, times=1).processor_ms is None


def test_blocks_are_those_of_every_read_of_the_page(client: Client) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite counts no blocks")
    client.get(HOME)

    found = explained(client, HOME)

    assert len(found.plans) >= 2  # the session with its user, and the desk
    assert found.blocks == sum(
        plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in found.plans
    )
    assert found.blocks > 0
