"""The file of a performance report: where it is, how it is written, and when it goes."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from govuk.csv_cells import written
from monitoring.models import PerformanceReport
from monitoring.performance import reading
from monitoring.performance.columns import COLUMNS


@dataclass(frozen=True, slots=True)
class Written:
    """What a file has: how many rows, of cases on which contracts (ids)."""

    rows: int
    contracts: Collection[int]


def path_of(report_id: UUID) -> Path:
    """Where a report's file stands. Its name is the report's id, which cannot be guessed."""
    return Path(settings.PERFORMANCE_REPORTS_DIR) / f"{report_id}.csv"


def write(report: PerformanceReport, *, progress: Callable[[int], None]) -> Written:
    """Write the whole file, or nothing: it appears under its name when it is complete.

    Readable by the service alone. Calls ``progress`` with the rows written so far.
    """
    target = path_of(report.pk)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    rows, contracts = 0, set[int]()
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
        file = csv.writer(opened)
        file.writerow([name for name, _ in COLUMNS])
        for cases in reading.read(report.requested_by, report.from_date, report.to_date):
            file.writerows([written(value(case)) for _, value in COLUMNS] for case in cases)
            rows += len(cases)
            contracts |= {case.received.contract_id for case in cases}
            progress(rows)
    unfinished.rename(target)
    return Written(rows, contracts)


def remove(report_id: UUID) -> None:
    """Delete the file, and what an interrupted try left."""
    path_of(report_id).unlink(missing_ok=True)
    path_of(report_id).with_suffix(".unfinished").unlink(missing_ok=True)
