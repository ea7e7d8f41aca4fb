"""The restore drill: the database is dumped while people work, restored elsewhere, and found to be whole.

By a role that may read everything, as a backup needs it. ``CHAOS_RESTORED`` (60) referrals, half of them sent before.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, Installation, wait_for

#: Of ``.ci/services``: in production, whoever makes backups.
BACKUP_ROLE = "owner"
CHECKS = (
    ("manage.py", "migrate", "--check"),
    ("manage.py", "check_stages"),
    ("manage.py", "verify_disclosures"),
    ("manage.py", "verify_audit_trail"),
    ("manage.py", "declaration_keys"),
)
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
EVENT_OF_A_MONTH_AGO = (
    "INSERT INTO events_auditevent (id, at, action, outcome, crn, facts, request_id)"
    " VALUES (gen_random_uuid(), now() - interval '40 days', 'page.viewed', 'DONE', '', '{}', '')"
)


@pytest.fixture
def elsewhere(installation: Installation) -> Iterator[str]:
    """The address of an empty database beside the service's."""
    address = _as_backup_role(f"{installation.database_url}_restored")
    name = sql.Identifier(urlsplit(address).path[1:])
    server = _as_backup_role(f"{installation.database_url.rpartition('/')[0]}/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER refer_monitor TEMPLATE template0").format(name))
        yield address
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_what_was_dumped_amid_work_is_restored_whole(
    installation: Installation, elsewhere: str, tmp_path: Path, tell: Tell
) -> None:
    # Given referrals, a sealed month, and more referrals on their way
    count = size("RESTORED", 60) // 2
    wait_for(installation.make_referrals(1, count), LONG)
    with installation.database() as connection:
        connection.execute(EVENT_OF_A_MONTH_AGO)
    assert "Sealed: " in installation.run("manage.py", "keep_audit_months")
    work = installation.make_referrals(count + 1, count)

    # When the database is dumped as it is at one moment, and restored elsewhere
    source, dump = _as_backup_role(installation.database_url), tmp_path / "dump"
    with psycopg.connect(source) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        began = time.monotonic()
        _run("pg_dump", "--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={dump}", source)
        dumped = time.monotonic()
        was_at_work = work.poll() is None
        _run("pg_restore", "--exit-on-error", f"--dbname={elsewhere}", str(dump))
        restored = time.monotonic()
        there = _counts(connection)
    wait_for(work, LONG)

    # Then everything is there that was there then, and proves itself
    with psycopg.connect(elsewhere) as connection:
        found = _counts(connection)
    environment = installation.environment | {"DATABASE_URL": f"{installation.database_url}_restored"}
    for check in CHECKS:
        installation.run(*check, environment=environment)
    tell(
        f"dumped in {dumped - began:.1f} s ({dump.stat().st_size:,} bytes), restored in {restored - dumped:.1f} s"
    )
    tell(f"{sum(found.values()):,} rows in {len(found)} tables; {len(CHECKS)} checks")
    assert found == there
    assert found["monitoring_receivedreferral"] >= count
    assert found["events_auditseal"] >= 1
    assert was_at_work, "nobody was at work while it was dumped: CHAOS_RESTORED is too small"


def _as_backup_role(address: str) -> str:
    return address.replace("//refer_monitor@", f"//{BACKUP_ROLE}@")


def _counts(connection: psycopg.Connection[tuple[int]]) -> dict[str, int]:
    tables = [str(table) for (table,) in connection.execute(TABLES)]
    return {
        table: row[0]
        for table in tables
        for row in connection.execute(f"SELECT count(*) FROM {table}".encode())
    }


def _run(program: str, *arguments: str) -> None:
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{program}")]
    command = str(max(found)) if found else program
    ran = subprocess.run([command, *arguments], capture_output=True, text=True, check=False, env=os.environ)
    assert ran.returncode == 0, ran.stderr[-3000:]
