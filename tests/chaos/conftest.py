"""What every run of bad weather has: its size, its seed, a place for its figures, an installation of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.installation import Installation

CROWD = 5_000  # people; each run takes as many as it needs
#: Said at the end, whatever came of the run.
figures: list[str] = []
Tell = Callable[[str], None]


def size(name: str, otherwise: int) -> int:
    """How large a part of a run is: ``CHAOS_…`` in the environment makes it another."""
    return int(os.environ.get(f"CHAOS_{name}", otherwise))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Note a figure for the end of the run."""
    figures.append(f"{request.node.name}:")
    return lambda line: figures.append(f"    {line}")


@pytest.fixture
def seed(tell: Tell) -> int:
    """``CHAOS_SEED``, or another each time; it is told at the end."""
    drawn = size("SEED", secrets.randbelow(10**6))
    tell(f"CHAOS_SEED={drawn}")
    return drawn


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Prepared: its database is there and the stub runs, nothing else."""
    if "postgres" not in os.environ.get("DATABASE_URL", "") or not os.environ.get("REDIS_URL"):
        pytest.exit("Needs DATABASE_URL (PostgreSQL) and REDIS_URL: see .ci/services", returncode=1)
    made = Installation(tmp_path, crowd=CROWD)
    try:
        made.prepare()
        yield made
    finally:
        made.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures."""
    for line in figures:
        terminalreporter.write_line(line)
