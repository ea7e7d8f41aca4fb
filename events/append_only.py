"""Tables that only grow: triggers by which the database itself refuses to change or delete a row.

Works on SQLite and PostgreSQL. Knows a table by its name and nothing of what stands in it. Apps use
``AppendOnly("their_table")`` in a migration of their own.

There is one exception (decision 23): ``AllowBlanking`` lets named columns be set to nothing, all at once and once a
row, together with the date in ``blanked_at``. Any other change is refused as before, whichever trigger refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython

VERBS = ("UPDATE", "DELETE")
STAMP: Final = "blanked_at"
NO_TEXT: Final = "''"
NO: Final = "FALSE"
NO_VALUES: Final = "'{}'"


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make the database refuse UPDATE and DELETE on ``table`` (PostgreSQL: TRUNCATE too) with an IntegrityError."""
    remove(connection, table)
    statements = _on_postgresql(table) if connection.vendor == "postgresql" else _on_sqlite(table)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refuse_emptying(connection: BaseDatabaseWrapper, table: str) -> None:
    """PostgreSQL: refuse TRUNCATE of one part of a table. It gets triggers of rows from the table, but not this one."""
    with connection.cursor() as cursor:
        cursor.execute(_of_all(table))


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


class AllowBlanking(RunPython):
    """A migration step that narrows every trigger that refuses updates of one table, and cannot be undone by itself.

    ``blanks`` has each column that may be set to nothing, and what nothing is for it (``NO_TEXT``, ``NO`` or
    ``NO_VALUES``). To be run again after a migration that makes SQLite build the table anew, behind the step that
    installs its triggers.
    """

    def __init__(self, table: str, blanks: Mapping[str, str]) -> None:
        def forwards(apps: Any, schema_editor: Any) -> None:
            allow_blanking(schema_editor.connection, table, blanks)

        super().__init__(forwards, RunPython.noop)


def allow_blanking(connection: BaseDatabaseWrapper, table: str, blanks: Mapping[str, str]) -> None:
    """Let the triggers that stand on ``table`` pass an update that blanks a row, and nothing else."""
    if connection.vendor == "postgresql":
        _narrow_on_postgresql(connection, table, blanks)
    else:
        _narrow_on_sqlite(connection, table, blanks)


def _narrow_on_sqlite(connection: BaseDatabaseWrapper, table: str, blanks: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")  # noqa: S608 (a name of ours)
        others = [name for (name,) in cursor.fetchall() if name not in (STAMP, *blanks)]
        same = [f'OLD."{column}" IS NEW."{column}"' for column in others]
        blanked = " AND ".join([*_stamped(), *same, *_emptied(blanks)])
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        for name, written in cursor.fetchall():
            # One of some columns only (UPDATE OF) is about columns that blanking leaves alone.
            if STAMP in written or not re.search(r"\bBEFORE UPDATE ON\b", written):
                continue
            head, body = written.split("BEGIN", 1)
            head, _, when = head.partition(" WHEN ")
            stamped = (
                f"OLD.{STAMP} IS NOT NEW.{STAMP}"  # a trigger of before that column does not ask about it
            )
            refuse = f"NOT ({blanked})" + (f" AND ({when.strip()} OR {stamped})" if when else "")
            cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(f"{head} WHEN {refuse} BEGIN{body}")


_BITS = {"INSERT": 4, "DELETE": 8}  # of pg_trigger.tgtype; UPDATE is 16


def _narrow_on_postgresql(connection: BaseDatabaseWrapper, table: str, blanks: Mapping[str, str]) -> None:
    left = "".join(f" - '{column}'" for column in (STAMP, *blanks))
    same = f"(to_jsonb(NEW){left}) = (to_jsonb(OLD){left})"
    blanked = " AND ".join([*_stamped(), same, *_emptied(blanks)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgtype, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgtype & 16 = 16 AND tgqual IS NULL",
            [table],
        )
        for name, kind, function in cursor.fetchall():
            # A trigger with a condition over both rows can be of updates only, so each is split in two.
            cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
            others = " OR ".join(verb for verb, bit in _BITS.items() if kind & bit)
            if others:
                cursor.execute(
                    f'CREATE TRIGGER "{name}" BEFORE {others} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {function}()'
                )
            unless = f"{name}_unless_blanked" if others else name
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER "{unless}" BEFORE UPDATE ON "{table}" FOR EACH ROW '
                f"WHEN (NOT ({blanked})) EXECUTE FUNCTION {function}()"
            )


def _stamped() -> list[str]:
    return [f"OLD.{STAMP} IS NULL", f"NEW.{STAMP} IS NOT NULL"]


def _emptied(blanks: Mapping[str, str]) -> list[str]:
    return [f'NEW."{column}" = {nothing}' for column, nothing in blanks.items()]


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
    return [function, *of_rows, _of_all(table)]


def _of_all(table: str) -> str:
    return f"""CREATE TRIGGER {_name(table, "TRUNCATE")} BEFORE TRUNCATE ON "{table}"
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_because_append_only()"""
