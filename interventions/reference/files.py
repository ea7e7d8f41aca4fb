"""The reference files beside this module, read and spelt out as plain rows. Knows no database.

``regional.csv`` lists the contract types that some regions have for themselves, each with one category of the same
code and name. What they say about complexity and outcomes is the same within a family ("DNR regional"), so it is
written once in the other files and repeated here for each of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LETTER_OF_LEVEL = {"LOW": "L", "MEDIUM": "M", "HIGH": "H"}


@dataclass(frozen=True, slots=True)
class Type:
    """A contract type with the codes of the categories it offers."""

    code: str
    name: str
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Level:
    """What one complexity level of one category means."""

    category: str
    level: str
    description: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One desired outcome of one category, with the day from which it was no longer offered."""

    code: str
    category: str
    scope: str
    text: str
    deprecated_on: date | None


@dataclass(frozen=True, slots=True)
class _Wording:
    """A category and the key its texts are found under: the same, but for regional categories."""

    category: str
    key: str
    levels: str = "LMH"


def regions() -> dict[str, str]:
    """Names of the probation regions by code."""
    return {row["region_code"]: row["region"] for row in _rows("places.csv")}


def police_areas() -> list[tuple[str, str, str]]:
    """Slug, name and region code of every police area."""
    return [(row["area_slug"], row["area"], row["region_code"]) for row in _rows("places.csv")]


def categories() -> dict[str, str]:
    """Names of the service categories by code, regional ones included."""
    return {row["code"]: row["name"] for name in ("categories.csv", "regional.csv") for row in _rows(name)}


def contract_types() -> list[Type]:
    """Every contract type, regional ones included."""
    shared = [
        Type(row["code"], row["name"], frozenset(row["categories"].split()))
        for row in _rows("contract_types.csv")
    ]
    return shared + [
        Type(row["code"], row["name"], frozenset({row["code"]})) for row in _rows("regional.csv")
    ]


def complexity_levels() -> list[Level]:
    """Every level that each category offers."""
    texts = {(row["wording"], row["level"]): row["description"] for row in _rows("complexity_levels.csv")}
    return [
        Level(wording.category, level, texts[wording.key, level])
        for wording in _wordings()
        for level, letter in LETTER_OF_LEVEL.items()
        if letter in wording.levels
    ]


def outcomes() -> list[Outcome]:
    """Every desired outcome of each category, deprecated ones included."""
    rows = list(_rows("outcomes.csv"))
    return [
        Outcome(
            code=f"{wording.category}-{row['number']}",
            category=wording.category,
            scope=row["scope"],
            text=row["text"],
            deprecated_on=date.fromisoformat(row["deprecated_on"]) if row["deprecated_on"] else None,
        )
        for wording in _wordings()
        for row in rows
        if row["wording"] == wording.key
    ]


def invented(register: str) -> list[str]:
    """The lines of a register (``offices``, ``delivery_units``) of places that do not exist, for demonstrations."""
    return (FOLDER / f"{register}.csv").read_text(encoding="utf-8").splitlines(keepends=True)


def _wordings() -> list[_Wording]:
    shared = [_Wording(row["code"], row["code"]) for row in _rows("categories.csv")]
    return shared + [_Wording(row["code"], row["wording"], row["levels"]) for row in _rows("regional.csv")]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
