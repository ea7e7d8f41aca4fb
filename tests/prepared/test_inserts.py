"""Inserts whose SQL is worked out once: the row is the one that Django's own ``save`` would have written."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext, isolate_apps

from accounts.models import User
from events.models import AuditAction, AuditEvent
from prepared.inserts import PreparedInsert

pytestmark = pytest.mark.django_db


def _event(user: User | None, **values: object) -> AuditEvent:
    return AuditEvent(action=AuditAction.CASE_PAUSED, user=user, **values)


def test_what_is_added_is_read_back_as_it_was(personas: dict[str, User]) -> None:
    inserts = PreparedInsert(AuditEvent)
    events = [
        _event(personas["pp"], facts={"page": "one", "count": 2}, crn="X123456", referral=uuid4(), share_version=3),
        _event(None),
    ]

    for event in events:
        inserts.add(event)

    columns = [field.attname for field in AuditEvent._meta.concrete_fields]
    for event in events:
        read = AuditEvent.objects.get(pk=event.pk)
        assert {name: getattr(read, name) for name in columns} == {name: getattr(event, name) for name in columns}


def test_it_is_one_statement_without_a_savepoint_and_not_worked_out_again(
    personas: dict[str, User], settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    inserts = PreparedInsert(AuditEvent)
    settings.CHECK_PREPARED_QUERIES = False  # type: ignore[attr-defined]
    inserts.add(_event(None))
    monkeypatch.setattr(inserts, "_built", lambda row: pytest.fail("worked out again"))

    with CaptureQueriesContext(connection) as queries:
        inserts.add(_event(personas["pp"]))

    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_a_row_that_cannot_be_added_raises_and_ends_the_transaction() -> None:
    inserts = PreparedInsert(AuditEvent)
    event = _event(None)
    inserts.add(event)

    with pytest.raises(IntegrityError), transaction.atomic():
        inserts.add(_event(None, id=event.pk, at=event.at))

    assert AuditEvent.objects.filter(pk=event.pk).count() == 1


def test_an_insert_that_differs_from_djangos_is_noticed() -> None:
    inserts = PreparedInsert(AuditEvent)
    inserts.add(_event(None))
    inserts._sql = inserts._sql.replace('"at"', '"blanked_at"')

    with pytest.raises(AssertionError, match="Built now"):
        inserts.add(_event(None))


@isolate_apps("events")
def test_a_key_that_the_database_makes_is_refused() -> None:
    class Counted(models.Model):
        class Meta:
            app_label = "events"

        def __str__(self) -> str:
            return "counted"

    with pytest.raises(AssertionError, match="read back"):
        PreparedInsert(Counted).add(Counted())
