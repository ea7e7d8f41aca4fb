"""The audit trail only grows, whoever asks the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from events import audit
from events.models import AuditAction, AuditEvent

CHANGES = [
    pytest.param("UPDATE events_auditevent SET action = 'account.signed_out'", id="changing an event"),
    pytest.param("DELETE FROM events_auditevent", id="deleting an event"),
]


@pytest.fixture
def event(db: None) -> AuditEvent:
    audit.record(AuditAction.SIGNED_IN, by=None)
    return AuditEvent.objects.get()


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses(event: AuditEvent, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    event.refresh_from_db()
    assert event.action == AuditAction.SIGNED_IN


def test_django_is_refused_too(event: AuditEvent) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()
    event.outcome = AuditEvent.Outcome.REFUSED
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.save()


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_refuses_to_empty_the_table(event: AuditEvent) -> None:
    connection.check_constraints()  # what waits to be checked would refuse first
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE events_auditevent")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_the_triggers_stand_again_after_a_test_that_committed(time: str) -> None:
    assert not AuditEvent.objects.exists()
    audit.record(AuditAction.SIGNED_IN, by=None)
    with pytest.raises(IntegrityError, match="append-only"):
        AuditEvent.objects.all().delete()
