"""A public register of places: a CSV file, checked row by row, and brought into the database.

A file with a fault in any row changes nothing. What is particular to offices or delivery units stands with them.
"""

from __future__ import annotations

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction

from interventions.models import ProbationDeliveryUnit, ProbationOffice, ProbationRegion

Place = TypeVar("Place", ProbationOffice, ProbationDeliveryUnit)

#: A row: each column's text, with no space around it and single spaces inside it.
Texts = Mapping[str, str]
UNSTORABLE = re.compile(r"[\x00-\x1f\x7f]")


class InvalidRegister(ValueError):
    """The file cannot be taken. ``problems`` says why, one sentence a line and fault; nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, as the names of places."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


class Register(ABC, Generic[Place]):
    """One register: its columns, what its rows must hold, and the rows that they become."""

    model: ClassVar[Any]
    #: The public register's columns, the number of a place first, and that of its region named ``region_column``.
    columns: ClassVar[tuple[str, ...]]
    region_column: ClassVar[str] = "probation_region_id"
    #: Columns that must be filled, with the most characters that each may have.
    longest: ClassVar[Mapping[str, int]]
    #: What the register decides about a place that is known already.
    facts: ClassVar[tuple[str, ...]]

    @abstractmethod
    def place(self, texts: Texts, region: ProbationRegion) -> Place:
        """A checked row as a row of the database, not saved."""

    def extra_problems(self, texts: Texts, before: list[Place]) -> Iterator[str]:
        """What is wrong with a row beyond what every register asks; ``before`` are the good rows above it."""
        yield from ()

    def release_unique_values(self, expected: Mapping[Any, Place], stored: Mapping[Any, Place]) -> None:
        """Free what a place is about to take from another."""

    def read(self, lines: Iterable[str]) -> list[Place]:
        """The places of a file. Raises :class:`InvalidRegister` with every problem at once.

        Blank lines are skipped, further columns are ignored.
        """
        regions = {region.code: region for region in ProbationRegion.objects.all()}
        reader = csv.DictReader(lines, strict=True)
        places: list[Place] = []
        problems: list[str] = []
        try:
            missing = [column for column in self.columns if column not in (reader.fieldnames or ())]
            if missing:
                raise InvalidRegister([f"Line 1: the columns {', '.join(missing)} are missing"])
            for row in reader:
                if not _is_blank(row):
                    problems += self._read_row(row, regions, places, at=reader.line_num)
        except csv.Error as error:
            problems.append(f"Line {reader.reader.line_num}: this is not a CSV file ({error})")
        if not problems and not places:
            problems.append("The file has no rows")
        if problems:
            raise InvalidRegister(problems)
        return places

    def synchronise(self, places: Iterable[Place]) -> Changes:
        """Make the database say what the register says, all or nothing. Safe to repeat.

        A place that the register no longer names is closed: it stays wherever it was named, and can no longer be
        chosen.
        """
        expected = {place.register_id: place for place in places}
        changes = Changes()
        with transaction.atomic():
            stored = {place.register_id: place for place in self.model.objects.select_for_update()}
            closed = [place for number, place in stored.items() if number not in expected and place.is_active]
            self.model.objects.filter(pk__in=[place.pk for place in closed]).update(is_active=False)
            changes.closed.extend(str(place) for place in closed)
            self.release_unique_values(expected, stored)
            for number, place in expected.items():
                if number in stored and self._differs(place, stored[number]):
                    place.pk = stored[number].pk
                    place.save(force_update=True)
                    changes.changed.append(str(place))
            new = [place for number, place in expected.items() if number not in stored]
            self.model.objects.bulk_create(new)
            changes.added.extend(str(place) for place in new)
        return changes

    def add_missing(self, places: Iterable[Place]) -> list[str]:
        """Add the places whose numbers are not there; answers their names. Whatever is there stays as it is."""
        known = set(self.model.objects.values_list("register_id", flat=True))
        new = [place for place in places if place.register_id not in known]
        self.model.objects.bulk_create(new)
        return [str(place) for place in new]

    def _read_row(
        self, row: Mapping[Any, Any], regions: Mapping[str, ProbationRegion], places: list[Place], *, at: int
    ) -> list[str]:
        """Add the place of one row to the others, unless something is wrong with it: then answers what."""
        if None in row or any(row[column] is None for column in self.columns):
            return [f"Line {at}: there must be as many values as columns"]
        texts: Texts = {column: " ".join(row[column].split()) for column in self.columns}
        problems = [*self._problems(texts, regions), *self.extra_problems(texts, places)]
        if not problems:
            places.append(self.place(texts, regions[texts[self.region_column]]))
        return [f"Line {at}: {problem}" for problem in problems]

    def _problems(self, texts: Texts, regions: Mapping[str, ProbationRegion]) -> Iterator[str]:
        for column, longest in self.longest.items():
            if not texts[column]:
                yield f"{column} is empty"
            elif len(texts[column]) > longest:
                yield f"{column} has more than {longest} characters"
            elif UNSTORABLE.search(texts[column]):
                yield f"{column} holds a character that cannot be stored"
        if texts[self.region_column] not in regions:
            yield f"{self.region_column} is not a region that we know"

    def _differs(self, place: Place, stored: Place) -> bool:
        return not stored.is_active or any(
            getattr(place, name) != getattr(stored, name) for name in self.facts
        )


def twice(column: str, value: object, before: Iterable[Any], attribute: str) -> Iterator[str]:
    """The problem of a value that must differ from row to row, when a row above has it already."""
    if value in {getattr(place, attribute) for place in before}:
        yield f"{column} {value} is there twice"


def _is_blank(row: Mapping[Any, Any]) -> bool:
    values = [value for value in row.values() if value is not None]
    return all(isinstance(value, str) and not value.strip() for value in values)
