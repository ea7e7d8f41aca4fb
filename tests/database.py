"""The database that every test starts with: migrated, with the reference data, people and contracts of the demo.

Migrating takes ten seconds and its outcome only changes with the migrations. So it is kept: on SQLite as a file in
``var/``, on PostgreSQL as a database to copy from. The worker that comes first makes it, the others wait for it.
The catalogue is loaded once a session, because its dates are relative to the day. A test that wants no rows at all asks
for the fixture ``empty_tables``.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from demo import seeding as demo
from events.models import AuditEvent
from monitoring.access.database_rights import supplier_rights
from monitoring.access.row_security import not_forced
from tests.flushing import triggers_lifted

ROOT = Path(__file__).resolve().parent.parent
FOLDER: Path = settings.VAR_DIR

#: While a session runs, all rows that a test starts with: SQLite's as a database, PostgreSQL's as it copies them.
_as_every_test_starts: sqlite3.Connection | None = None
_rows_to_put_back: RowsOfPostgreSQL | None = None


@contextmanager
def kept_after_migrating(*, anew: bool = False) -> Iterator[None]:
    """Run the block, which makes the test database, on a copy of what was migrated before, if that still holds.

    ``anew``: migrate whether or not something is kept.
    """
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "test-database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _KeptByPostgreSQL() if connection.vendor == "postgresql" else _KeptFile()
        is_there = kept.is_there() and not anew
        if is_there:
            kept.copy_when_created()
        yield
        if not is_there:
            kept.keep()


def load() -> None:
    """Load what every test starts with, and remember it."""
    global _as_every_test_starts, _rows_to_put_back
    _load_rows()
    if connection.vendor == "postgresql":
        _rows_to_put_back = RowsOfPostgreSQL()
    if connection.vendor == "sqlite":
        # A connection's first request by a supplier makes two dozen temporary triggers. In a test they would be undone
        # with the test, made anew in the next, and every statement prepared anew each time.
        with supplier_rights(None):
            pass
        _as_every_test_starts = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(_as_every_test_starts)


def restore() -> None:
    """After a test that committed: make the tables as every test finds them."""
    connection.ensure_connection()
    if _as_every_test_starts is not None:
        _as_every_test_starts.backup(connection.connection)
    else:
        assert _rows_to_put_back is not None
        _rows_to_put_back.put_back()


def _load_rows() -> None:
    """People and catalogue of the demo. What loading them wrote into the audit trail goes: it begins with the test."""
    demo.load_people_and_catalogue()
    with transaction.atomic(), triggers_lifted(connection):
        AuditEvent.objects.all().delete()


def empty() -> None:
    """Delete every row of ours; for the test alone when its transaction is rolled back."""
    tables = [table for table in _tables() if table not in ("django_content_type", "auth_permission")]
    with transaction.atomic(), triggers_lifted(connection), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, tables))}")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            for table in tables:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _tables() -> list[str]:
    """Every table of the models, and those between them."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [table for table in tables if table != "django_migrations"]


class RowsOfPostgreSQL:
    """All rows there are now, and where the numbers that the database gives out stand.

    Loading people and catalogue anew takes seconds for each test that commits; this takes a tenth of one.
    """

    def __init__(self) -> None:
        self.tables = [connection.ops.quote_name(table) for table in _tables()]
        self.rows: dict[str, bytes] = {}
        with connection.cursor() as cursor:
            for table in self.tables:
                with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT BINARY)") as copied:
                    self.rows[table] = b"".join(map(bytes, copied))
            cursor.execute(
                "SELECT format('%%I.%%I', schemaname, sequencename), last_value FROM pg_sequences"
                " WHERE schemaname = 'public' AND last_value IS NOT NULL",
                [],
            )
            self.numbers: list[tuple[str, int]] = cursor.fetchall()

    def put_back(self) -> None:
        """As it was."""
        with (
            transaction.atomic(),
            triggers_lifted(connection),
            not_forced(connection),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {', '.join(self.tables)} RESTART IDENTITY")
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as target:
                    target.write(rows)
            for sequence, number in self.numbers:
                cursor.execute("SELECT setval(%s, %s)", [sequence, number])
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # keys wait for the end, and so would keep tables as they are


def fingerprint() -> str:
    """Of all that decides what migrating makes: the migrations, what they import of ours, Django, the engine."""
    files = set(ROOT.glob("*/migrations/*.py"))
    files |= {source for path in files for source in _imported(path)}
    engine = (
        django.get_version(),
        connection.vendor,
        sqlite3.sqlite_version,
        settings.SUPPLIER_DATABASE_ROLE,
    )
    found = hashlib.sha256(repr(engine).encode())
    for path in sorted(files):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def _imported(migration: Path) -> Iterator[Path]:
    """The modules of ours that a migration imports."""
    for statement in ast.walk(ast.parse(migration.read_text(encoding="utf-8"))):
        names = []
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            names = [statement.module, *(f"{statement.module}.{alias.name}" for alias in statement.names)]
        for name in names:
            path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            if path.is_file():
                yield path


class _KeptFile:
    """SQLite: a file, copied page by page into the new test database, in memory or not."""

    def __init__(self) -> None:
        self.path = FOLDER / f"test-database-{fingerprint()}.sqlite3"

    def is_there(self) -> bool:
        return self.path.is_file()

    def copy_when_created(self) -> None:
        creation = connection.creation
        create = creation._create_test_db

        def create_with_contents(*args: Any, **kwargs: Any) -> str:
            del creation._create_test_db  # this once
            name: str = create(*args, **kwargs)
            # A database in memory lasts while somebody is connected: until Django is, and then as long as that is.
            self.target = sqlite3.connect(name, uri=name.startswith("file:"))
            with closing(sqlite3.connect(self.path)) as kept:
                kept.backup(self.target)
            return name

        creation._create_test_db = create_with_contents

    def keep(self) -> None:
        for outdated in FOLDER.glob("test-database-*.sqlite3"):
            outdated.unlink()
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            connection.connection.backup(target)
        unfinished.rename(self.path)


class _KeptByPostgreSQL:
    """PostgreSQL: a database beside the test databases, with the fingerprint as its comment."""

    def __init__(self) -> None:
        self.name = f"test_{settings.DATABASES['default']['NAME'].removeprefix('test_')}_migrated"
        self.fingerprint = fingerprint()
        self.wrapper: BaseDatabaseWrapper = connection

    def is_there(self) -> bool:
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [self.name],
            )
            found = cursor.fetchone()
        return found is not None and found[0] == self.fingerprint

    def copy_when_created(self) -> None:
        connection.settings_dict["TEST"]["TEMPLATE"] = self.name

    def keep(self) -> None:
        made = connection.ops.quote_name(connection.settings_dict["NAME"])
        kept = connection.ops.quote_name(self.name)
        connection.close()
        connection.close_pool()  # nobody may be connected to what is copied
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {kept}")
            cursor.execute(f"CREATE DATABASE {kept} TEMPLATE {made}")
            cursor.execute(f"COMMENT ON DATABASE {kept} IS '{self.fingerprint}'")
