"""Rules take values and give values: none asks or writes the database, and none knows a form, a page or a request."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

RULES = sorted((Path(__file__).resolve().parents[2] / "monitoring" / "rules").glob("*.py"))
#: What is called on a model, a manager or a queryset. Not ``values`` and ``get``, which dictionaries have too.
QUERIES = frozenset(
    {
        "aggregate", "all", "annotate", "bulk_create", "bulk_update", "count", "create", "cursor", "defer",
        "delete", "exclude", "exists", "filter", "first", "get_or_create", "iterator", "last", "latest",
        "objects", "only", "order_by", "prefetch_related", "raw", "refresh_from_db", "save",
        "select_for_update", "select_related", "unscoped", "update", "update_or_create", "values_list",
        "_base_manager", "_default_manager",
    }
)  # fmt: skip
PAGES = (
    "django.db", "django.forms", "django.http", "django.shortcuts", "django.template", "django.urls", "django.views",
    "govuk.conditions", "govuk.fields", "govuk.forms", "govuk.questions", "monitoring.access", "monitoring.actions",
    "monitoring.forms", "monitoring.lists", "monitoring.performance", "monitoring.presenters", "monitoring.views",
)  # fmt: skip


def _impurities(source: str) -> list[str]:
    """What makes a module no rule, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in QUERIES:
            found.append(f"{node.lineno}: .{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{one.name}" for one in node.names]
            found += [f"{node.lineno}: {name}" for name in names if f"{name}.".startswith(_DOTTED)]
        elif isinstance(node, ast.Import):
            found += [f"{node.lineno}: {one.name}" for one in node.names if f"{one.name}.".startswith(_DOTTED)]
    return found


_DOTTED = tuple(f"{page}." for page in PAGES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.stem)
def test_a_rule_is_pure(rule: Path) -> None:
    assert _impurities(rule.read_text()) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("Appointment.objects.get(pk=1)", "1: .objects", id="manager"),
        pytest.param("received.pauses.filter(ends_on=None)", "1: .filter", id="filter"),
        pytest.param("for one in received.services.all(): pass", "1: .all", id="all"),
        pytest.param("received.save(update_fields=['stage'])", "1: .save", id="save"),
        pytest.param("rows.update(stage='PLAN')", "1: .update", id="update"),
        pytest.param("from monitoring.views import pauses", "1: monitoring.views.pauses", id="page"),
        pytest.param("import monitoring.forms.pausing", "1: monitoring.forms.pausing", id="form"),
        pytest.param("from django.http import HttpRequest", "1: django.http.HttpRequest", id="request"),
        pytest.param("from django import forms", "1: django.forms", id="forms of Django"),
    ],
)
def test_what_is_no_rule_is_found(source: str, said: str) -> None:
    assert said in _impurities(source)


def test_values_and_types_are_no_impurity() -> None:
    assert _impurities("from monitoring.models import Stage\nsum(newest.values())\nlevels.get('A')") == []
