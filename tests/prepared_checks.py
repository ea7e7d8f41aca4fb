"""Compares a prepared query with what Django builds now: once for all that could make a difference, not at each use.

Building it anew is what prepared queries spare a page, and in tests it took a sixth of all processor time: a page asks
for the same web session, grants and case again and again. What a second use could find that the first did not is a
query that changed in between, so a use is compared again when anything differs that a query may not look up for itself:
the minute, whether somebody is signed in, a setting; and where ``COMPARE_QUERIES`` is set, as by .ci/run on PostgreSQL,
its values, who is signed in, and the test. Of moments among the values the minute counts. A query that reads the clock
is found at its first use: it was prepared some microseconds before.

What looks into the database while it is built would be none of these, so that is refused.
"""

from __future__ import annotations

import os
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

IN_EACH_TEST = "COMPARE_QUERIES" in os.environ
_compare_now = PreparedQuery._check
#: By this process, in all tests.
_compared: set[Hashable] = set()


@contextmanager
def once_for_each_circumstance(*, in_each_test: bool = IN_EACH_TEST) -> Iterator[None]:
    """Within the block, which is one test. ``in_each_test``: whatever was compared in others, and value by value."""
    compared: set[Hashable] = set() if in_each_test else _compared

    def check(query: PreparedQuery[Any], prepared: Any, filled: Any, shape: Any, values: dict[str, Any]) -> None:
        user = get_contextvars().get("user_id")
        circumstances = (
            prepared,  # itself: while it is kept here, no other has its place
            _minute(timezone.now()),
            *(_of_this_use(values, user) if in_each_test else (user is None,)),
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


def _of_this_use(values: dict[str, Any], user: Any) -> tuple[Hashable, Hashable]:
    return repr([(name, _told_apart(value)) for name, value in values.items()]), user


def _told_apart(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [*map(_told_apart, value)]
    return _minute(value) if isinstance(value, datetime) else value


def _minute(moment: datetime) -> tuple[datetime, bool]:
    """And whether it has microseconds: without, it is written another way."""
    return moment.replace(second=0, microsecond=0), bool(moment.microsecond)


def _refuse(*_: Any) -> NoReturn:
    raise AssertionError("A prepared query that asks the database while it is built would ask once a process")
