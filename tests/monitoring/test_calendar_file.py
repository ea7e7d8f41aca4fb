"""A calendar file says the same time to a program that is not the one it was written with: ical.js, day by day."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bootstrap import BIN, NODE, ROOT
from monitoring.models import Appointment, Purpose
from monitoring.presenters.calendar_file import calendar_file
from monitoring.rules.appointments import LONDON

READER = Path(__file__).with_name("read_calendar.mjs")
DAYS = [
    date(2026, 1, 1) + timedelta(days=number) for number in range((date(2031, 1, 1) - date(2026, 1, 1)).days)
]
ADDRESS = "https://service.example/appointments/1"


def _file(starts_at: datetime, minutes: int) -> str:
    appointment = Appointment(
        purpose=Purpose.ASSESSMENT, starts_at=starts_at, minutes=minutes, scheduled_at=starts_at
    )
    appointment.version = 0  # type: ignore[attr-defined]
    return calendar_file(appointment, address=ADDRESS).decode()


def _node() -> list[str]:
    """Node of the machine, or that of the Python index, which bootstrap.py uses where there is none."""
    if shutil.which("node"):
        return ["node"]
    python = ["--no-python-downloads", "--python", str(BIN / "python")]
    return [str(BIN / "uv"), "tool", "run", "--quiet", *python, "--from", NODE, "node"]


def read_calendars(files: list[str]) -> list[list[tuple[datetime, datetime]]]:
    """Start and end of each event of each file."""
    ran = subprocess.run(
        [*_node(), str(READER)],
        input=json.dumps(files),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    return [
        [(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)) for start, end in events]
        for events in json.loads(ran.stdout)
    ]


def _read(files: list[str]) -> list[tuple[datetime, datetime]]:
    return [events[0] for events in read_calendars(files)]


@pytest.mark.parametrize(
    ("at", "minutes"),
    [
        pytest.param(time(0, 30), 60, id="before the clocks change"),
        pytest.param(time(9, 0), 45, id="in the morning"),
        pytest.param(time(23, 30), 60, id="over midnight"),
    ],
)
@pytest.mark.slow
def test_every_day_of_five_years_reads_as_it_was_arranged(at: time, minutes: int) -> None:
    arranged = [datetime.combine(day, at, LONDON).astimezone(UTC) for day in DAYS]

    read = _read([_file(starts_at, minutes) for starts_at in arranged])

    wrong = [
        starts_at.astimezone(LONDON)
        for starts_at, said in zip(arranged, read, strict=True)
        if said != (starts_at, starts_at + timedelta(minutes=minutes))
    ]
    assert wrong == []
    assert len(read) == 1826


@pytest.mark.parametrize(
    "starts_at",
    [
        pytest.param(datetime(2030, 3, 31, 0, 59, tzinfo=UTC), id="a minute before the spring change"),
        pytest.param(datetime(2030, 3, 31, 1, 0, tzinfo=UTC), id="at the spring change"),
        pytest.param(
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="half past one in summer time, the first time"
        ),
        pytest.param(
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC), id="half past one in winter time, the second time"
        ),
    ],
)
def test_the_hours_in_which_the_clocks_change(starts_at: datetime) -> None:
    assert _read([_file(starts_at, 30)]) == [(starts_at, starts_at + timedelta(minutes=30))]
