"""An INSERT of one row whose SQL is worked out once a process, as ``prepared.queries`` does for what is read.

For rows that every page writes. Django's ``save()`` works the SQL out anew each time, and looks for signals, parents
and what to read back; here there is none of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

Row = TypeVar("Row", bound=models.Model)


class PreparedInsert(Generic[Row]):
    """Adds rows of ``model``, whose key is made here and not by the database. ``save`` signals are not sent.

    Where there is a row with the same ``unique`` fields, its fields ``updated`` are written instead, at once.
    """

    def __init__(self, model: type[Row], *, unique: Sequence[str] = (), updated: Sequence[str] = ()) -> None:
        self._model = model
        self._unique, self._updated = unique, updated
        self._sql = ""

    @cached_property
    def _fields(self) -> tuple[models.Field[Any, Any], ...]:
        fields: tuple[models.Field[Any, Any], ...] = tuple(self._model._meta.local_concrete_fields)
        returned = [field.name for field in self._model._meta.db_returning_fields]
        assert not returned, f"The database fills in {returned}, which would have to be read back"
        return fields

    @cached_property
    def _conflict(self) -> dict[str, Any]:
        if not self._updated:
            return {}
        unique, updated = (
            [self._model._meta.get_field(name) for name in names] for names in (self._unique, self._updated)
        )
        return {"on_conflict": OnConflict.UPDATE, "unique_fields": unique, "update_fields": updated}

    def add(self, row: Row) -> None:
        """Insert it. Raises what ``save(force_insert=True)`` raises."""
        values = tuple(
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in self._fields
        )
        self._sql = self._sql or self._built(row)[0]
        if getattr(settings, "CHECK_PREPARED_QUERIES", False):
            self._compare(row, values)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(self._sql, values)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS

    def _built(self, row: Row) -> tuple[str, tuple[Any, ...]]:
        query = InsertQuery(self._model, **self._conflict)
        query.insert_values(self._fields, [row])
        ((sql, params),) = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, tuple(params)

    def _compare(self, row: Row, values: tuple[Any, ...]) -> None:
        """Raise AssertionError when Django would write something else."""
        prepared, built = (self._sql, values), self._built(row)
        assert repr(prepared) == repr(built), f"Prepared:\n{prepared}\nBuilt now:\n{built}"
