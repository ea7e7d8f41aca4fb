"""PostgreSQL plans once what one connection asks again and again, and the rows stay those of whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.models import AuditAction, AuditEvent
from prepared.connections import MOST_PREPARED, PREPARE_THRESHOLD
from prepared.postgresql.base import MOST_VALUES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite plans what it is asked"),
]


def _prepared(words: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{words}%"],
        )
        return [row for row in cursor.fetchall() if "pg_prepared_statements" not in row[0]]


def test_a_statement_that_is_asked_again_and_again_is_prepared(personas: dict[str, User]) -> None:
    for _ in range(PREPARE_THRESHOLD):
        assert User.objects.filter(username="pp").values_list("date_joined").exists()
    assert _prepared("accounts_user") == []

    names = [User.objects.filter(username=name).values_list("date_joined").exists() for name in ("pp", "nobody")]

    assert names == [True, False]
    ((_, planned),) = _prepared("accounts_user")
    assert planned == 2


def test_a_connection_keeps_what_a_mix_of_pages_asks() -> None:
    connection.ensure_connection()
    assert connection.connection.prepared_max == MOST_PREPARED


def test_more_rows_than_one_statement_can_have_are_added_and_found_again() -> None:
    rows = MOST_VALUES // len(AuditEvent._meta.concrete_fields) + 1
    with CaptureQueriesContext(connection) as queries:
        events = AuditEvent.objects.bulk_create(AuditEvent(action=AuditAction.CASE_PAUSED) for _ in range(rows))

    assert AuditEvent.objects.filter(action=AuditAction.CASE_PAUSED).count() == rows
    assert sum(query["sql"].startswith("INSERT") for query in queries) == 2
    assert len(AuditEvent.objects.in_bulk([event.pk for event in events])) == rows


def test_more_keys_than_one_statement_can_have_are_looked_for() -> None:
    assert User.objects.in_bulk([*range(1_000_000, 1_000_000 + MOST_VALUES + 1)]) == {}
