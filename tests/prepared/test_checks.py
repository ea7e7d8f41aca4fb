"""Tests compare a prepared query again whenever something differs that it may not look up for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet
from structlog.contextvars import bound_contextvars

from accounts.models import User
from prepared.queries import PreparedQuery
from tests import prepared_checks

THEN = datetime(2026, 3, 4, 12, 0, 30, 8, UTC)


class _Looked:
    """A query that looks up something besides its values, and how often it was built."""

    def __init__(self) -> None:
        self.limit = 1
        self.built = 0

    def __call__(self, **values: Any) -> QuerySet[User]:
        self.built += 1
        return User.objects.filter(**values, last_name=str(self.limit))


@pytest.fixture
def looked() -> _Looked:
    """Built anew for each question."""
    return _Looked()


@pytest.fixture
def in_each_test() -> Iterator[None]:
    """As .ci/run compares on PostgreSQL."""
    with prepared_checks.once_for_each_circumstance(in_each_test=True):
        yield


@pytest.fixture
def in_all_tests() -> Iterator[None]:
    """As make test compares."""
    with prepared_checks.once_for_each_circumstance(in_each_test=False):
        yield


@pytest.mark.parametrize("compared", ["in_each_test", "in_all_tests"])
def test_the_same_use_is_compared_once(
    looked: _Looked, request: pytest.FixtureRequest, compared: str
) -> None:
    request.getfixturevalue(compared)
    query: PreparedQuery[User] = PreparedQuery(looked)
    with time_machine.travel(THEN, tick=False):
        query.subquery(date_joined__lt=THEN, pk=1)
        query.subquery(date_joined__lt=THEN + timedelta(seconds=1), pk=1)
    assert looked.built == 2, "with stand-ins, and to compare"


def _another_value(query: PreparedQuery[User], settings: Any) -> None:
    query.subquery(pk=2, date_joined__lt=THEN)


def _another_minute_among_the_values(query: PreparedQuery[User], settings: Any) -> None:
    query.subquery(pk=1, date_joined__lt=THEN + timedelta(minutes=1))


def _without_microseconds(query: PreparedQuery[User], settings: Any) -> None:
    query.subquery(pk=1, date_joined__lt=THEN.replace(microsecond=0))


def _another_minute(query: PreparedQuery[User], settings: Any) -> None:
    with time_machine.travel(THEN + timedelta(minutes=1), tick=False):
        query.subquery(pk=1, date_joined__lt=THEN)


def _somebody_else(query: PreparedQuery[User], settings: Any) -> None:
    with bound_contextvars(user_id=7):
        query.subquery(pk=1, date_joined__lt=THEN)


def _another_setting(query: PreparedQuery[User], settings: Any) -> None:
    settings.TRACE = "another"
    query.subquery(pk=1, date_joined__lt=THEN)


IN_BOTH = (_another_minute, _somebody_else, _another_setting)
IN_EACH_TEST = (_another_value, _another_minute_among_the_values, _without_microseconds)


@pytest.mark.parametrize(
    ("compared", "again"),
    [
        *(("in_each_test", again) for again in (*IN_BOTH, *IN_EACH_TEST)),
        *(("in_all_tests", again) for again in IN_BOTH),
    ],
)
def test_what_it_looked_up_is_noticed(
    looked: _Looked,
    settings: Any,
    request: pytest.FixtureRequest,
    compared: str,
    again: Callable[[PreparedQuery[User], Any], None],
) -> None:
    request.getfixturevalue(compared)
    query: PreparedQuery[User] = PreparedQuery(looked)
    with time_machine.travel(THEN, tick=False):
        query.subquery(pk=1, date_joined__lt=THEN)
        looked.limit = 2
        with pytest.raises(AssertionError, match="Built now"):
            again(query, settings)


@pytest.mark.parametrize(("in_each_test", "built"), [(True, 3), (False, 2)])
def test_each_test_begins_anew_or_knows_what_others_compared(
    looked: _Looked, in_each_test: bool, built: int
) -> None:
    query: PreparedQuery[User] = PreparedQuery(looked)
    with time_machine.travel(THEN, tick=False):
        for _ in range(2):  # as every test
            with prepared_checks.once_for_each_circumstance(in_each_test=in_each_test):
                query.subquery(pk=1)
    assert looked.built == built


@pytest.mark.django_db
def test_none_asks_the_database_while_it_is_built() -> None:
    last = PreparedQuery(lambda user: User.objects.filter(pk=user, last_name=str(User.objects.count())))
    with pytest.raises(AssertionError, match="asks the database"):
        last.subquery(user=1)
