"""The file of a performance report: what it is called in the storage, how it is written, and when it goes."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from govuk.csv_cells import written
from monitoring.models import PerformanceReport
from monitoring.performance import reading
from monitoring.performance.columns import COLUMNS

#: In settings.STORAGES.
STORAGE: Final = "performance_reports"


@dataclass(frozen=True, slots=True)
class Written:
    """What a file has: how many rows, of cases on which contracts (ids)."""

    rows: int
    contracts: Collection[int]


def storage() -> Storage:
    """Where reports are kept: the same for every web server and worker."""
    return storages[STORAGE]


def name_of(report_id: UUID) -> str:
    """What a report's file is called there: by the report's id, which cannot be guessed."""
    return f"performance-reports/{report_id}.csv"


def write(report: PerformanceReport, *, progress: Callable[[int, int], None]) -> Written:
    """Write the whole file, or nothing: it is stored when it is complete, in the place of one from before.

    Until then it has no name on this machine's disk. Calls ``progress`` with the rows written so far, and how many
    there will be: first before any is written.
    """
    read = reading.CasesOfPeriod(report.requested_by, report.from_date, report.to_date)
    rows, contracts = 0, set[int]()
    progress(rows, len(read))
    with tempfile.TemporaryFile() as unnamed:
        text = io.TextIOWrapper(unnamed, encoding="utf-8", newline="", write_through=True)
        file = csv.writer(text)
        file.writerow([name for name, _ in COLUMNS])
        for cases in read:
            file.writerows([written(value(case)) for _, value in COLUMNS] for case in cases)
            rows += len(cases)
            contracts |= {case.contract for case in cases}
            progress(rows, len(read))
        text.detach()
        unnamed.seek(0)
        storage().save(name_of(report.pk), File(unnamed))
    return Written(rows, contracts)


def remove(report_id: UUID) -> None:
    """Delete the file, if there is one."""
    storage().delete(name_of(report_id))
