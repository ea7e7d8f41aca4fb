"""Tests compare a prepared query again whenever something differs that it may not look up for itself."""

from __future__ import annotations

from collections.abc import Callable
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


def test_the_same_use_is_compared_once(looked: _Looked) -> None:
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


@pytest.mark.parametrize(
    "again",
    [
        _another_value,
        _another_minute_among_the_values,
        _without_microseconds,
        _another_minute,
        _somebody_else,
        _another_setting,
    ],
)
def test_what_it_looked_up_is_noticed(
    looked: _Looked, settings: Any, again: Callable[[PreparedQuery[User], Any], None]
) -> None:
    query: PreparedQuery[User] = PreparedQuery(looked)
    with time_machine.travel(THEN, tick=False):
        query.subquery(pk=1, date_joined__lt=THEN)
        looked.limit = 2
        with pytest.raises(AssertionError, match="Built now"):
            again(query, settings)


def test_each_test_begins_anew(looked: _Looked) -> None:
    query: PreparedQuery[User] = PreparedQuery(looked)
    query.subquery(pk=1)
    with prepared_checks.once_for_each_circumstance():  # as every test
        query.subquery(pk=1)
    assert looked.built == 3


@pytest.mark.django_db
def test_none_asks_the_database_while_it_is_built() -> None:
    last = PreparedQuery(lambda user: User.objects.filter(pk=user, last_name=str(User.objects.count())))
    with pytest.raises(AssertionError, match="asks the database"):
        last.subquery(user=1)
