"""PostgreSQL plans once what one connection asks again and again, and the rows stay those of whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from prepared.connections import MOST_PREPARED, PREPARE_THRESHOLD

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
