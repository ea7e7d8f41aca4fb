"""What a prepared query makes of the rows that come back: instances of models, tuples, single values or dictionaries.

The same as Django makes. It finds out anew for each use which columns belong to which model; here that is known from
when the query was prepared. And it sets the columns of an instance one by one, looking for signals and defaults. Our
models have nothing that this would leave out, which ``tests/prepared/test_rows.py`` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
)
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]
Read = Callable[[Iterable[Row], BaseDatabaseWrapper], list[Any]]


def reading(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Read:
    """How the rows are read that this compiler's SQL finds. Raises TypeError for a kind that no query of ours asks."""
    make = _making(queryset, compiler)
    columns = compiler.col_count if compiler.has_extra_select else None  # others are there to sort by
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])

    def read(rows: Iterable[Row], connection: BaseDatabaseWrapper) -> list[Any]:
        if columns is not None:
            rows = (row[:columns] for row in rows)
        if converters:
            rows = _converted(rows, converters, connection)
        return [make(row) for row in rows]

    return read


def _converted(
    rows: Iterable[Row], converters: dict[int, Any], connection: BaseDatabaseWrapper
) -> Iterator[Row]:
    for row in rows:
        values = [*row]
        for place, (functions, expression) in converters.items():
            for function in functions:
                values[place] = function(values[place], expression, connection)
        yield tuple(values)


def _making(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[Row], Any]:
    kind: Any = queryset._iterable_class
    if kind is ModelIterable:
        assert not queryset._known_related_objects  # type: ignore[attr-defined]
        return _instances(queryset, compiler)
    if kind is ValuesListIterable:
        return tuple
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesIterable:
        query = queryset.query
        names = [*(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))]
        return lambda row: dict(zip(names, row, strict=True))
    raise TypeError(f"A prepared query cannot read {kind.__name__}")


def _instances(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[Row], Model | None]:
    assert compiler.klass_info is not None
    of_model = _Instances(compiler.klass_info, compiler.select, queryset.db)
    annotated = tuple((compiler.annotation_col_map or {}).items())

    def make(row: Row) -> Model | None:
        instance = of_model.made_of(row)
        for name, place in annotated:
            setattr(instance, name, row[place])
        return instance

    return make


class _Instances:
    """Of one model and, by ``select_related``, of those that it points to."""

    def __init__(self, told: dict[str, Any], select: Any, using: str) -> None:
        places = told["select_fields"]
        assert not told.get("from_parent"), "No model of ours inherits columns"
        assert [*places] == [*range(places[0], places[0] + len(places))]
        self.model, self.using = told["model"], using
        self.start, self.stop = places[0], places[0] + len(places)
        self.names = [column.target.attname for column, *_ in select[self.start : self.stop]]
        self.key = self.start + self.names.index(self.model._meta.pk.attname)
        self.related = [
            (_Instances(other, select, using), other["local_setter"], other["remote_setter"])
            for other in told.get("related_klass_infos", ())
        ]

    def made_of(self, row: Row) -> Model | None:
        """As ``Model.from_db`` makes it; None where an outer join found nothing."""
        if row[self.key] is None:
            return None
        instance: Model = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, self.using
        vars(instance).update(zip(self.names, row[self.start : self.stop], strict=True), _state=state)
        for others, keep_here, keep_there in self.related:
            other = others.made_of(row)
            keep_here(instance, other)
            if other is not None:
                keep_there(other, instance)
        return instance
