"""PostgreSQL plans once what one connection asks again and again, and the rows stay those of whoever asks.

Moments come as Django reads them, and what a connection is asked before it is handed out is seen from its socket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from django.test.utils import CaptureQueriesContext
from psycopg.pq import Format

from accounts.models import User
from events.models import AuditAction, AuditEvent
from prepared import connections
from prepared.connections import ARE_YOU_THERE, MOST_PREPARED, PREPARE_THRESHOLD, PreparingConnection
from prepared.postgresql.base import MOST_VALUES
from prepared.queries import PreparedQuery

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


_ACCOUNT = PreparedQuery(lambda name: User.objects.filter(username=name).order_by().values_list("date_joined"))


def test_the_first_row_of_a_prepared_query_is_planned_once(personas: dict[str, User]) -> None:
    """With the OFFSET as a value PostgreSQL planned it anew each time: the web session, of every request."""
    for _ in range(PREPARE_THRESHOLD + 8):
        assert _ACCOUNT.first(name="pp")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%accounts_user%LIMIT 1"],
        )
        assert cursor.fetchall() == [(3, 5)]


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


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-29 00:59:59.999999+00",
        "2026-07-01 12:00:00.5+01",
        "1850-01-01 00:00:00-00:01:15",
        "9999-12-31 23:59:59+00",
    ],
)
def test_a_moment_is_read_as_django_reads_it(written: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        [(moment,)] = cursor.fetchall()
        of_django = get_adapters_template(True, UTC).get_loader(psycopg.adapters.types["timestamptz"].oid, Format.TEXT)
        cursor.cursor.adapters.register_loader("timestamptz", of_django)
        cursor.execute("SELECT %s::timestamptz", [written])
        [(as_django,)] = cursor.fetchall()

    assert moment == as_django == datetime.fromisoformat(written)
    assert moment.tzinfo is as_django.tzinfo is UTC


@pytest.fixture
def pooled() -> Iterator[PreparingConnection]:
    """A connection as the pool makes them, in use since just now."""
    params = connection.get_connection_params()
    with PreparingConnection.connect(**params, autocommit=True) as one:
        one.execute(ARE_YOU_THERE)
        yield one


def _end(one: PreparingConnection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [one.info.backend_pid])
        assert cursor.fetchone() == (True,)


def test_a_connection_in_use_is_not_asked_whether_it_is_there(pooled: PreparingConnection) -> None:
    with mock.patch.object(psycopg.Connection, "execute", side_effect=AssertionError):
        pooled.execute(ARE_YOU_THERE)


def test_one_that_nothing_was_sent_on_for_a_while_is_asked(
    pooled: PreparingConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ASKED_AGAIN_AFTER", 0.0)
    with mock.patch.object(psycopg.Connection, "execute") as asked:
        pooled.execute(ARE_YOU_THERE)
    asked.assert_called_once_with(ARE_YOU_THERE)


def test_one_that_the_server_ended_says_so_though_it_was_in_use(pooled: PreparingConnection) -> None:
    _end(pooled)
    with pytest.raises(psycopg.OperationalError):
        pooled.execute(ARE_YOU_THERE)
