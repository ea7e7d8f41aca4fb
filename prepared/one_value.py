"""Many values that go to the database as one: ``filter(crn__among=crns)`` finds what ``filter(crn__in=crns)`` does.

With ``in`` each value is a parameter of its own. So the SQL changes with their number, and psycopg, which remembers how
it takes a statement apart only where there are fewer than 50, does it anew each time: a sixth of the home page. As one
value, the SQL is the same for any number. PostgreSQL is given an array, for which it plans as for ``in``, and SQLite a
list in JSON.

Takes a set of texts, of keys or of whole numbers: the columns that they are compared with hold them as they are.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler

Texts = frozenset[str] | frozenset[UUID] | frozenset[int]
_APART = "\0"  # in no text of PostgreSQL


def as_one_value(values: Texts, vendor: str) -> str:
    """As it goes to the database of this vendor. Raises TypeError for anything but texts, keys and whole numbers."""
    kinds = {*map(type, values)}
    if kinds == {UUID}:
        written: list[Any] = [value.hex for value in values]  # type: ignore[union-attr]
    elif kinds == {int} or all(issubclass(kind, str) for kind in kinds):
        written = [*values]
    else:
        raise TypeError(f"Cannot go as one value: {sorted(kind.__name__ for kind in kinds)}")
    return _array(written) if vendor == "postgresql" else json.dumps(written)


def _array(values: list[Any]) -> str:
    """Each in quotation marks, so that a comma, a brace or the word null is nothing but text."""
    if not values:
        return "{}"
    joined = _APART.join(map(str, values))
    if joined.count(_APART) != len(values) - 1:
        raise ValueError("PostgreSQL holds no text with a NUL in it")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace(_APART, '","')
    return f'{{"{escaped}"}}'


@ForeignObject.register_lookup  # which knows no lookups but its own
@Field.register_lookup
class Among(Lookup):
    """Whether a column holds one of a set of values."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """An array takes its type from the column, on PostgreSQL."""
        column, params = self.process_lhs(compiler, connection)
        value = as_one_value(self.rhs, connection.vendor)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*params, value)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, value)  # noqa: S608 (a column)
