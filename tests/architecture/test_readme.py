"""README.md is true: what it names is there, its picture of the apps agrees with the imports, pictures are small."""

from __future__ import annotations

import re
import struct
import tomllib
from itertools import pairwise
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [
    set(re.split(r"\W+", layer))
    for contract in LINTER["contracts"]
    if contract["type"] == "layers" and "containers" not in contract
    for layer in contract["layers"]
]
APPS = set(LINTER["root_packages"])
ARROW = re.compile(r"^    (\w+) (-->|-\.->\|[^|]+\|) (\w+)$", re.MULTILINE)
ARROWS = ARROW.findall(TEXT.partition("flowchart TD")[2].partition("```")[0])
WORDS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("\n## Words\n")[2].partition("\n## ")[0].splitlines()
    if line.startswith("|")
][2:]
PICTURES = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", TEXT)


def _named() -> set[str]:
    """Every path in backticks or behind a link, and every module named with dots, as a path."""
    paths = set(re.findall(r"\]\(([\w./-]+)\)", TEXT))
    for quoted in re.findall(r"`([^`]+)`", PROSE):
        for word in quoted.split():
            if re.fullmatch(r"\.?\w[\w.-]*(/[\w.-]+)+/?|[\w-]+/|[\w-]+\.(py|toml|yml|md|css)", word):
                paths.add(word)
            elif re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word) and word.partition(".")[0] in APPS:
                paths.add(f"{word.replace('.', '/')}.py")
    return paths


def test_every_path_and_module_that_is_named_is_there() -> None:
    named = _named()
    assert {"monitoring/handover/contents.py", "refer_monitor/settings/production.py", "docs/how-to.md"} <= named
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_command_of_make_is_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)`", TEXT)) | set(
        re.findall(r"^    make (\w+)$", TEXT, re.MULTILINE)
    )
    assert {"run", "test"} <= named <= targets


# --- The picture of the apps -------------------------------------------------------------------------


def test_the_picture_and_the_table_hold_every_app() -> None:
    assert {name for source, _, target in ARROWS for name in (source, target)} == APPS
    assert set(re.findall(r"^\| `(\w+)/` \|", TEXT, re.MULTILINE)) == APPS


def test_every_arrow_points_down_the_layers() -> None:
    assert set().union(*LAYERS) == APPS
    height = {app: number for number, layer in enumerate(LAYERS) for app in layer}
    assert [(source, target) for source, _, target in ARROWS if height[source] >= height[target]] == []


def test_the_arrows_are_the_imports() -> None:
    """Each drawn one is an import, and each import is drawn or follows from those that are. Dotted ones are none."""
    graph = grimp.build_graph(*APPS, cache_dir=None)
    imported = {
        (source.partition(".")[0], target.partition(".")[0])
        for source in graph.modules
        for target in graph.find_modules_directly_imported_by(source)
    }
    drawn = {(source, target) for source, line, target in ARROWS if line == "-->"}
    assert drawn - imported == set()
    reached = set(drawn)
    for _ in LAYERS:
        reached |= {(a, d) for a, b in reached for c, d in drawn if b == c}
    assert {(a, b) for a, b in imported if a != b} - reached == set()


# --- The words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in WORDS])
def test_a_word_is_where_it_is_said_to_be(row: list[str]) -> None:
    quoted = re.findall(r"`([^`]+)`", row[2])
    assert any(name.endswith(".py") for name in quoted)
    for name, path in pairwise(quoted):
        if not name.endswith(".py"):
            assert re.search(rf"^class {name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


# --- Its pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("alternative", "name"), PICTURES)
def test_a_picture_is_small_said_in_words_and_as_wide_as_a_desk_screen(alternative: str, name: str) -> None:
    picture = (ROOT / name).read_bytes()
    assert len(alternative) > 20
    assert len(picture) < 150_000
    assert struct.unpack(">I", picture[16:20]) == (1280,)


def test_every_picture_is_shown() -> None:
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.png")}
    assert {name for _, name in PICTURES} == kept
