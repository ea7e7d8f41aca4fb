"""How much each caseworker has, in words, for managers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.lists.colleagues import Load


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One caseworker, or nobody: ``user_id`` is then None. ``note`` says what is wrong, if anything."""

    user_id: int | None
    name: str
    cases: int
    overdue: int
    note: str = ""


def rows(loads: Sequence[Load]) -> list[LoadRow]:
    """Cases without a caseworker first, then people in the order given."""
    return [
        LoadRow(
            user_id=load.user_id,
            name=load.name or "Not assigned",
            cases=load.cases,
            overdue=load.overdue,
            note="" if load.may_see else "No longer has access to these cases. Assign them to someone else",
        )
        for load in loads
    ]
