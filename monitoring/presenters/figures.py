"""Simple figures for the supplier's "Reporting" page: how many referrals, when, and on which contract."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from interventions.models import Contract
from monitoring.models import Stage
from monitoring.rules.stages import OPEN

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A count and what it counts."""

    label: str
    count: int
    detail: str = ""


def first_month(today: datetime.date) -> datetime.date:
    """First day of the earliest of the last twelve months, this month included."""
    months = today.year * 12 + today.month - MONTHS
    return datetime.date(months // 12, months % 12 + 1, 1)


def by_month(counts: Mapping[datetime.date, int], today: datetime.date) -> list[Figure]:
    """The last twelve months, newest first; a month without referrals counts 0."""
    start = first_month(today)
    months = [
        datetime.date(start.year + (start.month - 1 + after) // 12, (start.month - 1 + after) % 12 + 1, 1)
        for after in range(MONTHS)
    ]
    return [Figure(f"{month:%B %Y}", counts.get(month, 0)) for month in reversed(months)]


def by_stage(counts: Mapping[str, int]) -> list[Figure]:
    """The stages of open cases in the order in which a case goes through them; one without cases counts 0."""
    return [Figure(stage.label, counts.get(stage.value, 0)) for stage in Stage if stage in OPEN]


def by_contract(contracts: Iterable[Contract], counts: Mapping[int, int]) -> list[Figure]:
    """Every contract that is open to the reader, in the order given."""
    return [Figure(contract.title, counts.get(contract.pk, 0), contract.reference) for contract in contracts]
