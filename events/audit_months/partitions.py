"""The audit trail on PostgreSQL: one table for each month, behind the one name that everybody uses (decision 39).

Months are made ahead. What is of no month that was made goes to a table of its own (``REST``), so that nothing is lost;
``keep_ahead`` makes months of that too. On SQLite the trail is one table, and nothing here does anything.

Statements wait for locks no longer than ``PATIENCE``: whoever opens a page writes here, and would wait behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from events.append_only import refuse_emptying
from events.audit_months.months import following, month_of, start_of

TRAIL: Final = "events_auditevent"
REST: Final = f"{TRAIL}_default"
AHEAD: Final = 3  # months after this one
PATIENCE: Final = "3s"
_ONE_AT_A_TIME: Final = 5_219_002  # any number of ours: two that make months wait for each other
_BOUNDS = re.compile(r"FOR VALUES FROM \((?P<since>.*?)\) TO \((?P<until>.*?)\)")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the trail, with what happened from ``since`` to before ``until``. The rest has neither."""

    table: str
    since: datetime | None
    until: datetime | None

    def overlaps(self, since: datetime, until: datetime) -> bool:
        """Whether it has anything of that time. The rest has what no other part has, and overlaps nothing."""
        if self.until is None:
            return False
        return (self.since is None or self.since < until) and since < self.until


class MonthsAreTaken(Exception):
    """Events without a month lie before and after months that are there: they cannot become one part."""


def is_partitioned(connection: BaseDatabaseWrapper | None = None) -> bool:
    """Whether the trail has parts: on PostgreSQL, after its migration."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(%s)", [TRAIL])
        found = cursor.fetchone()
    return bool(found and found[0])


def parts(connection: BaseDatabaseWrapper | None = None) -> list[Part]:
    """Every table of the trail, in the order of time, the rest at the end."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits"
            " JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = to_regclass(%s)",
            [TRAIL],
        )
        found = [_part(table, bounds) for table, bounds in cursor.fetchall()]
    return sorted(found, key=lambda part: (part.until is None, part.until or 0, part.table))


def table_of(month: date) -> str:
    """What the table of a month is called."""
    return f"{TRAIL}_{month:%Y_%m}"


def keep_ahead(now: datetime | None = None, *, connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """Make the months that are missing from this one to ``AHEAD`` after it; which tables were made.

    Events that were written before their month was made become a part first: as they stand, none is moved.
    """
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if not is_partitioned(connection):
        return []
    made = [_make_part_of_rest(connection)] if has_events_without_month(connection) else []
    this_month = month_of(now or timezone.now())
    for month in (following(this_month, by=number) for number in range(AHEAD + 1)):
        with changing(connection) as cursor:
            if any(part.overlaps(*_limits(month)) for part in parts(connection)):
                continue
            table = table_of(month)
            make_table(cursor, table)
            attach(connection, table, *_limits(month))
            made.append(table)
    return made


def months_ahead(now: datetime | None = None, *, connection: BaseDatabaseWrapper | None = None) -> int:
    """For how many months after this one there is a table, without a gap; -1 when this one has none.

    Where the trail is one table it has every month: as many as there should be.
    """
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if not is_partitioned(connection):
        return AHEAD
    this_month, found = month_of(now or timezone.now()), parts(connection)
    number = 0
    while any(part.overlaps(*_limits(following(this_month, by=number))) for part in found):
        number += 1
    return number - 1


def has_events_without_month(connection: BaseDatabaseWrapper | None = None) -> bool:
    """Whether there is anything in the rest."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if not is_partitioned(connection):
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {REST})")  # noqa: S608 (a name of ours)
        return bool(cursor.fetchone()[0])


def make_table(cursor: CursorWrapper, table: str) -> None:
    """A table like the trail, of no month yet. It gets keys, indexes and triggers of rows when it is attached."""
    cursor.execute(f"CREATE TABLE {table} (LIKE {TRAIL} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")


def attach(
    connection: BaseDatabaseWrapper, table: str, since: datetime | None, until: datetime | None
) -> None:
    """Make the table the part of this time; of what is of no other part, without ``until``.

    Unlike CREATE TABLE … PARTITION OF, this lets others write to the trail meanwhile.
    """
    bounds = f"FOR VALUES FROM ({_bound(since)}) TO ({_bound(until)})" if until else "DEFAULT"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TRAIL} ATTACH PARTITION {table} {bounds}")
    refuse_emptying(connection, table)


@contextmanager
def changing(connection: BaseDatabaseWrapper) -> Iterator[CursorWrapper]:
    """A transaction that makes or takes out parts, alone, and gives up when it would keep others waiting."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        yield cursor


def _make_part_of_rest(connection: BaseDatabaseWrapper) -> str:
    """The table of the rest becomes the part of the months that are in it, and an empty one takes its place."""
    with changing(connection) as cursor:
        cursor.execute(f"LOCK TABLE {TRAIL} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(f"SELECT min(at), max(at) FROM {REST}")  # noqa: S608 (a name of ours)
        first, last = map(month_of, cursor.fetchone())
        since, until = start_of(first), start_of(following(last))
        if taken := [part.table for part in parts(connection) if part.overlaps(since, until)]:
            raise MonthsAreTaken(f"Events without a month begin before {taken[0]} and end after it.")
        table = table_of(first) + ("" if first == last else f"_to_{last:%Y_%m}")
        cursor.execute(f"ALTER TABLE {TRAIL} DETACH PARTITION {REST}")
        cursor.execute(f"DROP TRIGGER {REST}_refuses_truncate ON {REST}")
        cursor.execute(f"ALTER TABLE {REST} RENAME TO {table}")
        make_table(cursor, REST)
        attach(connection, REST, None, None)
        attach(connection, table, since, until)
    return table


def _limits(month: date) -> tuple[datetime, datetime]:
    return start_of(month), start_of(following(month))


def _part(table: str, bounds: str) -> Part:
    found = _BOUNDS.fullmatch(bounds)
    return Part(table, _moment(found["since"]), _moment(found["until"])) if found else Part(table, None, None)


def _moment(written: str) -> datetime | None:
    return None if written == "MINVALUE" else datetime.fromisoformat(written.strip("'")).astimezone(UTC)


def _bound(at: datetime | None) -> str:
    """With its zone: PostgreSQL reads a bare date in the zone of whoever writes it."""
    return f"'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00'" if at else "MINVALUE"
