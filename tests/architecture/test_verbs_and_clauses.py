"""Every way to write in SQL, with every conflict clause, is tried on every table.

No table takes from a supplier what is not theirs; no row that must stay changes by a letter, whoever asks. A conflict
clause is a verb in disguise: ``INSERT OR REPLACE`` deletes, ``ON CONFLICT DO UPDATE`` changes. Tables are found, not
listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from events import audit
from events.audit_months.sealing import blank_crns, seal_months
from events.crn_changes.recording import record
from events.models import AuditAction, AuditEvent, CrnChange, OutboxEntry
from monitoring.access.database_rights import CHANGEABLE_COLUMNS, SUPPLIER_RIGHTS, supplier_rights
from monitoring.models import DeliverySession
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_work import delivered, ended, reported_on

MODELS = {
    model._meta.db_table: model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy
}
CLAUSES = ("ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK")
READ, ADD, CHANGE, DELETE, EMPTY = "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"


@dataclass(frozen=True, slots=True)
class Statement:
    """One way to write. ``needs`` are the verbs it amounts to; ``{t}`` is the table, ``{pk}`` its key's column."""

    sql: str
    needs: frozenset[str]
    vendor: str = "sqlite postgresql"


def _way(sql: str, *needs: str, only: str = "sqlite postgresql") -> Statement:
    return Statement(sql, frozenset(needs), only)


def _deletes(clause: str) -> tuple[str, ...]:
    return (DELETE,) if clause == "REPLACE" else ()


AS_A_SUPPLIER = (
    _way("SELECT {pk} FROM {t}", READ),
    _way("SELECT count(*) FROM {t}", READ),
    _way("INSERT INTO {t} ({pk}) VALUES (NULL)", ADD),
    _way("INSERT INTO {t} ({pk}) SELECT NULL", ADD),
    _way("INSERT INTO {t} ({pk}) VALUES (NULL) RETURNING {pk}", ADD, READ),
    _way("INSERT INTO {t} ({pk}) VALUES (NULL) ON CONFLICT DO NOTHING", ADD),
    _way("INSERT INTO {t} ({pk}) VALUES (NULL) ON CONFLICT ({key}) DO UPDATE SET {pk} = NULL", ADD, CHANGE),
    *(
        _way(f"INSERT OR {clause} INTO {{t}} ({{pk}}) VALUES (NULL)", ADD, *_deletes(clause), only="sqlite")
        for clause in CLAUSES
    ),
    _way("REPLACE INTO {t} ({pk}) VALUES (NULL)", ADD, DELETE, only="sqlite"),
    _way("UPDATE {t} SET {pk} = NULL", CHANGE),
    _way("UPDATE {t} SET {pk} = NULL FROM (SELECT 1 AS one) AS other", CHANGE),
    *(
        _way(f"UPDATE OR {clause} {{t}} SET {{pk}} = NULL", CHANGE, *_deletes(clause), only="sqlite")
        for clause in CLAUSES
    ),
    _way("DELETE FROM {t}", DELETE),
    _way("DELETE FROM {t} USING (SELECT 1) AS other", DELETE, only="postgresql"),
    _way("TRUNCATE {t} CASCADE", EMPTY, only="postgresql"),
    _way("MERGE INTO {t} USING (SELECT 1) AS other ON true WHEN MATCHED THEN DELETE", DELETE, only="postgresql"),
    _way(
        "MERGE INTO {t} USING (SELECT 1) AS other ON true WHEN MATCHED THEN UPDATE SET {pk} = NULL",
        CHANGE,
        only="postgresql",
    ),
    _way(
        "MERGE INTO {t} USING (SELECT 1) AS other ON false WHEN NOT MATCHED THEN INSERT ({pk}) VALUES (NULL)",
        ADD,
        only="postgresql",
    ),
    _way("COPY {t} ({pk}) TO STDOUT", READ, only="postgresql"),
    _way("COPY {t} ({pk}) FROM STDIN", ADD, only="postgresql"),
)  # fmt: skip


@contextmanager
def refused(what: str) -> Iterator[None]:
    """The database says no because of the rights, and for no other reason."""
    try:
        yield
    except DatabaseError as failure:
        cause = failure.__cause__
    else:
        pytest.fail(f"not refused: {what}")
    by_rights = getattr(cause, "sqlstate", "") == "42501" or any(
        words in str(cause) for words in ("is prohibited", "not authorized")
    )
    assert by_rights, f"{what}: {cause!r}"


def _run(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        if sql.startswith("COPY"):
            _copy(cursor, sql)
        else:
            cursor.execute(sql, values)


def _copy(cursor: CursorWrapper, sql: str) -> None:
    """Through psycopg's own call; Django names the failures, as it does for every statement."""
    with connection.wrap_database_errors, cursor.cursor.copy(sql) as rows:  # type: ignore[attr-defined]
        if " TO " in sql:
            rows.read()


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(MODELS))
def test_a_supplier_is_refused_every_way_to_a_verb_that_is_not_theirs(table: str) -> None:
    rights = set(SUPPLIER_RIGHTS.get(table, ()))
    if table in CHANGEABLE_COLUMNS:  # its key is never among them
        rights.discard(CHANGE)
    ways = [way for way in AS_A_SUPPLIER if connection.vendor in way.vendor and not way.needs <= rights]
    pk = f'"{MODELS[table]._meta.pk.column}"'
    names = {"t": f'"{table}"', "pk": pk, "key": _key(table, pk)}
    assert ways or rights == {READ, ADD, CHANGE, DELETE}
    for way in ways:
        sql = way.sql.format(**names)
        with refused(sql), supplier_rights(None):
            _run(sql)


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_supplier_throws_no_row_out_by_putting_another_in_its_place() -> None:
    """The two tables to which they may add and from which they never delete, as it would be done."""
    contract = a_contract()
    case = delivered(received(contract), caseworker_on(contract))
    session = DeliverySession.objects.unscoped().filter(received=case).first()
    assert session is not None
    OutboxEntry.objects.create(kind="tests.tell", key="a", referral=case.pk)
    there = {model: _rows(model) for model in (DeliverySession, OutboxEntry)}
    with connection.cursor() as cursor:  # as on a new connection: what watches is made when it is needed
        cursor.execute("SELECT name FROM sqlite_temp_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER temp."{name}"')

    for sql, values in (
        (
            "INSERT OR REPLACE INTO monitoring_deliverysession (id, received_id, number) VALUES (%s, %s, 1)",
            [session.pk.hex, case.pk.hex],
        ),
        (
            "REPLACE INTO events_outboxentry (id, kind, key, referral, payload, state, attempts, last_failure, "
            "created_at, next_attempt_at, dismissed_because) "
            "VALUES (%s, 'x', 'a', %s, '{}', 'WAITING', 0, '', '2026-01-01', '2026-01-01', '')",
            [uuid4().hex, case.pk.hex],
        ),
        (
            "UPDATE OR REPLACE monitoring_appointment SET session_id = session_id, id = %s WHERE session_id IS NULL",
            [case.appointments.get(session__number=1).pk.hex],
        ),
    ):
        with refused(sql), supplier_rights(None):
            _run(sql, values)

    assert {model: _rows(model) for model in there} == there


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_supplier_cannot_turn_off_what_makes_triggers_see_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        assert cursor.fetchone() == (1,)
    for sql in (
        "PRAGMA recursive_triggers = OFF",
        "DROP TRIGGER temp.supplier_throws_out_of_events_outboxentry",
    ):
        with refused(sql), supplier_rights(None):
            _run(sql)


# --- Rows that stay, whoever asks --------------------------------------------------------------------------

#: Of each table that keeps rows for good: a column of text, and which of its rows stay.
STAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "events_auditevent": ("action", {}),
    "events_disclosureevent": ("reason", {}),
    "events_crnchange": ("reason", {}),
    "events_auditseal": ("hash", {}),
    "events_blankedcrns": ("crns", {}),
    "monitoring_shareversion": ("suicide_text", {}),
    "monitoring_casenote": ("body", {}),
    "monitoring_question": ("text", {}),
    "monitoring_referralchange": ("reason", {}),
    "monitoring_actionplan": ("number", {"submitted_at__isnull": False}),
    "monitoring_planactivity": ("text", {"plan__submitted_at__isnull": False}),
    "monitoring_endofservicereport": ("further_information", {"submitted_at__isnull": False}),
    "monitoring_outcomeachievement": ("progress", {"report__submitted_at__isnull": False}),
}
MORE_THAN_ONE_WAY = (
    "UPDATE {t} SET {c} = 7 {here}",
    "UPDATE {t} SET {c} = 7 FROM (SELECT 1 AS one) AS other {here}",
    "DELETE FROM {t} {here}",
    "{copy} ON CONFLICT DO NOTHING",
    "{copy} ON CONFLICT ({key}) DO UPDATE SET {c} = excluded.{c}",
    "{copy}",
)
ON_SQLITE = (
    *(f"UPDATE OR {clause} {{t}} SET {{c}} = 7 {{here}}" for clause in CLAUSES),
    *(f"UPDATE OR {clause} {{t}} SET id = %s WHERE id <> %s" for clause in CLAUSES),
    *(f"{{copy_or_{clause}}}" for clause in CLAUSES),
    *(f"{{second_or_{clause}}}" for clause in CLAUSES),
)
ON_POSTGRESQL = (
    "DELETE FROM {t} USING (SELECT 1) AS other {here}",
    "TRUNCATE {t} CASCADE",
    "MERGE INTO {t} USING (SELECT 1) AS other ON id = %s WHEN MATCHED THEN DELETE",
    "MERGE INTO {t} USING (SELECT 1) AS other ON id = %s WHEN MATCHED THEN UPDATE SET {c} = '7'",
    "{second} ON CONFLICT DO NOTHING",
    "{second}",
)


@pytest.mark.django_db
def test_every_table_with_triggers_is_tried() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(  # a month of the audit trail has those of the trail: tests/events/test_audit_months.py
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND NOT relispartition"
            )
        else:
            cursor.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        assert {table for (table,) in cursor.fetchall()} == set(STAYS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", sorted(STAYS))
def test_a_row_that_stays_stays_as_it_is(table: str) -> None:
    """By the service itself, outside any transaction: what ``OR ROLLBACK`` undoes is its own statement only."""
    _rows_of_every_kind()
    column, which = STAYS[table]
    model = MODELS[table]
    kept = model._base_manager.filter(**which).order_by("pk")
    before, (row, *_) = list(kept.values()), kept
    assert before
    key = row.pk.hex if connection.vendor == "sqlite" else row.pk

    for way in MORE_THAN_ONE_WAY + (ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL):
        names = {"t": f'"{table}"', "c": column, "key": _key(table, "id")}
        sql = way.format(**names, here="WHERE id = %s", **_copies(model, column))
        try:
            with transaction.atomic() if connection.vendor == "postgresql" else _as_it_is():
                _run(sql, [key] * sql.count("%s"))
        except IntegrityError:
            pass
        # Equal for the rows that were there: a row that is added beside them is none of their business.
        now = [values for values in kept.values() if values["id"] in {one["id"] for one in before}]
        assert now == before, sql


def _key(table: str, column: str) -> str:
    """Of the audit trail on PostgreSQL: with the month's column, by which it is in parts."""
    is_in_parts = table == "events_auditevent" and connection.vendor == "postgresql"
    return f"{column}, at" if is_in_parts else column


def _copies(model: type[models.Model], column: str) -> dict[str, str]:
    """Statements that add a row like the one that is there, changed in ``column``: with its key, and with another."""
    columns = [field.column for field in model._meta.local_concrete_fields]
    changed = "7" if column == "number" else "'7'"
    new_key = "'00000000000000000000000000000007'"
    new_key = f"CAST({new_key} AS uuid)" if connection.vendor == "postgresql" else new_key

    def insert(verb: str, values: dict[str, str]) -> str:
        names = ", ".join(f'"{name}"' for name in columns)
        read = ", ".join(values.get(name, f'"{name}"') for name in columns)
        table = f'"{model._meta.db_table}"'
        return f"{verb} INTO {table} ({names}) SELECT {read} FROM {table} WHERE id = %s"

    return {
        "copy": insert("INSERT", {column: changed}),
        "second": insert("INSERT", {"id": new_key}),
        **{f"copy_or_{clause}": insert(f"INSERT OR {clause}", {column: changed}) for clause in CLAUSES},
        **{f"second_or_{clause}": insert(f"INSERT OR {clause}", {"id": new_key}) for clause in CLAUSES},
    }


@contextmanager
def _as_it_is() -> Iterator[None]:
    """No transaction: SQLite's statements stand alone."""
    yield


def _rows_of_every_kind() -> None:
    """Rows that stay beside rows that may still change, in every table that has both."""
    contract = a_contract()
    worker = caseworker_on(contract)
    delivered(received(contract), worker)
    ended(received(contract), worker)
    reported_on(received(contract), worker)
    audit.record(AuditAction.SIGNED_IN, by=worker)
    years_ago = timezone.now() - timedelta(days=400)
    AuditEvent.objects.create(action=AuditAction.SIGNED_IN, at=years_ago, crn="X980020")
    assert seal_months(timezone.now())
    blank_crns(AuditEvent.objects.filter(at=years_ago), at=timezone.now())
    said = {"source": CrnChange.Source.ADMINISTRATOR, "reason": "Merged.", "by": worker, "at": timezone.now()}
    record(old="X980020", new="X980021", **said)  # type: ignore[arg-type]


def _rows(model: type[models.Model]) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())
