"""Simple figures for the supplier's "Reporting" page: how many referrals, when, and on which contract."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from interventions.models import Contract
from monitoring.models import Stage
from monitoring.rules.stages import OPEN


@dataclass(frozen=True, slots=True)
class Figure:
    """A count and what it counts."""

    label: str
    count: int
    detail: str = ""


def by_month(counts: Mapping[datetime.date, int], months: Iterable[datetime.date]) -> list[Figure]:
    """In the order given; a month without referrals counts 0."""
    return [Figure(f"{month:%B %Y}", counts.get(month, 0)) for month in months]


def by_stage(counts: Mapping[str, int]) -> list[Figure]:
    """The stages of open cases in the order in which a case goes through them; one without cases counts 0."""
    return [Figure(stage.label, counts.get(stage.value, 0)) for stage in Stage if stage in OPEN]


def by_contract(contracts: Iterable[Contract], counts: Mapping[int, int]) -> list[Figure]:
    """Every contract that is open to the reader, in the order given."""
    return [Figure(contract.title, counts.get(contract.pk, 0), contract.reference) for contract in contracts]
