"""A subquery whose SQL is the same each time but for a few values: worked out once, then only filled in.

Django builds a query with nested conditions anew for every use. Who may see a case is asked on every page of it, and
building that question took longer than everything else on a short page together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL


class PreparedSubquery:
    """``PreparedSubquery(build, user=1_999_999_937)(user=5)``: what ``build(user=5)`` selects, for use in a filter.

    The examples mark where the values go: each must be a value that stands nowhere else in the query. Whole numbers
    and moments only.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]], **examples: int | datetime) -> None:
        self._build = build
        self._examples = examples
        self._prepared: dict[str, tuple[str, tuple[Any, ...], dict[int, str]]] = {}

    def __call__(self, *, using: str = "default", **values: int | datetime) -> RawSQL:
        """The subquery with these values in the places of the examples."""
        sql, params, places = self._prepared.get(using) or self._prepare(using)
        filled = list(params)
        adapted = _adapted(values, using)
        for place, name in places.items():
            filled[place] = adapted[name]
        return RawSQL(sql, filled)  # noqa: S611  # Django wrote it; values are parameters

    def _prepare(self, using: str) -> tuple[str, tuple[Any, ...], dict[int, str]]:
        query = self._build(**self._examples).query
        sql, params = query.get_compiler(using).as_sql()
        names = {value: name for name, value in _adapted(self._examples, using).items()}
        places = {place: names[value] for place, value in enumerate(params) if value in names}
        missing = self._examples.keys() - places.values()
        assert not missing, f"The query has no place for {sorted(missing)}"
        self._prepared[using] = (sql, tuple(params), places)
        return self._prepared[using]


def _adapted(values: Mapping[str, int | datetime], using: str) -> dict[str, Any]:
    """As the database takes them."""
    ops = connections[using].ops
    return {
        name: ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
