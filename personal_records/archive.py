"""The archive for somebody who asks what is held about them: a page to read and the same as JSON, in one zip file.

Rows are written to a temporary file first, so that both parts say the same, and no more than a few rows are in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import TextIOWrapper
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.template import engines

from personal_records.held import HELD
from personal_records.reading import Record

HEADINGS = {held.label: held.heading for held in HELD}


@dataclass(frozen=True, slots=True)
class Front:
    """What the archive says about itself."""

    crn: str
    made_at: datetime
    made_by: str
    with_unshared: bool


def write(to: IO[bytes], front: Front, records: Iterable[Record]) -> int:
    """Write the zip file, once every record was read. Returns how many it has."""
    with TemporaryFile("w+", encoding="utf-8", newline="\n") as spool:
        count = 0
        for record in records:
            spool.write(json.dumps(asdict(record), cls=DjangoJSONEncoder) + "\n")
            count += 1
        with ZipFile(to, "w", ZIP_DEFLATED) as archive:
            with archive.open(f"{front.crn}.html", "w") as page:
                _write(page, _page(front, _spooled(spool)))
            with archive.open(f"{front.crn}.json", "w") as file:
                _write(file, _json(front, _spooled(spool)))
    return count


def _write(file: IO[bytes], parts: Iterable[str]) -> None:
    with TextIOWrapper(file, encoding="utf-8", newline="\n") as text:
        for part in parts:
            text.write(part)


def _spooled(spool: IO[str]) -> Iterator[tuple[str, Iterator[list[dict[str, Any]]]]]:
    """The records again, by table: its label, and the values of each row."""
    spool.seek(0)
    records = (json.loads(line) for line in spool)
    for label, rows in groupby(records, key=lambda record: record["label"]):
        yield label, (row["values"] for row in rows)


def _page(front: Front, tables: Iterator[tuple[str, Any]]) -> Iterator[str]:
    template = engines["jinja2"].env.get_template("personal_records/archive.html")  # type: ignore[attr-defined]
    parts = ((HEADINGS[label], rows) for label, rows in tables)
    yield from template.generate(front=front, parts=parts)


def _json(front: Front, tables: Iterator[tuple[str, Any]]) -> Iterator[str]:
    about = {**asdict(front), "format": "subject access export, 1"}
    yield json.dumps(about, cls=DjangoJSONEncoder, indent=1)[:-2] + ',\n "held": ['
    for number, (label, rows) in enumerate(tables):
        head = json.dumps({"table": label, "heading": HEADINGS[label]})[:-1]
        yield f'{"," if number else ""}\n  {head}, "rows": ['
        for place, values in enumerate(rows):
            row = json.dumps({value["name"]: value["value"] for value in values}, ensure_ascii=False)
            yield f"{',' if place else ''}\n   {row}"
        yield "]}"
    yield "\n ]\n}\n"
