"""A query whose SQL is the same each time but for its values: worked out once a process, then only filled in.

Django builds the SQL of a query anew for every use. On a short page that took as long as everything else together. A
query that every page of a kind asks is written as a function of its values, and prepared:

    _CASES = PreparedQuery(lambda contracts, due: Case.objects.filter(contract__in=contracts, due_on__lte=due))
    _CASES.rows(contracts=[1, 2], due=today)

Values are given by name. The function is called with stand-ins for them, and where the stand-ins come out is where
values are filled in. Many values go as one, in a frozenset (``prepared/one_value.py``); a list is for a few. The
function must take everything that changes as a value, the time above all: what it looks up for itself is looked up
once. Where ``CHECK_PREPARED_QUERIES`` is set, as in the tests, what is used is built anew and compared.

What is remembered is SQL and constants of the code, never a value.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL

from prepared.one_value import Texts, as_one_value
from prepared.rows import reading

Row = TypeVar("Row")
Value = int | str | UUID | datetime | date | Texts
MOST_SHAPES = 200  # of one query; beyond that, the one that was used the longest time ago goes
#: Stand in for values while the SQL is worked out. No query of ours has them as constants.
FIRST_NUMBER = 1_999_000_000  # fits the columns that numbers are compared with
FIRST_DAY = date(1801, 2, 3)
FIRST_MOMENT = datetime.fromisoformat("1802-03-04T05:06:07.000001+00:00")
#: Comes out as another one where a text is changed on its way (in its case, its accents, its spaces, or what LIKE reads
#: in it): a value would be filled in without that change, so the query is refused.
STAND_IN_TEXT = " Stands ïn  for value {}: 100%_\\ "


class PreparedQuery(Generic[Row]):
    """``build(*shape, **values)`` answers the query set, of models or of values.

    ``shape`` changes the SQL and is remembered with it: a column to sort by, a flag. ``values`` are numbers, texts,
    keys, days, moments, sets of texts, keys or numbers for the lookup ``among``, and short lists of any of these; how
    long a list is, is part of the shape by itself. None, True and False are no values, for they change the SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._prepared: OrderedDict[Hashable, _Prepared] = OrderedDict()

    def rows(self, *shape: Hashable, window: tuple[int, int] | None = None, **values: Any) -> list[Row]:
        """All that it finds; of these, with ``window``, those from the first number to before the second."""
        prepared, filled = self._filled(shape, values)
        return prepared.rows(*filled, window=window) if filled else []

    def first(self, *shape: Hashable, **values: Any) -> Row | None:
        """The first that it finds."""
        return next(iter(self.rows(*shape, window=(0, 1), **values)), None)

    def subquery(self, *shape: Hashable, **values: Any) -> RawSQL:
        """What it selects, for use in a filter."""
        prepared, filled = self._filled(shape, values)
        if not filled:
            raise ValueError("An empty list selects nothing: ask without this filter.")
        return RawSQL(*filled)  # noqa: S611 (Django wrote it; values are parameters)

    def _filled(
        self, shape: tuple[Hashable, ...], values: dict[str, Any]
    ) -> tuple[_Prepared, tuple[str, tuple[Any, ...]] | None]:
        """With SQL and its parameters; with nothing when it can find nothing."""
        kinds = (len(value) if isinstance(value, list | tuple) else type(value) for value in values.values())
        key = (shape, *kinds)
        try:
            prepared = self._prepared[key]
            self._prepared.move_to_end(key)
        except KeyError:  # or gone at this moment, for another thread
            prepared = self._prepared[key] = _Prepared(self._build, shape, values)
            if len(self._prepared) > MOST_SHAPES:
                self._prepared.popitem(last=False)
        filled = prepared.filled_with(values)
        if getattr(settings, "CHECK_PREPARED_QUERIES", False):
            self._check(prepared, filled, shape, values)
        return prepared, filled

    def _check(
        self,
        prepared: _Prepared,
        filled: tuple[str, tuple[Any, ...]] | None,
        shape: tuple[Hashable, ...],
        values: dict[str, Any],
    ) -> None:
        """Raise AssertionError when it is not, to the letter, what Django makes of the query at this moment."""
        prepared.compare(filled, self._build(*shape, **values))


class _Prepared:
    """One shape of a query."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], shape: tuple[Hashable, ...], values: dict[str, Any]
    ) -> None:
        places = [*_places_of(values)]
        stand_ins = {place: _stand_in(values, place, number) for number, place in enumerate(places)}
        self.queryset = build(*shape, **_arguments(values, stand_ins))
        self.using = self.queryset.db or DEFAULT_DB_ALIAS
        ops = connections[self.using].ops
        compiler = self.queryset.query.get_compiler(self.using)
        self.is_empty = False
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet:
            self.is_empty = True
            return
        self.params = list(params)
        written = {_written(stand_in, ops): (place, stand_in) for place, stand_in in stand_ins.items()}
        self.places = [
            (at, place, fill)
            for at, param in enumerate(self.params)
            for place, stand_in in [_found_in(written, param)]
            if place is not None and (fill := _filling(param, stand_in, ops)) is not None
        ]
        missing = sorted({str(place[0]) for place in places} - {place[0] for _, place, _ in self.places})
        assert not missing, f"The query has no place for {missing}"
        self.read = reading(self.queryset, compiler)

    def filled_with(self, values: dict[str, Any]) -> tuple[str, tuple[Any, ...]] | None:
        """SQL and parameters; nothing when nothing can be found."""
        if self.is_empty:
            return None
        params = self.params.copy()
        for at, (name, item), fill in self.places:
            value = values[name] if item is None else values[name][item]
            params[at] = fill(value)
        return self.sql, tuple(params)

    def rows(self, sql: str, params: tuple[Any, ...], *, window: tuple[int, int] | None) -> list[Any]:
        """As the query set itself would give them."""
        if window is not None:
            assert not self.queryset.query.is_sliced, "It says already how many rows it wants"
            start, stop = window
            if start == 0:
                # Not as a value: for an OFFSET it is not told PostgreSQL expects to skip a row, takes the plan for
                # twice as dear, and plans anew each time.
                sql = f"{sql} LIMIT {stop:d}"
            else:
                sql, params = f"{sql} LIMIT %s OFFSET %s", (*params, stop - start, start)
        with connections[self.using].cursor() as cursor:
            cursor.execute(sql, params)
            rows = self.read(cursor.fetchall(), cursor.db)
        if lookups := self.queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            prefetch_related_objects(rows, *lookups)
        return rows

    def compare(self, filled: tuple[str, tuple[Any, ...]] | None, built: QuerySet[Any, Any]) -> None:
        """Raise AssertionError when the query is another one by now than what was prepared."""
        try:
            sql, params = built.query.get_compiler(self.using).as_sql()
            fresh = (sql, tuple(params))
        except EmptyResultSet:
            fresh = None
        is_same = repr(filled) == repr(fresh)  # constants that are JSON are equal in words only
        assert is_same, f"Prepared:\n{filled}\nBuilt now:\n{fresh}"


# --- Values and what stands in for them -----------------------------------------------------------

Place = tuple[str, int | None]


def _places_of(values: dict[str, Any]) -> Iterator[Place]:
    for name, value in values.items():
        if isinstance(value, list | tuple):
            yield from ((name, item) for item in range(len(value)))
        else:
            yield name, None


def _stand_in(values: dict[str, Any], place: Place, number: int) -> Value:
    name, item = place
    value = values[name] if item is None else values[name][item]
    match value:
        case bool() | None:
            raise TypeError(f"{name}: {value} changes the SQL, so it belongs to the shape")
        case int():
            return FIRST_NUMBER + number
        case str():
            return STAND_IN_TEXT.format(number)
        case frozenset():
            return frozenset([STAND_IN_TEXT.format(number)])
        case UUID():
            return UUID(int=(0xFACADE << 96) + number)
        case datetime():
            return FIRST_MOMENT + timedelta(days=number)
        case date():
            return FIRST_DAY + timedelta(days=number)
    raise TypeError(f"{name}: cannot be filled in: {type(value).__name__}")


def _arguments(values: dict[str, Any], stand_ins: dict[Place, Value]) -> dict[str, Any]:
    return {
        name: [stand_ins[name, item] for item in range(len(value))]
        if isinstance(value, list | tuple)
        else stand_ins[name, None]
        for name, value in values.items()
    }


def _written(stand_in: Value, ops: BaseDatabaseOperations) -> Hashable:
    """How a stand-in comes out among the parameters; a key as its letters, whether the database has a type for it."""
    match stand_in:
        case frozenset():
            return as_one_value(stand_in, _vendor_of(ops))
        case UUID():
            return stand_in.hex
        case datetime():
            return ops.adapt_datetimefield_value(stand_in)
        case date():
            return ops.adapt_datefield_value(stand_in)
    return stand_in


def _vendor_of(ops: BaseDatabaseOperations) -> str:
    vendor: str = ops.connection.vendor
    return vendor


def _found_in(
    written: dict[Hashable, tuple[Place, Value]], param: Any
) -> tuple[Place, Value] | tuple[None, int]:
    """Whose stand-in this parameter is."""
    key = param.hex if isinstance(param, UUID) else param
    return written.get(key, (None, 0)) if isinstance(key, Hashable) else (None, 0)


def _filling(param: Any, stand_in: Value, ops: BaseDatabaseOperations) -> Callable[[Any], Any] | None:
    """How a value is written in the place of this parameter, if that is where the stand-in came out."""
    match stand_in:
        case frozenset() if param == as_one_value(stand_in, _vendor_of(ops)):
            return partial(as_one_value, vendor=_vendor_of(ops))
        case UUID() if param == stand_in.hex:
            return lambda value: value.hex
        case datetime() if param == ops.adapt_datetimefield_value(stand_in):
            return lambda value: ops.adapt_datetimefield_value(value)
        case date() if not isinstance(stand_in, datetime) and param == ops.adapt_datefield_value(stand_in):
            return lambda value: ops.adapt_datefield_value(value)
        case int() | str() | UUID() if type(param) is not bool and param == stand_in:
            kind = type(param)  # numbers may say how wide their column is
            return kind if kind not in (str, UUID) else _plain
    return None


def _plain(value: Any) -> Any:
    assert value is not None, "A list holds values only"
    return value.value if isinstance(value, Enum) else value
