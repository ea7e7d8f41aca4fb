"""docs/coverage.md names tests that are there, and says of every thing on the list what became of it, once."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
IDS = [f"SP-{number:02}" for number in range(1, 91)]
ANSWERS = {"done", "better", "deliberately not", "later"}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| SP-")
]


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", TEXT)
    assert named
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file()
        or not re.search(rf"^\s*def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert not missing


def test_every_id_has_one_row() -> None:
    assert [row[0] for row in ROWS] == IDS


def test_every_row_has_an_answer_and_what_is_done_names_a_test() -> None:
    for row in ROWS:
        assert len(row) == 4, row
        assert row[2] in ANSWERS, row
        assert row[3], row
        assert row[2] not in {"done", "better"} or "::" in row[3], row
