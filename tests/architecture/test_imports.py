"""Every app stands in the contracts on imports (``make lint`` holds them), and every module says what it knows."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
# Say nothing about what is inside (house rule); "manager" and "process" are Django's or the system's words.
EMPTY_NAMES = {
    "core",
    "common",
    "utils",
    "util",
    "helpers",
    "manager",
    "data",
    "info",
    "handle",
    "process",
    "misc",
}


def modules() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]


def test_every_app_stands_in_the_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(APPS)


def test_package_files_are_empty() -> None:
    full = [
        str(path.relative_to(ROOT)) for path in modules() if path.name == "__init__.py" and path.read_text()
    ]
    assert [name for name in full if not name.endswith("models/__init__.py")] == []


def test_names_say_what_is_inside() -> None:
    names = {part for path in modules() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not names & EMPTY_NAMES


@pytest.mark.slow
def test_every_module_says_what_it_knows() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if "migrations" not in path.parts and not _is_empty_or_documented(path)
    ]
    assert silent == [], "modules without a docstring"


def _is_empty_or_documented(path: Path) -> bool:
    tree = ast.parse(path.read_text())
    return not tree.body or bool(ast.get_docstring(tree))
