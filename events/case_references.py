"""Which cases a reference number means, and which reference a case has: what callers quote, against ids in our records.

The tables that hold reference numbers stand above: their models say so with ``has_reference``. Knows of them nothing
but that column.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

Case = TypeVar("Case", bound=type[models.Model])
_MODELS: list[Any] = []


def has_reference(model: Case) -> Case:
    """Class decorator: rows of the model are cases, with their number in ``reference`` once they have one."""
    _MODELS.append(model)
    return model


def cases_with_reference(reference: str) -> list[UUID]:
    """Ids of the cases with this number in any case, on both sides. None for an empty one."""
    number = reference.upper()
    return [
        case
        for model in _MODELS
        if number
        for case in model._base_manager.filter(reference=number).values_list("pk", flat=True)
    ]


def references_of(cases: Collection[UUID]) -> dict[UUID, str]:
    """The reference numbers of those of the cases that have one: one query for each side, however many."""
    return {
        case: reference
        for model in _MODELS
        for case, reference in model._base_manager.filter(pk__in=cases).values_list("pk", "reference")
        if reference
    }
