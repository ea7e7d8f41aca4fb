"""A month of the audit trail is sealed when it is over: what is changed afterwards is found, what is blanked is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from encryption import declaration_keys
from events import audit
from events.audit_months import partitions
from events.audit_months.models import AuditSeal, BlankedCrns
from events.audit_months.sealing import blank_crns, seal_months
from events.audit_months.verifying import verify
from events.models import AuditAction, AuditEvent
from tests.flushing import triggers_lifted

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = date(2021, 3, 1), date(2021, 4, 1), date(2021, 5, 1)
IN_JUNE = datetime(2021, 6, 9, tzinfo=UTC)
BY_HAND = UUID(int=9)


def event(day: int, *, month: int = 3, crn: str = "X980001", **fields: Any) -> AuditEvent:
    at = datetime(2021, month, day, 10, 30, tzinfo=UTC)
    facts = {"page": "référral", "count": 2, "is_new": True}
    return AuditEvent.objects.create(action=AuditAction.RISK_VIEWED, at=at, crn=crn, facts=facts, **fields)


@pytest.fixture
def sealed(personas: dict[str, User]) -> list[AuditEvent]:
    """Two months with events and one without, sealed."""
    events = [
        event(1, user=personas["pp"], referral=UUID(int=7)),
        event(31, share_version=2),
        event(2, month=5),
    ]
    assert seal_months(IN_JUNE) == [MARCH, APRIL, MAY]
    return events


SITUATIONS = [
    pytest.param(datetime(2021, 3, 31, 23, 59, tzinfo=UTC), [], id="the month is not over"),
    pytest.param(
        datetime(2021, 4, 1, 12, tzinfo=UTC), [], id="it is over for hours: an event may still be written"
    ),
    pytest.param(datetime(2021, 4, 2, tzinfo=UTC), [MARCH], id="it is over for a day"),
    pytest.param(datetime(2021, 5, 20, tzinfo=UTC), [MARCH, APRIL], id="so is the next, without events"),
]


@pytest.mark.parametrize(("now", "months"), SITUATIONS)
def test_a_month_is_sealed_a_day_after_it_is_over(now: datetime, months: list[date]) -> None:
    event(3)

    assert seal_months(now) == months
    assert seal_months(now) == []


def test_a_trail_without_events_has_nothing_to_seal() -> None:
    assert seal_months(IN_JUNE) == []


def test_what_was_not_touched_is_as_it_was(sealed: list[AuditEvent]) -> None:
    verified = verify()

    assert (verified.months, verified.events, verified.faults) == (3, 3, [])
    first, second, third = AuditSeal.objects.all()
    assert (second.previous, third.previous) == (first.proof, second.proof)


def test_both_databases_write_the_same_seal(personas: dict[str, User]) -> None:
    AuditEvent.objects.create(
        id=UUID(int=3),
        action="risk.viewed",
        at=datetime(2021, 3, 1, tzinfo=UTC),
        crn="X980001",
        facts={"b": 1, "a": "é"},
    )
    seal_months(datetime(2021, 4, 9, tzinfo=UTC))
    seal = AuditSeal.objects.get()

    assert seal.hash == "a4ca3193c816ed7fe1900828d679d4b68ad5c0ac390fcff22917753895fc7bb6"


TAMPERINGS: list[Any] = [
    pytest.param(
        lambda rows: rows.filter(at__day=31).update(action="risk.edited"),
        MARCH,
        "events were changed",
        id="changed",
    ),
    pytest.param(
        lambda rows: rows.filter(at__day=31).delete(),
        MARCH,
        "2 events were sealed, and there are 1",
        id="deleted",
    ),
    pytest.param(lambda rows: event(12), MARCH, "2 events were sealed, and there are 3", id="added"),
    pytest.param(
        lambda rows: rows.filter(at__month=5).update(at=datetime(2021, 5, 3, tzinfo=UTC)),
        MAY,
        "events were changed",
        id="moved to another day",
    ),
    pytest.param(
        lambda rows: rows.filter(at__day=31).update(crn="X980002"),
        MARCH,
        "CRNs were changed, or blanked outside the service",
        id="about another person",
    ),
    pytest.param(
        lambda rows: rows.filter(at__day=31).update(crn="", blanked_at=timezone.now()),
        MARCH,
        "CRNs were changed, or blanked outside the service",
        id="blanked by hand",
    ),
    pytest.param(
        lambda rows: AuditSeal.objects.filter(month=APRIL).delete(),
        APRIL,
        "the seal is missing",
        id="a seal taken out",
    ),
    pytest.param(
        lambda rows: AuditSeal.objects.filter(month=MAY).delete(),
        MAY,
        "the audit trail knows of another seal",
        id="the last seal cut off",
    ),
    pytest.param(
        lambda rows: AuditSeal.objects.filter(month=MAY).update(rows=0),
        MAY,
        "the seal was changed, or made without our keys",
        id="a seal changed",
    ),
    pytest.param(
        lambda rows: event(1, month=1),
        MARCH,
        "there are events from before the first seal",
        id="added before it all",
    ),
]


@pytest.mark.parametrize(("tamper", "month", "what"), TAMPERINGS)
def test_what_was_changed_is_found(
    sealed: list[AuditEvent], tamper: Callable[[Any], Any], month: date, what: str
) -> None:
    connection.check_constraints()
    with transaction.atomic(), triggers_lifted(connection):
        tamper(AuditEvent.objects.all())
        connection.check_constraints()  # PostgreSQL puts no trigger back while a new row waits to be checked

    assert (month, what) in verify().faults
    with pytest.raises(CommandError, match="Missing or not as they were sealed"):
        call_command("verify_audit_trail", stdout=StringIO())


def test_what_retention_blanks_is_no_fault(sealed: list[AuditEvent]) -> None:
    assert blank_crns(AuditEvent.objects.filter(crn="X980001", at__day=31), at=IN_JUNE) == 1
    assert blank_crns(AuditEvent.objects.filter(crn="X980001"), at=IN_JUNE) == 2

    assert verify().faults == []
    assert BlankedCrns.objects.count() == 3
    assert not AuditEvent.objects.exclude(crn="").exists()


def test_a_note_about_blanking_made_without_the_key_is_found(sealed: list[AuditEvent]) -> None:
    BlankedCrns.objects.create(month=MARCH, rows=1, crns="0" * 64, at=IN_JUNE, proof="0" * 64)

    assert verify().faults == [(MARCH, "a note about blanked CRNs was changed, or made without our keys")]


def test_what_is_blanked_before_its_month_is_over_needs_no_note() -> None:
    event(3)
    blank_crns(AuditEvent.objects.all(), at=IN_JUNE)
    seal_months(IN_JUNE)

    assert not BlankedCrns.objects.exists()
    assert verify().faults == []


def test_seals_hold_under_an_earlier_key(sealed: list[AuditEvent], settings: Any) -> None:
    settings.DECLARATION_KEY_FALLBACKS = [settings.DECLARATION_KEY]
    settings.DECLARATION_KEY = "another-declaration-key-0123456789abcdef"
    event(1, month=6)
    seal_months(datetime(2021, 7, 9, tzinfo=UTC))

    assert verify().faults == []
    assert len({declaration_keys.key_of(seal.proof) for seal in AuditSeal.objects.all()}) == 2


@pytest.mark.skipif("connection.vendor != 'postgresql'")
class TestMovingOut:
    """A month that is over is taken out of the trail, as a table that nobody changes."""

    @pytest.fixture
    def old(self, sealed: list[AuditEvent]) -> list[AuditEvent]:
        connection.check_constraints()
        partitions.keep_ahead()
        return sealed

    def test_it_is_a_table_of_its_own_and_still_verified(
        self, old: list[AuditEvent], personas: dict[str, User]
    ) -> None:
        said = StringIO()
        call_command("move_out_audit_months", "2021-03", by="admin", stdout=said)

        table = "events_auditevent_2021_03_to_2021_05"
        assert table in said.getvalue()
        assert not AuditEvent.objects.filter(at__year=2021).exists()
        assert AuditEvent.objects.filter(
            action=AuditAction.AUDIT_MONTHS_MOVED_OUT, user=personas["admin"]
        ).exists()
        verified = verify()
        assert (verified.months, verified.events, verified.elsewhere, verified.faults) == (3, 3, 0, [])
        connection.check_constraints()
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"UPDATE {table} SET action = 'a'"):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")
        assert (verify().elsewhere, verify().faults) == (3, [])

    def test_one_that_was_changed_stays(self, old: list[AuditEvent]) -> None:
        with transaction.atomic(), triggers_lifted(connection):
            AuditEvent.objects.filter(at__day=31).delete()

        with pytest.raises(CommandError, match="March 2021: 2 events were sealed, and there are 1"):
            call_command("move_out_audit_months", "2021-03", by="admin")

    @pytest.mark.parametrize(("month", "why"), [("2031-01", "no table for"), ("2021", "Enter a month")])
    def test_what_cannot_be_moved_is_told(self, old: list[AuditEvent], month: str, why: str) -> None:
        with pytest.raises(CommandError, match=why):
            call_command("move_out_audit_months", month, by="admin")

    def test_this_month_stays(self, old: list[AuditEvent]) -> None:
        audit.record(AuditAction.SIGNED_IN, by=None)
        with pytest.raises(CommandError, match="is not sealed yet"):
            call_command("move_out_audit_months", f"{timezone.now():%Y-%m}", by="admin")
