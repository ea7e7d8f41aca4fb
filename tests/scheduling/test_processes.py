"""Schedulers as they really run: processes with folders of their own, one killed and one stopped gently."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
TO_START = 60  # seconds, on a busy machine
TAKE_OVER = 30
#: Processes and half a minute of waiting: too long for every run.
pytestmark = pytest.mark.slow


class Installation:
    """A database, and schedulers that share nothing else."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database = folder, database
        self.schedulers: list[subprocess.Popen[bytes]] = []

    def environment(self, name: str) -> dict[str, str]:
        """Of one process, with a folder of its own."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
            "DATABASE_URL": self.database,
            "VAR_DIR": str(self.folder / name),
        }

    def migrates(self) -> None:
        """Make the tables."""
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=self.environment("migrate"), check=True)

    def starts_a_scheduler(self) -> subprocess.Popen[bytes]:
        """One more."""
        celery = str(Path(sys.executable).parent / "celery")
        command = [celery, "--quiet", "--app", "refer_monitor.celery", "beat", "--pidfile="]
        environment = self.environment(f"scheduler-{len(self.schedulers)}")
        output = (self.folder / f"scheduler-{len(self.schedulers)}.log").open("wb")
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        self.schedulers.append(running)
        return running

    def asks(self, question: str) -> str:
        """The first value that the database answers."""
        connect = psycopg.connect if self.database.startswith("postgres") else sqlite3.connect
        address = self.database.removeprefix("sqlite:///")
        address = f"/{address.lstrip('/')}" if connect is sqlite3.connect else address
        with closing(connect(address)) as connection:  # type: ignore[operator]
            row = connection.execute(question).fetchone()
        return str(row[0]) if row else ""

    def holder(self) -> str:
        """Which scheduler holds the lease."""
        return self.asks("SELECT holder FROM scheduling_lease")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    server, name = os.environ.get("DATABASE_URL", "").rpartition("/")[0], f"scheduled_{PROCESS}"
    on_postgresql = server.startswith("postgres")
    if on_postgresql:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
    made = Installation(
        tmp_path, f"{server}/{name}" if on_postgresql else f"sqlite:///{tmp_path / 'database'}"
    )
    made.migrates()
    yield made
    for scheduler in made.schedulers:
        scheduler.kill()
        scheduler.wait()
    if on_postgresql:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _within(seconds: float, happened: Callable[[], bool]) -> float:
    """Wait for it; returns after how many seconds it came."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if happened():
            return time.monotonic() - begun
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds")


def test_the_schedule_goes_on_whoever_is_killed_or_stopped(installation: Installation) -> None:
    # Given two schedulers, of which the first holds the lease
    first = installation.starts_a_scheduler()
    _within(TO_START, lambda: installation.holder() not in ("", "None"))
    held_by_first = installation.holder()
    second = installation.starts_a_scheduler()
    time.sleep(10)
    assert installation.holder() == held_by_first

    # When it is killed, then the second one holds it within half a minute
    first.kill()
    first.wait()
    after = _within(TAKE_OVER, lambda: installation.holder() != held_by_first)
    held_by_second = installation.holder()
    assert after <= TAKE_OVER

    # When that one is stopped, it says so to the next, and ends without a failure
    third = installation.starts_a_scheduler()
    time.sleep(10)
    assert installation.holder() == held_by_second
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=10) == 0
    _within(7, lambda: installation.holder() not in ("None", held_by_second))
    assert third.poll() is None

    # Then what is due every half minute is sent on
    swept = "SELECT at FROM scheduling_lastrun WHERE name = 'deliver what waits in the outbox'"
    before = installation.asks(swept)
    _within(40, lambda: installation.asks(swept) != before)
    # And nobody kept anything in a folder but what waits in the embedded queue
    kept = [path for path in installation.folder.glob("*/*") if not path.name.startswith("queue")]
    assert kept == []
