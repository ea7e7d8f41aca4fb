"""docs/coverage.md names tests that are there, and says of every thing on the list what became of it, once."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
#: What is listed of each side, first and last number of each part.
LISTED = {"SP": [(1, 90)], "PP": [(1, 10), (11, 20), (21, 37), (40, 72), (80, 98), (100, 133)]}
IDS = [
    f"{side}-{number:02}"
    for side, parts in LISTED.items()
    for first, last in parts
    for number in range(first, last + 1)
]
ANSWERS = {"done", "better", "deliberately not", "later"}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith(("| SP-", "| PP-"))
]
FAULTS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("| In the live service |")[2].splitlines()[2:]
    if line
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


def test_every_fault_of_the_live_form_names_a_test_or_the_row_that_admits_it() -> None:
    later = {row[0] for row in ROWS if row[2] == "later"}
    assert len(FAULTS) > 40
    for row in FAULTS:
        assert len(row) == 2, row
        assert "::" in row[1] or set(re.findall(r"PP-\d+", row[1])) & later, row
