"""CHANGELOG.md: the newest first, each version grouped by the same four words, and its links lead somewhere."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
GROUPS = ["Added", "Changed", "Fixed", "Security"]
VERSIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]


def test_what_is_not_released_stands_first_and_is_not_empty() -> None:
    assert VERSIONS[0].startswith("Unreleased\n")
    assert re.search(r"^- \S", VERSIONS[0], re.MULTILINE)


def test_each_version_has_its_groups_in_order_and_something_in_each() -> None:
    for version in VERSIONS:
        groups = re.split(r"^### ", version, flags=re.MULTILINE)[1:]
        names = [group.partition("\n")[0] for group in groups]
        assert names == [name for name in GROUPS if name in names]
        assert [name for name, group in zip(names, groups, strict=True) if "\n- " not in group] == []


def test_no_line_stands_there_twice() -> None:
    lines = sorted(line for line in TEXT.splitlines() if line.startswith("- "))
    assert [line for line, same in groupby(lines) if len(list(same)) > 1] == []


def test_links_lead_to_files_that_are_there() -> None:
    linked = re.findall(r"\]\(([\w/.-]+)\)", TEXT)
    assert linked
    assert [name for name in linked if not (ROOT / name).is_file()] == []
