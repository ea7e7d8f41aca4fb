"""Sorting by where a number stands in a known sequence: ``order_by(Rank("contract", ranks([7, 3, 5])))``.

As one value, so that the SQL is the same for any sequence, and looked up by place: a CASE compares each row with every
number before its own. PostgreSQL is given an array, and SQLite an object in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, SmallIntegerField, Value
from django.db.models.sql.compiler import SQLCompiler


def ranks(numbers: Sequence[int]) -> str:
    """The value for ``Rank``. Numbers are keys: each once, whole and above nothing, and near enough to each other."""
    places = {number: place for place, number in enumerate(numbers)}
    if connection.vendor != "postgresql":
        return json.dumps(places)
    if not places:
        return "{}"
    first, last = min(places), max(places)
    # A place for each number between, too: what is taken for it does not matter.
    known = ",".join(str(places.get(number, 0)) for number in range(first, last + 1))
    return f"[{first}:{last}]={{{known}}}"


class Rank(Func):
    """Where the number in ``column`` stands, counted from 0. It must stand somewhere."""

    output_field = SmallIntegerField()

    def __init__(self, column: str, value: str) -> None:
        super().__init__(F(column), Value(value))

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *also: Any, **more: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Looked up in JSON."""
        return self._filled("json_extract(%s, '$.\"' || %s || '\"')", compiler)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Looked up in an array."""
        return self._filled("(%s::smallint[])[%s]", compiler)

    def _filled(self, template: str, compiler: SQLCompiler) -> tuple[str, tuple[str | int, ...]]:
        (column, of_column), (value, of_value) = map(compiler.compile, self.source_expressions)
        return template % (value, column), (*of_value, *of_column)
