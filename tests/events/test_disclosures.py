"""The disclosure record: one chain a referral. A change to any column behind the service's back is found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from encryption.declaration_keys import NAME_LENGTH, name_of
from events.disclosures.blanking import blank
from events.disclosures.chain import FORMAT, NotWritable, canonical, keyed_hash
from events.disclosures.recording import Disclosure, record
from events.disclosures.verifying import Fault, verify
from events.models import AuditAction, AuditEvent, DisclosureEvent
from tests.factories.accounts import ProviderFactory
from tests.factories.events import a_disclosure
from tests.flushing import triggers_lifted

pytestmark = pytest.mark.django_db

CASE, OTHER = UUID(int=7), UUID(int=8)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLE = "events_disclosureevent"


@pytest.fixture
def entry(personas: dict[str, User]) -> Disclosure:
    return a_disclosure(by=personas["pp"], by_name="Elen Pry\u0302s", referral=CASE)


@pytest.fixture
def three(entry: Disclosure) -> Disclosure:
    """Three entries of one referral and one of another."""
    for number in (1, 2, 3):
        assert record(replace(entry, once=f"opened:{number}", at=AT + timedelta(days=number)))
    assert record(replace(entry, referral=OTHER))
    return entry


def _chain(referral: UUID = CASE) -> list[DisclosureEvent]:
    return [*DisclosureEvent.objects.filter(referral=referral).order_by("number")]


def _behind_our_back(statement: str, *values: Any) -> None:
    """Change rows as somebody who has taken the triggers away."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # what waits to be checked would keep the triggers from being lifted
    with triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()


def _where(number: int) -> str:
    """The row, as it is written in SQL of either database."""
    return f"referral = '{CASE.hex if connection.vendor == 'sqlite' else CASE}' AND number = {number}"


def _found() -> dict[int, str]:
    """What the command finds wrong with the case, by number. The other referral is always in order."""
    faults = verify().faults
    assert {fault.referral for fault in faults} <= {str(CASE)}
    return {fault.number: fault.what for fault in faults}


# --- What is written -----------------------------------------------------------------------------


def test_each_entry_holds_the_hash_of_the_one_before(three: Disclosure) -> None:
    chain = _chain()

    assert [entry.number for entry in chain] == [1, 2, 3]
    assert [entry.previous for entry in chain] == ["", chain[0].hash, chain[1].hash]
    assert [entry.previous for entry in _chain(OTHER)] == [""]


def test_what_is_hashed_is_json_in_one_way_only(three: Disclosure, personas: dict[str, User]) -> None:
    entry = _chain()[0]

    assert json.loads(entry.canonical) == {
        "format": FORMAT,
        "id": str(entry.pk),
        "referral": str(CASE),
        "number": 1,
        "once": "opened:1",
        "kind": "SHARED",
        "at": "2026-03-03T09:30:00.000000+00:00",
        "crn": "X980010",
        "by_id": personas["pp"].pk,
        "by_name": "Elen Pr\u0177s",  # composed
        "recipient_id": three.recipient.pk,
        "recipient_name": "Harbour Trust",
        "subcontractors": ["Lantern"],
        "shared": ["risk.suicide"],
        "withheld": ["person.email"],
        "reason": "Sent with the referral",
        "share_version": 1,
        "wording_version": "2026-2",
        "content_hash": "c" * 64,
        "previous": "",
    }
    assert entry.canonical.startswith('{"at":"2026-')
    assert entry.hash == keyed_hash(entry.canonical)


def test_every_column_is_hashed() -> None:
    """One that is added later, too: it is found, not listed."""
    columns = {field.attname for field in DisclosureEvent._meta.concrete_fields}

    assert json.loads(canonical(DisclosureEvent(at=AT))).keys() == (
        columns - {"canonical", "hash", "blanked_at"}
    ) | {"format"}


def test_a_number_that_is_no_small_integer_is_refused(entry: Disclosure) -> None:
    with pytest.raises(NotWritable):
        record(replace(entry, shared=[2**53]))  # type: ignore[list-item]  # that is the point
    assert _chain() == []


def test_the_same_thing_is_recorded_once(entry: Disclosure) -> None:
    assert [record(entry), record(entry), record(replace(entry, once="opened:1"))] == [True, False, True]
    assert [one.once for one in _chain()] == ["shared:1", "opened:1"]


def test_an_entry_goes_with_the_transaction_that_it_is_of(entry: Disclosure) -> None:
    @transaction.atomic
    def share_and_fail() -> None:
        record(entry)
        raise LookupError

    with pytest.raises(LookupError):
        share_and_fail()

    assert _chain() == []
    assert not AuditEvent.objects.filter(action=AuditAction.DISCLOSURE_RECORDED).exists()


def test_the_audit_trail_knows_each_entry(three: Disclosure) -> None:
    events = AuditEvent.objects.filter(action=AuditAction.DISCLOSURE_RECORDED, referral=CASE)

    assert sorted(event.facts["number"] for event in events) == [1, 2, 3]
    assert {event.facts["hash"] for event in events} == {entry.hash for entry in _chain()}


# --- It only grows -------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [f"UPDATE {TABLE} SET reason = 'x'", f"DELETE FROM {TABLE}"])
def test_both_databases_refuse_to_change_or_delete(three: Disclosure, statement: str) -> None:
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert len(_chain()) == 3


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_refuses_to_empty_the_table(three: Disclosure) -> None:
    connection.check_constraints()  # what waits to be checked would refuse first
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {TABLE}")


# --- What was changed behind our back --------------------------------------------------------------


NOT_THE_CHAIN = ("id", "canonical", "hash", "referral", "number", "blanked_at")
TAMPERED: dict[str, Any] = {
    "once": "opened:0",
    "kind": "OPENED",
    "at": datetime(2026, 3, 4, 9, 31),
    "crn": "X980011",
    "by_id": None,
    "by_name": "Somebody Else",
    "recipient_id": None,  # another provider: see below
    "recipient_name": "Lantern",
    "subcontractors": "[]",
    "shared": '["risk.suicide","risk.self_harm"]',
    "withheld": "[]",
    "reason": "Another reason",
    "share_version": 2,
    "wording_version": "2026-1",
    "content_hash": "d" * 64,
}


def test_every_column_is_tampered_with_below() -> None:
    columns = {field.attname for field in DisclosureEvent._meta.concrete_fields}

    assert TAMPERED.keys() | {*NOT_THE_CHAIN, "previous"} == columns


@pytest.mark.parametrize("column", TAMPERED)
def test_a_changed_column_is_found_and_named(three: Disclosure, column: str) -> None:
    value = ProviderFactory().pk if column == "recipient_id" else TAMPERED[column]
    _behind_our_back(f"UPDATE {TABLE} SET {column} = %s WHERE {_where(2)}", value)

    assert _found() == {2: f"differs from what was hashed: {column}"}


def test_blanked_entries_are_counted_and_no_fault(three: Disclosure) -> None:
    assert (blank(CASE, at=AT), blank(CASE, at=AT)) == (3, 0)

    assert _found() == {}
    assert verify().blanked == 3
    assert {(entry.crn, entry.by_name, entry.reason, entry.canonical) for entry in _chain()} == {("",) * 4}


def test_blanking_past_the_service_is_found(three: Disclosure) -> None:
    blanked = "crn = '', by_name = '', reason = '', canonical = '', blanked_at = %s"
    with connection.cursor() as cursor:  # the one change that the trigger lets pass
        cursor.execute(f"UPDATE {TABLE} SET {blanked} WHERE {_where(2)}", [AT])
    assert [*_found()] == [2]
    assert "the audit trail does not know it" in _found()[2]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        pytest.param("blanked_at = '2026-01-01'", "marked as blanked, and holds text", id="the date alone"),
        pytest.param("recipient_name = 'Lantern'", "what is left was changed", id="what is left"),
    ],
)
def test_what_was_changed_on_a_blanked_entry_is_found(three: Disclosure, statement: str, says: str) -> None:
    if "recipient" in statement:
        blank(CASE, at=AT)
    _behind_our_back(f"UPDATE {TABLE} SET {statement} WHERE {_where(1)}")

    assert any(says in fault.what for fault in verify().faults)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("crn = '', by_name = '', reason = '', canonical = ''", id="without the date"),
        pytest.param("crn = '', by_name = '', reason = 'x', canonical = ''", id="another text"),
        pytest.param("crn = '', by_name = '', canonical = ''", id="not all"),
        pytest.param("crn = '', by_name = '', reason = '', canonical = '', share_version = 9", id="more"),
    ],
)
def test_both_databases_refuse_whatever_else_calls_itself_blanking(three: Disclosure, changed: str) -> None:
    stamp = "" if changed.endswith("canonical = ''") and "reason = ''" in changed else ", blanked_at = %s"
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {TABLE} SET {changed}{stamp}", [AT] if stamp else [])


def test_a_changed_id_is_found(three: Disclosure) -> None:
    new = UUID(int=99)
    _behind_our_back(
        f"UPDATE {TABLE} SET id = %s WHERE {_where(2)}", new.hex if connection.vendor == "sqlite" else new
    )

    assert _found() == {2: "differs from what was hashed: id"}


def test_a_changed_link_is_found(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET previous = %s WHERE {_where(2)}", "0" * 64)

    assert _found() == {2: "differs from what was hashed: previous; does not follow the entry before it"}


def test_a_changed_text_is_found(three: Disclosure) -> None:
    changed = _chain()[1].canonical.replace("X980010", "X980011")
    _behind_our_back(f"UPDATE {TABLE} SET canonical = %s WHERE {_where(2)}", changed)

    assert _found() == {2: "the hash does not fit; differs from what was hashed: crn"}


def test_a_text_that_is_no_json_is_found(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET canonical = 'no json' WHERE {_where(2)}")

    assert _found() == {2: "the hash does not fit; differs from what was hashed: all"}


def test_a_changed_hash_is_found_there_and_in_the_next(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET hash = %s WHERE {_where(2)}", "0" * 64)

    assert _found() == {
        2: "the hash does not fit; the audit trail has another hash or none",
        3: "does not follow the entry before it",
    }


@pytest.mark.parametrize(
    ("name", "what"),
    [
        pytest.param("", "the hash names a key that is not in the list", id="naming another key"),
        pytest.param("ours", "the hash does not fit", id="naming ours"),
    ],
)
def test_a_row_that_was_written_anew_without_the_key_is_found(
    three: Disclosure, settings: Any, name: str, what: str
) -> None:
    """Everything fits together but the key: column, text, hash, and the audit trail's copy of the hash."""
    ours = settings.DECLARATION_KEY
    settings.DECLARATION_KEY = "another key of thirty-two characters"
    entry = _chain()[2]
    entry.crn = "X980011"
    text = canonical(entry)
    forged = keyed_hash(text)
    if name:
        forged = name_of(ours) + forged[NAME_LENGTH:]
    _behind_our_back(
        f"UPDATE {TABLE} SET crn = 'X980011', canonical = %s, hash = %s WHERE {_where(3)}", text, forged
    )
    for event in AuditEvent.objects.filter(action=AuditAction.DISCLOSURE_RECORDED, facts__number=3):
        facts = json.dumps({"number": 3, "hash": forged})
        id_ = event.pk.hex if connection.vendor == "sqlite" else event.pk
        _behind_our_back("UPDATE events_auditevent SET facts = %s WHERE id = %s", facts, id_)
    settings.DECLARATION_KEY = ours

    assert _found() == {3: what}


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        pytest.param((1,), {1: "missing"}, id="the first"),
        pytest.param((2,), {2: "missing"}, id="one in the middle"),
        pytest.param((3,), {3: "missing"}, id="the newest"),
        pytest.param((2, 3), {2: "missing", 3: "missing"}, id="the two newest"),
        pytest.param((1, 2, 3), {1: "missing", 2: "missing", 3: "missing"}, id="all of a referral"),
    ],
)
def test_a_deleted_entry_is_missed(three: Disclosure, gone: tuple[int, ...], found: dict[int, str]) -> None:
    for number in gone:
        _behind_our_back(f"DELETE FROM {TABLE} WHERE {_where(number)}")

    assert _found() == found


def test_two_entries_that_changed_places_are_found(three: Disclosure) -> None:
    for now, then in ((2, 9), (3, 2), (9, 3)):
        _behind_our_back(f"UPDATE {TABLE} SET number = {then} WHERE {_where(now)}")

    changed = "differs from what was hashed: number; does not follow the entry before it; "
    changed += "the audit trail has another hash or none"
    assert _found() == {2: changed, 3: changed}


def test_an_entry_that_was_put_into_another_referral_is_found(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET number = 2, referral = %s WHERE {_where(3)}", _as_stored(OTHER))

    faults = verify().faults
    assert Fault(str(CASE), 3, "missing") in faults
    (moved,) = [fault for fault in faults if fault.referral == str(OTHER)]
    assert moved.number == 2
    assert moved.what.startswith("differs from what was hashed: number, referral; does not follow")


def _as_stored(value: UUID) -> Any:
    return value.hex if connection.vendor == "sqlite" else value


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps nothing that is no date or id")
def test_what_cannot_be_read_is_found_on_sqlite(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET at = '2026-13-45 09:30:00' WHERE {_where(2)}")
    assert Fault(str(CASE), 2, "cannot be read") in verify().faults

    _behind_our_back(f"UPDATE {TABLE} SET referral = 'none' WHERE {_where(3)}")
    assert Fault("none", 0, "referral is not an id") in verify().faults


# --- The command -----------------------------------------------------------------------------------


def test_the_command_counts_what_it_checked(three: Disclosure) -> None:
    said = StringIO()
    call_command("verify_disclosures", stdout=said)
    assert said.getvalue() == "Referrals checked: 2. Entries: 4.\n"


def test_the_command_names_referral_and_number_and_fails(three: Disclosure) -> None:
    _behind_our_back(f"UPDATE {TABLE} SET reason = 'a secret' WHERE {_where(2)}")
    said = StringIO()

    with pytest.raises(CommandError, match="Missing or not as they were written: 1") as failed:
        call_command("verify_disclosures", stdout=said)

    assert failed.value.returncode == 1
    assert said.getvalue().splitlines() == [
        f"{CASE}, entry 2: differs from what was hashed: reason",
        "Referrals checked: 2. Entries: 4.",
    ]


def test_of_many_faults_the_first_are_named(three: Disclosure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.disclosures.verifying.MOST_NAMED", 2)
    _behind_our_back(f"UPDATE {TABLE} SET reason = 'changed'")

    verified = verify()
    assert (verified.wrong, len(verified.faults)) == (4, 2)
