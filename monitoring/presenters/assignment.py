"""Who works with a case and who did before, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from govuk.template_filters import date_time
from monitoring.access.staff_names import People
from monitoring.models import Assignment


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One caseworker's time with the case. ``until`` is empty for the one in force."""

    name: str
    since: str
    until: str
    assigned_by: str


def history(assignments: Iterable[Assignment], *, contract: int) -> list[AssignmentRow]:
    """The rows in the order given, of a case on ``contract``. One read, for all the names."""
    assignments = [*assignments]
    people = People(
        (pk for assignment in assignments for pk in (assignment.caseworker_id, assignment.assigned_by_id)),
        contract=contract,
    )
    return [
        AssignmentRow(
            name=people[assignment.caseworker_id].name
            if assignment.superseded_at
            else people[assignment.caseworker_id].as_caseworker,
            since=date_time(assignment.assigned_at),
            until=date_time(assignment.superseded_at),
            assigned_by=people[assignment.assigned_by_id].name,
        )
        for assignment in assignments
    ]


def current(rows: Sequence[AssignmentRow]) -> str:
    """Name of the caseworker in force; nothing when there is none."""
    return next((row.name for row in rows if not row.until), "")
