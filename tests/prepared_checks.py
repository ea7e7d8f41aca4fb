"""Compares a prepared query with what Django builds now: once for all that could make a difference, not at each use.

Building it anew is what prepared queries spare a page, and in tests it took a sixth of all processor time: a page asks
for the same web session, grants and case again and again. What a second use could find that the first did not is a
query that changed in between, so a use is compared again when anything differs that a query may not look up for itself:
its values, the minute, who is signed in, a setting, the test. Of moments among the values the minute counts. A query
that reads the clock is found at its first use: it was prepared some microseconds before.

What looks into the database while it is built would be none of these, so that is refused.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn
from unittest import mock

from django.db import connection
from django.test.signals import setting_changed
from django.utils import timezone
from structlog.contextvars import get_contextvars

from prepared.queries import PreparedQuery

_compare_now = PreparedQuery._check


@contextmanager
def once_for_each_circumstance() -> Iterator[None]:
    """Within the block, which is one test."""
    compared: set[Hashable] = set()

    def check(query: PreparedQuery[Any], prepared: Any, filled: Any, shape: Any, values: dict[str, Any]) -> None:
        circumstances = (
            prepared,  # itself: while it is kept here, no other has its place
            repr([(name, _told_apart(value)) for name, value in values.items()]),
            _minute(timezone.now()),
            get_contextvars().get("user_id"),
        )
        if circumstances not in compared:
            with connection.execute_wrapper(_refuse):
                _compare_now(query, prepared, filled, shape, values)
            compared.add(circumstances)

    def begin_anew(**_: Any) -> None:
        compared.clear()

    setting_changed.connect(begin_anew)
    try:
        with mock.patch.object(PreparedQuery, "_check", check):
            yield
    finally:
        setting_changed.disconnect(begin_anew)


def _told_apart(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [*map(_told_apart, value)]
    return _minute(value) if isinstance(value, datetime) else value


def _minute(moment: datetime) -> tuple[datetime, bool]:
    """And whether it has microseconds: without, it is written another way."""
    return moment.replace(second=0, microsecond=0), bool(moment.microsecond)


def _refuse(*_: Any) -> NoReturn:
    raise AssertionError("A prepared query that asks the database while it is built would ask once a process")
