"""When PostgreSQL restarts, every connection in the pool is dead: no request may meet one."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_a_connection_that_died_in_the_pool_is_not_handed_out() -> None:
    another = connection.copy()
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [died] = cursor.fetchone()
    another.close()  # back into the pool

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [died])
        assert cursor.fetchone() == (True,)

    with another.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (died,)
    another.close()
