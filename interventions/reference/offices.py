"""The register of probation offices: a file in its columns, checked row by row, and brought into the database.

A file with a fault in any row changes nothing. Knows no appointment.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from interventions.models import ProbationOffice, ProbationRegion

#: The public register's columns. The web address is not kept.
COLUMNS = (
    "probation_office_id",
    "name",
    "address",
    "probation_region_id",
    "gov_uk_url",
    "delius_crs_location_id",
)
LONGEST_NAME, LONGEST_ADDRESS = 100, 200
DELIUS_CODE = re.compile(r"[A-Z0-9]{7}")
LARGEST_ID = 2_147_483_647
FACTS = ("name", "address", "region_id", "delius_code")


class WrongRegister(ValueError):
    """The file cannot be taken. ``problems`` says why, one sentence a row and fault; nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Office:
    """One row of the register, checked."""

    register_id: int
    name: str
    address: str
    region_code: str
    delius_code: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, as the names of offices."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def read(lines: Iterable[str], *, regions: Iterable[str]) -> list[Office]:
    """The rows of a file whose regions have these codes. Raises :class:`WrongRegister` with every problem at once."""
    reader = csv.DictReader(lines, strict=True)
    offices: list[Office] = []
    problems: list[str] = []
    known = frozenset(regions)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise WrongRegister([f"Row 1: the columns {', '.join(missing)} are missing"])
        for row in reader:
            found = list(_problems(row, known, offices))
            problems += [f"Row {reader.line_num}: {problem}" for problem in found]
            if not found:
                offices.append(_office(row))
    except csv.Error as error:
        problems.append(f"Row {reader.line_num}: this is not a CSV file ({error})")
    if not problems and not offices:
        problems.append("The file has no offices")
    if problems:
        raise WrongRegister(problems)
    return offices


def _problems(
    row: Mapping[str | None, str | list[str]], regions: frozenset[str], before: list[Office]
) -> Iterator[str]:
    if None in row or any(row[column] is None for column in COLUMNS):
        yield f"there must be {len(COLUMNS)} values"
        return
    texts = {column: str(row[column]).strip() for column in COLUMNS}
    number, code = texts["probation_office_id"], texts["delius_crs_location_id"]
    if not re.fullmatch(r"[0-9]{1,10}", number) or int(number) > LARGEST_ID:
        yield "probation_office_id is not a whole number"
    elif int(number) in {office.register_id for office in before}:
        yield f"probation_office_id {number} is there twice"
    for column, longest in (("name", LONGEST_NAME), ("address", LONGEST_ADDRESS)):
        if not texts[column]:
            yield f"{column} is empty"
        elif len(texts[column]) > longest:
            yield f"{column} has more than {longest} characters"
        elif "\x00" in texts[column]:
            yield f"{column} holds a character that cannot be stored"
    if texts["probation_region_id"] not in regions:
        yield "probation_region_id is not a region that we know"
    if code and not DELIUS_CODE.fullmatch(code):
        yield "delius_crs_location_id is not seven capital letters and digits"
    elif code and code in {office.delius_code for office in before}:
        yield f"delius_crs_location_id {code} is there twice"


def _office(row: Mapping[str, str]) -> Office:
    return Office(
        register_id=int(row["probation_office_id"]),
        name=row["name"].strip(),
        address=row["address"].strip(),
        region_code=row["probation_region_id"].strip(),
        delius_code=row["delius_crs_location_id"].strip(),
    )


def bring_into_line(offices: Iterable[Office]) -> Changes:
    """Make the database say what the register says, all or nothing. Safe to repeat.

    An office that the register no longer names is closed: it stays on the appointments that were held there, and can
    no longer be chosen.
    """
    wanted = {office.register_id: office for office in offices}
    changes = Changes()
    with transaction.atomic():
        rows = _rows(wanted.values())
        stored = {office.register_id: office for office in ProbationOffice.objects.select_for_update()}
        gone = [office for number, office in stored.items() if number not in wanted and office.is_active]
        ProbationOffice.objects.filter(pk__in=[office.pk for office in gone]).update(is_active=False)
        changes.closed.extend(str(office) for office in gone)
        # Two offices may swap their codes: a code is free before somebody else takes it.
        _free_codes(wanted, stored)
        for row in rows:
            old = stored.get(row.register_id)
            if old is not None and _differs(row, old):
                row.pk = old.pk
                row.save(force_update=True)
                changes.changed.append(str(row))
        new = [row for row in rows if row.register_id not in stored]
        ProbationOffice.objects.bulk_create(new)
        changes.added.extend(str(row) for row in new)
    return changes


def add_missing(offices: Iterable[Office]) -> list[str]:
    """Add the offices whose numbers are not there; answers their names. Whatever is there stays as it is."""
    known = set(ProbationOffice.objects.values_list("register_id", flat=True))
    new = _rows(office for office in offices if office.register_id not in known)
    ProbationOffice.objects.bulk_create(new)
    return [str(row) for row in new]


def _free_codes(wanted: Mapping[int, Office], stored: Mapping[int, ProbationOffice]) -> None:
    owners = {office.delius_code: number for number, office in wanted.items() if office.delius_code}
    in_the_way = [
        office.pk
        for number, office in stored.items()
        if office.delius_code and owners.get(office.delius_code, number) != number
    ]
    ProbationOffice.objects.filter(pk__in=in_the_way).update(delius_code="")


def _rows(offices: Iterable[Office]) -> list[ProbationOffice]:
    regions = {region.code: region.pk for region in ProbationRegion.objects.all()}
    return [
        ProbationOffice(
            register_id=office.register_id,
            name=office.name,
            address=office.address,
            region_id=regions[office.region_code],
            delius_code=office.delius_code,
        )
        for office in offices
    ]


def _differs(row: ProbationOffice, stored: ProbationOffice) -> bool:
    return not stored.is_active or any(getattr(row, name) != getattr(stored, name) for name in FACTS)
