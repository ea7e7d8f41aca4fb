"""The audit trail on PostgreSQL has a table for each month: made ahead, still append-only, and nothing is ever lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from events import audit, checks
from events.audit_months import partitions, splitting
from events.audit_months.months import following, month_of, start_of
from events.models import AuditAction, AuditEvent
from monitoring.access.database_rights import supplier_rights

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite the trail is one table"),
]
FAR = datetime(2061, 5, 7, 12, tzinfo=UTC)  # no month is there that far ahead


def event(at: datetime, **fields: Any) -> AuditEvent:
    return AuditEvent.objects.create(action=AuditAction.RISK_VIEWED, at=at, crn="X980001", **fields)


def table_with(event: AuditEvent) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM events_auditevent WHERE id = %s", [event.pk])
        return str(cursor.fetchone()[0])


def run(sql: str) -> None:
    connection.check_constraints()  # what waits to be checked would be refused first
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture(autouse=True)
def months(db: None) -> None:
    partitions.keep_ahead()


MONTHS = [
    pytest.param(date(2026, 11, 1), 1, date(2026, 12, 1), id="the next one"),
    pytest.param(date(2026, 12, 1), 1, date(2027, 1, 1), id="over the end of a year"),
    pytest.param(date(2026, 11, 1), 14, date(2028, 1, 1), id="more than a year"),
]


@pytest.mark.parametrize(("month", "by", "then"), MONTHS)
def test_months_follow_each_other(month: date, by: int, then: date) -> None:
    assert following(month, by=by) == then


def test_months_are_made_ahead_and_once() -> None:
    assert partitions.months_ahead() >= partitions.AHEAD
    assert partitions.keep_ahead() == []
    assert checks.the_audit_trail_has_months(databases=["default"]) == []


def test_an_event_is_in_the_table_of_its_month() -> None:
    january = datetime(2061, 1, 1, tzinfo=UTC)
    partitions.keep_ahead(january)

    assert table_with(event(january)) == "events_auditevent_2061_01"
    assert (
        table_with(event(datetime(2061, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)))
        == "events_auditevent_2061_01"
    )
    assert table_with(event(datetime(2061, 2, 1, tzinfo=UTC))) == "events_auditevent_2061_02"


def test_an_event_without_a_month_is_kept_found_and_told_of() -> None:
    kept = event(FAR)

    assert table_with(kept) == partitions.REST
    assert AuditEvent.objects.get(pk=kept.pk) == kept
    (warning,) = checks.the_audit_trail_has_months(databases=["default"])
    assert warning.id == "events.W001"


def test_events_without_a_month_become_one_where_they_stand() -> None:
    kept = [event(FAR), event(start_of(following(month_of(FAR))))]

    assert partitions.keep_ahead()[0] == "events_auditevent_2061_05_to_2061_06"

    assert {table_with(there) for there in kept} == {"events_auditevent_2061_05_to_2061_06"}
    assert not partitions.has_events_without_month()
    assert partitions.keep_ahead() == []
    assert table_with(event(start_of(date(2061, 8, 1)))) == partitions.REST


def test_events_on_both_sides_of_months_are_left_and_named() -> None:
    event(datetime(1999, 1, 1, tzinfo=UTC))
    event(FAR)

    with pytest.raises(CommandError, match="Events without a month begin before events_auditevent_"):
        call_command("keep_audit_months")

    assert AuditEvent.objects.count() == 2


CHANGES = [
    pytest.param("UPDATE {table} SET action = 'account.signed_out'", id="changed"),
    pytest.param("DELETE FROM {table}", id="deleted"),
    pytest.param("TRUNCATE {table}", id="emptied"),
]


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("at", [None, FAR], ids=["in a month", "without a month"])
def test_no_table_of_the_trail_is_changed(statement: str, at: datetime | None) -> None:
    table = table_with(event(at or timezone.now()))

    with pytest.raises(IntegrityError, match="append-only"):
        run(statement.format(table=table))
    with pytest.raises(IntegrityError, match="append-only"):
        run(statement.format(table=partitions.TRAIL))


def test_every_table_refuses_what_the_others_refuse() -> None:
    event(FAR)
    partitions.keep_ahead()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array_agg(replace(tgname, relname, '') ORDER BY tgname) FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid WHERE relname LIKE 'events_auditevent%%'"
            " AND tgname LIKE '%%refuses%%' GROUP BY 1",
            [],
        )
        refuses = {table: {name.rpartition("_")[2] for name in names} for table, names in cursor.fetchall()}

    assert refuses.keys() == {partitions.TRAIL, *(part.table for part in partitions.parts())}
    assert {*map(frozenset, refuses.values())} == {frozenset({"update", "delete", "truncate"})}


def test_a_row_of_any_table_can_be_blanked_once() -> None:
    for kept in (event(timezone.now()), event(FAR)):
        row = AuditEvent.objects.filter(pk=kept.pk)

        assert row.update(crn="", blanked_at=timezone.now()) == 1
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.update(blanked_at=timezone.now())


@pytest.mark.parametrize("table", ["events_auditevent", partitions.REST])
def test_a_supplier_adds_to_the_trail_and_to_no_table_of_it(table: str) -> None:
    row = "(id, at, action, outcome, crn, facts, request_id) VALUES (gen_random_uuid(), now(), '', '', '', '{}', '')"

    def add() -> None:
        with supplier_rights(None), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} {row}")

    if table == "events_auditevent":
        add()
        return
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        add()


def test_a_search_of_one_month_reads_one_table() -> None:
    month = month_of(timezone.now())
    rows = AuditEvent.objects.filter(at__gte=start_of(month), at__lt=start_of(following(month)))

    plan = rows.explain()

    assert {part.table for part in partitions.parts() if f" on {part.table} " in plan} == {
        part.table
        for part in partitions.parts()
        if part.overlaps(start_of(month), start_of(following(month)))
    }


@pytest.fixture
def one_table() -> None:
    splitting.join(connection)


def test_what_was_written_before_becomes_a_part(one_table: None, personas: dict[str, User]) -> None:
    # Given events of years, in one table, and somebody who may write there
    old = [
        event(datetime(2019, 3, 1, tzinfo=UTC), user=personas["pp"]),
        event(timezone.now(), referral=uuid4()),
    ]
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE relname = 'events_auditevent'")
        assert cursor.fetchone()[0] in ("r", b"r")
        # When months are made of it; indexes are built beforehand, without holding anybody up
        for name, columns in splitting.INDEXES.items():
            cursor.execute(f"CREATE INDEX {name}_before ON events_auditevent {columns}")
        cursor.execute("CREATE UNIQUE INDEX events_audit_before_key ON events_auditevent (id, at)")
        until = start_of(following(month_of(timezone.now())))
        cursor.execute(
            f"ALTER TABLE events_auditevent ADD CONSTRAINT events_audit_before_limit CHECK (at < '{until}')"
        )
        splitting._swap(connection, cursor, until)

    # Then they are there, in one part, which nobody changes; and new months are beside it
    assert {table_with(there) for there in old} == {"events_auditevent_before"}
    assert partitions.months_ahead() >= partitions.AHEAD
    for statement in ("DELETE FROM events_auditevent", "TRUNCATE events_auditevent_before"):
        with pytest.raises(IntegrityError, match="append-only"):
            run(statement)
    with supplier_rights(None):
        audit.record(AuditAction.RISK_VIEWED, by=None)
    assert AuditEvent.objects.count() == 3


def test_the_command_says_what_it_made() -> None:
    event(FAR)
    said = StringIO()
    call_command("keep_audit_months", stdout=said)
    assert said.getvalue() == "Made: events_auditevent_2061_05.\n"
