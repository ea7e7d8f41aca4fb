"""Writing many rows at once: COPY on PostgreSQL, bulk inserts elsewhere.

Every constraint, key and trigger of the database stays in force. Values that a row does not give are the fields' own
defaults. Must not know what the rows mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
A_STATEMENT = 500  # rows of one INSERT, where there is no COPY


def write(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert ``rows``: values by column name. Inside the caller's transaction."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._base_manager.bulk_create((model(**row) for row in rows), batch_size=A_STATEMENT)


def _copy(model: type[models.Model], rows: Sequence[Row]) -> None:
    fields = [
        field for field in model._meta.concrete_fields if field.attname in rows[0] or not _is_numbered(field)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = [_value_of(field) for field in fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([value(row) for value in values])


def _is_numbered(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField)


def _value_of(field: models.Field[Any, Any]) -> Callable[[Row], Any]:
    """What COPY is given for one column."""
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda row: json.dumps(row.get(name, []))
    default = None if field.primary_key else field.get_default()
    default = getattr(default, "value", default)  # of an enumeration: what the database keeps
    return lambda row: row.get(name, default)
