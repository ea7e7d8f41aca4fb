"""The practitioner's list of drafts, declared, and which drafts a search leaves in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.crn import crn_of
from events.crn_changes.numbers import as_current
from govuk.text import folded
from monitoring.lists.case_lists import CaseList, Choice
from referrals.models.referral import ReferralQuerySet

#: A draft stands at no stage.
DRAFTS = CaseList(
    "drafts",
    "Draft referrals",
    (),
    ("name", "intervention", "progress", "changed", "ends", "continue", "delete"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a draft is found and sorted by. ``name`` and ``service`` are folded (decision 16)."""

    id: UUID
    name: str
    service: str
    changed: datetime


SORTS: dict[str, Callable[[Line], Any]] = {
    "name": lambda line: line.name,
    "intervention": lambda line: line.service,
    "changed": lambda line: line.changed,
}


def in_order(drafts: ReferralQuerySet, choice: Choice) -> list[UUID]:
    """Ids of the drafts that the search leaves, in the order asked for. One statement, however many there are.

    All of one author's drafts are read. They are few and last 90 days, so their names are folded here and need no
    column. Without a sort: last changed first, and what was searched for by name, as in the lists of cases. A CRN finds
    those of the one that took its place.
    """
    code = crn_of(choice.terms)
    if code:
        lines = _lines(drafts.filter(crn=as_current(code)))
    else:
        lines = [line for line in _lines(drafts) if not choice.terms or _is_found(line, choice.terms)]
    lines.sort(key=SORTS["changed"], reverse=True)
    if choice.sort:
        lines.sort(key=SORTS[choice.sort], reverse=choice.is_descending)
    elif choice.terms:
        lines.sort(key=SORTS["name"])
    return [line.id for line in lines]


def _lines(drafts: ReferralQuerySet) -> list[Line]:
    rows = drafts.order_by("pk").values_list(
        "pk", "last_name", "first_name", "contract__title", "changed_at"
    )
    return [
        Line(pk, folded(f"{last} {first}"), folded(title), changed)
        for pk, last, first, title, changed in rows
    ]


def _is_found(line: Line, terms: str) -> bool:
    """By parts of the name in any order. A draft has no reference number yet."""
    words = folded(terms).split()
    return bool(words) and all(word in line.name for word in words)
