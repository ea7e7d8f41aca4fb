"""The allow-list of ``monitoring.access.database_rights`` on SQLite, which asks us about every part of a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from monitoring.access.database_rights import CHANGEABLE_COLUMNS, READABLE_COLUMNS, SUPPLIER_RIGHTS


@contextmanager
def allow_only_supplier_rights(sqlite: sqlite3.Connection) -> Iterator[None]:
    """Have SQLite refuse, while the block runs, what is not on the list."""
    _watch_for_rows_thrown_out(sqlite)
    sqlite.set_authorizer(_may)
    try:
        yield
    finally:
        sqlite.set_authorizer(None)


#: Tables whose rows a supplier's request adds or changes, and never deletes.
NEVER_DELETED_FROM: Final = tuple(
    table
    for table, verbs in SUPPLIER_RIGHTS.items()
    if verbs & {"INSERT", "UPDATE"} and "DELETE" not in verbs
)
_THROWS_OUT: Final = "supplier_throws_out_of_"


def _watch_for_rows_thrown_out(sqlite: sqlite3.Connection) -> None:
    """Make SQLite ask us before ``INSERT OR REPLACE`` or ``UPDATE OR REPLACE`` deletes the rows that stand in its way.

    It asks about the insert only. Yet (with ``recursive_triggers`` on, see the settings) such a statement contains the
    table's delete triggers, and about what they do it does ask: these do nothing, and ``_may`` refuses them. They are
    temporary: of this connection alone. Straight to SQLite, for this is no query of the request.
    """
    there = sqlite.execute(
        "SELECT count(*) FROM sqlite_temp_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?",
        (len(_THROWS_OUT), _THROWS_OUT),
    ).fetchone()[0]
    if there < len(NEVER_DELETED_FROM):  # a new connection; or a transaction that made them was undone
        for table in NEVER_DELETED_FROM:
            sqlite.execute(
                f"CREATE TEMPORARY TRIGGER IF NOT EXISTS {_THROWS_OUT}{table} "
                f'BEFORE DELETE ON main."{table}" BEGIN SELECT NULL; END'
            )
        # SQLite sets it up at its first use on a connection, by what a request may not do.
        sqlite.execute(f"SELECT 1 FROM {_A_VALUE_AS_A_TABLE}('[]')")  # noqa: S608 (a name of ours)


_VERBS = {
    sqlite3.SQLITE_READ: "SELECT",
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
    sqlite3.SQLITE_DELETE: "DELETE",
}
#: Reads a list in JSON that a statement brings along (``prepared/one_value.py``), and nothing that is kept.
_A_VALUE_AS_A_TABLE: Final = "json_each"
_HARMLESS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT, sqlite3.SQLITE_RECURSIVE}
)


def _may(
    action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
) -> int:
    """SQLite's question about one thing that a statement would do. Whatever is not known here is refused."""
    verb = _VERBS.get(action)
    if trigger and trigger.startswith(_THROWS_OUT):
        allowed = False
    elif verb:
        allowed = verb in SUPPLIER_RIGHTS.get(first or "", ()) and _is_within(verb, first, second)
        allowed = allowed or (verb == "SELECT" and first == _A_VALUE_AS_A_TABLE)
    elif action == sqlite3.SQLITE_FUNCTION:
        allowed = second != "load_extension"
    else:
        allowed = action in _HARMLESS
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _is_within(verb: str, table: str | None, column: str | None) -> bool:
    """Whether the column is among those that may be read or changed. None is named when rows are only counted."""
    limited = {"SELECT": READABLE_COLUMNS, "UPDATE": CHANGEABLE_COLUMNS}.get(verb, {})
    columns = limited.get(table or "")
    return columns is None or not column or column in columns
