"""Without a replica the database itself is read, and nothing is said about it."""

from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS
from django.db.utils import IntegrityError, InterfaceError, OperationalError
from structlog.testing import capture_logs

from read_replica.long_reads import REPLICA, LongRead


@pytest.mark.django_db
def test_without_a_replica_the_database_is_read() -> None:
    with capture_logs() as lines:
        read = LongRead()
        assert read.read(lambda using: using) == DEFAULT_DB_ALIAS
    assert not lines


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_a_replica_that_failed_is_not_asked_again(failure: type[Exception]) -> None:
    read, asked = LongRead(), []
    read.using = REPLICA

    def ask(using: str) -> str:
        asked.append(using)
        if using == REPLICA:
            raise failure
        return "found"

    with capture_logs() as lines:
        assert [read.read(ask), read.read(ask)] == ["found", "found"]
    assert asked == [REPLICA, DEFAULT_DB_ALIAS, DEFAULT_DB_ALIAS]
    assert [(line["event"], line["why"]) for line in lines] == [("replica_not_used", failure.__name__)]


@pytest.mark.django_db
def test_what_is_wrong_with_the_question_is_raised() -> None:
    read = LongRead()
    read.using = REPLICA

    def ask(using: str) -> str:
        raise IntegrityError(using)

    with pytest.raises(IntegrityError, match=REPLICA):
        read.read(ask)
