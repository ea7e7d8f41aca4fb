"""Check constraints that a missing value cannot pass.

SQL's check refuses only what is false, and a comparison with NULL is unknown: ``Q(is_on=False) | Q(days__gte=1)`` let
a rule without days be switched on.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

CHECKS = [
    (model, constraint)
    for model in apps.get_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, Q)
]


def _compared_with_nothing(model: type[models.Model], condition: Q) -> Iterator[str]:
    """Nullable fields that an alternative compares without saying what holds when they are missing."""
    alternatives = condition.children if condition.connector == Q.OR else [condition]
    said_when_missing = {
        lookup[0].removesuffix("__isnull")
        for alternative in alternatives
        for lookup in (alternative.children if isinstance(alternative, Q) else [alternative])
        if isinstance(lookup, tuple) and lookup[0].endswith("__isnull")
    }
    for alternative in alternatives:
        for lookup in alternative.children if isinstance(alternative, Q) else [alternative]:
            if isinstance(lookup, tuple) and not lookup[0].endswith("__isnull"):
                name = lookup[0].partition("__")[0]
                if _is_nullable(model, name) and name not in said_when_missing:
                    yield name


def _is_nullable(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).null)
    except FieldDoesNotExist:
        return False


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(closed=False) | Q(sessions__gte=1), ["sessions"]),
        (Q(closed=False) | Q(sessions__isnull=False, sessions__gte=1), []),
        (Q(sessions__isnull=True) | Q(sessions__gte=1), []),
        (Q(number__gte=1), []),
    ],
)
def test_a_comparison_with_a_missing_value_is_noticed(condition: Q, expected: list[str]) -> None:
    assert [*_compared_with_nothing(apps.get_model("monitoring.ActionPlan"), condition)] == expected


def test_no_check_is_passed_by_a_missing_value() -> None:
    assert len(CHECKS) > 20
    open_doors = [
        f"{constraint.name}: {name}"
        for model, constraint in CHECKS
        for name in _compared_with_nothing(model, constraint.condition)
        # Feedback that is not submitted may say neither; what is submitted says both, by a check of its own.
        if constraint.name != "monitoring_nothing_happens_without_them"
    ]
    assert open_doors == []
