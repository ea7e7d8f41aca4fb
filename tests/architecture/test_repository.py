"""What is kept in the repository works on any machine: no registry's host, no path of one machine."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "package-lock.json"]
ONE_MACHINE = re.compile(r"/(work|tmp|root|home/\w+)/\w")


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_host(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", LOCKS[:2])
def test_every_python_package_is_locked_by_its_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==\S+.*\\$", text, flags=re.MULTILINE)
    assert len(pinned) > 40
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, flags=re.MULTILINE))


def test_every_front_end_package_is_locked_by_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_no_file_names_a_path_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".html", ".yml", ".json", ".in"} and path.exists():
            found += [
                f"{name}: {hit.group()}" for hit in ONE_MACHINE.finditer(path.read_text(encoding="utf-8"))
            ]
    assert not found
