"""Tables that only grow: triggers by which the database itself refuses to change or delete a row.

Works on SQLite and PostgreSQL. Knows a table by its name and nothing of what stands in it. Apps use
``AppendOnly("their_table")`` in a migration of their own.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython

VERBS = ("UPDATE", "DELETE")


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make the database refuse UPDATE and DELETE on ``table`` (PostgreSQL: TRUNCATE too) with an IntegrityError."""
    remove(connection, table)
    statements = _on_postgresql(table) if connection.vendor == "postgresql" else _on_sqlite(table)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers away again, if they are there."""
    with connection.cursor() as cursor:
        for verb in (*VERBS, "TRUNCATE"):
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER IF EXISTS {_name(table, verb)} ON "{table}"')
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}")


class AppendOnly(RunPython):
    """A migration step that makes one table append-only, and can be undone."""

    def __init__(self, table: str) -> None:
        def forwards(apps: Any, schema_editor: Any) -> None:
            install(schema_editor.connection, table)

        def backwards(apps: Any, schema_editor: Any) -> None:
            remove(schema_editor.connection, table)

        super().__init__(forwards, backwards)


def _name(table: str, verb: str) -> str:
    return f"{table}_refuses_{verb.lower()}"


def _on_sqlite(table: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON "{table}"
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for verb in VERBS
    ]


def _on_postgresql(table: str) -> list[str]:
    function = """CREATE OR REPLACE FUNCTION refuse_because_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END $$"""
    of_rows = [
        f"""CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION refuse_because_append_only()"""
        for verb in VERBS
    ]
    of_all = f"""CREATE TRIGGER {_name(table, "TRUNCATE")} BEFORE TRUNCATE ON "{table}"
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_because_append_only()"""
    return [function, *of_rows, of_all]
