"""An UPDATE of one row whose SQL is worked out once a process, as ``prepared.inserts`` does for a new row.

For rows that are written again and again. Django's ``save()`` works the SQL out anew each time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row", bound=models.Model)


class PreparedUpdate(Generic[Row]):
    """Writes all columns of a row of ``model`` that was read before. ``save`` signals are not sent."""

    def __init__(self, model: type[Row]) -> None:
        self._model = model

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return [field for field in self._model._meta.local_concrete_fields if not field.primary_key]

    @cached_property
    def _sql(self) -> str:
        return self._written(["%s"] * len(self._fields))

    def save(self, row: Row) -> None:
        """Raises what ``save()`` raises, and as that adds the row when it is no longer there."""
        values = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in self._fields]
        if getattr(settings, "CHECK_PREPARED_QUERIES", False):
            self._compare(row, values)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(self._sql, (*values, self._key(row)))
            is_there = cursor.rowcount > 0
        if not is_there:
            row.save(force_insert=True)

    def _key(self, row: Row) -> Any:
        key = self._model._meta.pk
        return key.get_db_prep_value(row.pk, connection)

    def _written(self, places: list[str]) -> str:
        quoted = connection.ops.quote_name
        meta = self._model._meta
        written = ", ".join(
            f"{quoted(str(field.column))} = {place}" for field, place in zip(self._fields, places, strict=True)
        )
        table = quoted(meta.db_table)
        return f"UPDATE {table} SET {written} WHERE {table}.{quoted(str(meta.pk.column))} = %s"  # noqa: S608 (names of models)

    def _compare(self, row: Row, values: list[Any]) -> None:
        """Raise AssertionError when Django would write something else. It writes NULL into the SQL.

        Of values their number counts: what is encrypted comes out otherwise each time.
        """
        query: Any = self._model._base_manager.filter(pk=row.pk).query.chain(UpdateQuery)
        query.add_update_fields([(field, None, field.pre_save(row, add=False)) for field in self._fields])
        built, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        written = self._written(["NULL" if value is None else "%s" for value in values])
        is_same = (written, written.count("%s")) == (built, len(params))
        assert is_same, f"Prepared:\n{written}\nBuilt now:\n{built}"
