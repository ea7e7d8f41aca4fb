"""Each table shows a supplier their own rows and nobody else's, however it is asked: on PostgreSQL by policies.

The scope is left out here on purpose. On SQLite there are no policies, so the same rows are asked of the scoping.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import FeatureNotSupported

from accounts.models import User
from interventions.models import Contract, ContractGrant, ProviderTerm
from monitoring.access.database_rights import CHANGEABLE_COLUMNS, SUPPLIER_RIGHTS, supplier_rights
from monitoring.access.database_role import grant_supplier_rights
from monitoring.access.row_security import POLICIES, WITHOUT_POLICY, not_forced
from monitoring.models import (
    Appointment,
    CalendarFeed,
    Conclusion,
    EndedCount,
    KeptPost,
    PerformanceReport,
    ReceivedCount,
    ReceivedReferral,
    ShareOpening,
    ShareVersion,
    Stage,
    UndeliveredMessage,
)
from monitoring.models.received_referral import ReceivedReferralManager, ReceivedReferralQuerySet
from prepared.queries import PreparedQuery
from tests import signing_in
from tests.factories.accounts import MembershipFactory, SupplierUserFactory
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_work import delivered, ended, reported_on
from tests.flushing import triggers_lifted

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")

MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
#: Table: how its rows lead to the case that they are of, to the person, or to both. Said anew, not taken from policies.
CASE: dict[str, str] = {
    "monitoring_receivedreferral": "pk",
    "monitoring_receivedservice": "received",
    "monitoring_receivedoutcome": "service__received",
    "monitoring_receivedcriminogenicneed": "received",
    "monitoring_shareversion": "received",
    "monitoring_shareopening": "share__received",
    "monitoring_assignment": "received",
    "monitoring_appointment": "received",
    "monitoring_feedback": "appointment__received",
    "monitoring_actionplan": "received",
    "monitoring_planactivity": "plan__received",
    "monitoring_planchangerequest": "plan__received",
    "monitoring_deliverysession": "received",
    "monitoring_endofservicereport": "received",
    "monitoring_outcomeachievement": "report__received",
    "monitoring_casenote": "received",
    "monitoring_question": "received",
    "monitoring_referralchange": "received",
    "monitoring_pause": "received",
    "monitoring_undeliveredmessage": "received",
    "monitoring_keptpost": "received",
}
PERSON = {
    "monitoring_shareopening": "user",
    "monitoring_keptpost": "user",
    "monitoring_calendarfeed": "user",
    "monitoring_performancereport": "requested_by",
}
NOW = timezone.now()
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """Contracts of two providers with cases of which every table has rows, and who asks."""

    first: Contract
    rival: Contract
    people: dict[str, User | None]
    theirs: dict[str, set[UUID]]  # the cases of each of them

COUNTS = ("monitoring_endedcount", "monitoring_receivedcount")


@pytest.fixture
def world() -> World:
    first, rival = a_contract(), a_contract()
    second, joined = a_contract(prime=first.prime), a_contract(prime=first.prime)
    ProviderTerm.objects.create(
        contract=joined, provider=first.prime, is_prime=True, began_at=NOW - 20 * A_DAY
    )
    cases = {contract: _cases_on(contract) for contract in (first, second, rival)}
    before, after, going_on = (received(joined, at=NOW - 60 * A_DAY).pk for _ in range(3))
    for case, days in ((before, 21), (after, 19)):
        ReceivedReferral.objects.unscoped().filter(pk=case).update(
            concluded_at=NOW - days * A_DAY, conclusion=Conclusion.COMPLETED
        )
    ReceivedCount.objects.unscoped().bulk_create(
        ReceivedCount(contract=contract, month=NOW.date().replace(day=1), cases=1, before=NOW)
        for contract in (first, second, joined, rival)
    )
    EndedCount.objects.unscoped().bulk_create(
        EndedCount(contract=contract, stage=Stage.COMPLETED, cases=1, before=NOW)
        for contract in (first, second, joined, rival)
    )
    several = caseworker_on(first)
    ContractGrantFactory(user=several, contract=second)
    elsewhere = caseworker_on(rival)
    ContractGrant.objects.filter(user=elsewhere).update(revoked_at=NOW, revoked_by=several)
    ContractGrantFactory(user=elsewhere, contract=first)  # their provider is not on it
    without = SupplierUserFactory()
    MembershipFactory(user=without, provider=first.prime)
    people: dict[str, User | None] = {
        "on one contract": caseworker_on(first),
        "on several contracts": several,
        "whose provider came later": caseworker_on(joined),
        "with grants that open nothing": elsewhere,
        "without a grant": without,
        "not known yet": None,
    }
    _something_of_their_own([person for person in people.values() if person is not None])
    theirs = {
        "on one contract": {*cases[first]},
        "on several contracts": {*cases[first], *cases[second]},
        "whose provider came later": {after, going_on},
        "with grants that open nothing": set(),
        "without a grant": set(),
        "not known yet": set(),
    }
    return World(first, rival, people, theirs)


def _cases_on(contract: Contract) -> list[UUID]:
    """One that ended, one that is reported on, one in delivery; and something in every table of a case."""
    worker = caseworker_on(contract)
    cases = [
        builder(received(contract, at=NOW - 60 * A_DAY), worker)
        for builder in (ended, reported_on, delivered)
    ]
    UndeliveredMessage.objects.unscoped().bulk_create(
        UndeliveredMessage(entry=uuid4(), received=case, receiver="team", about="A new case", at=NOW)
        for case in cases
    )
    return [case.pk for case in cases]


def _something_of_their_own(people: list[User]) -> None:
    """Also of cases that are not theirs, or not any more."""
    shares = [*ShareVersion.objects.unscoped().all()]
    ShareOpening.objects.unscoped().bulk_create(
        ShareOpening(share=share, user=person, first_opened_at=NOW, last_opened_at=NOW)
        for person in people
        for share in shares
    )
    KeptPost.objects.unscoped().bulk_create(
        KeptPost(user=person, received_id=share.received_id, path="/somewhere")
        for person in people
        for share in shares
    )
    CalendarFeed.objects.unscoped().bulk_create(
        CalendarFeed(user=person, secret_hash=uuid4().hex, made_at=NOW) for person in people
    )
    PerformanceReport.objects.unscoped().bulk_create(
        PerformanceReport(
            form_key=uuid4(), requested_by=person, requested_at=NOW, from_date=NOW.date(), to_date=NOW.date()
        )
        for person in people
    )


def _expected(table: str, cases: Any, user: User | None) -> set[Any]:
    rows: Any = MODELS[table]._base_manager.all()
    if table == "interventions_contractgrant":
        granted = {*Contract.objects.granted_to(user).values_list("pk", flat=True)} if user else set()
        return {row.pk for row in rows if row.contract_id in granted or (user and row.user_id == user.pk)}
    if table in COUNTS:
        whole = Contract.objects.granted_to(user).filter(joined_at=None) if user else Contract.objects.none()
        rows = rows.filter(contract__in=[contract.pk for contract in whole])
    if table in CASE:
        rows = rows.filter(**{f"{CASE[table]}__in": cases})
    if table in PERSON:
        rows = rows.filter(**{PERSON[table]: user.pk}) if user else rows.none()
    return {*rows.values_list("pk", flat=True)}


def _without_scope(table: str) -> set[Any]:
    """All that the database answers to a query that says nothing about whose."""
    return {*MODELS[table]._base_manager.values_list("pk", flat=True)}


def test_each_table_has_a_policy_or_a_reason() -> None:
    assert {*POLICIES} | {*WITHOUT_POLICY} == {*SUPPLIER_RIGHTS}
    assert {*POLICIES} & {*WITHOUT_POLICY} == set()
    assert [table for table, reason in WITHOUT_POLICY.items() if not reason] == []


def test_every_table_of_a_case_or_a_person_has_a_policy() -> None:
    """Found by its keys: a table that leads to a case cannot be left to a reason."""
    leads_to_a_case = {
        table
        for table in SUPPLIER_RIGHTS
        for field in MODELS[table]._meta.concrete_fields
        if field.is_relation and field.related_model._meta.db_table in POLICIES
    }
    assert leads_to_a_case - {*POLICIES} == set()
    assert {*CASE} | {*PERSON} | {*COUNTS} | {"interventions_contractgrant"} == {*POLICIES}


@on_postgresql
def test_without_a_scope_each_table_shows_what_is_theirs(world: World) -> None:
    tables = _may("SELECT")
    there = {table: _without_scope(table) for table in tables}
    expected = {
        who: {table: _expected(table, world.theirs[who], user) for table in tables}
        for who, user in world.people.items()
    }
    several = expected["on several contracts"]
    assert [table for table in tables if not set() < several[table] < there[table]] == [], (
        "nothing to tell apart"
    )

    seen = {}
    for who, user in world.people.items():
        with supplier_rights(user):
            seen[who] = {table: _without_scope(table) for table in tables}

    for who, rows in seen.items():
        assert rows == expected[who], who
    assert {table: _without_scope(table) for table in tables} == there, "given back"


@pytest.mark.slow
def test_the_scoping_shows_the_same(world: World) -> None:
    """On both databases: all that the queries of a page begin with."""
    for who, user in world.people.items():
        if user is None:
            continue
        for cases in (
            ReceivedReferral.objects.open_to(user),
            ReceivedReferral.objects.on_contracts(Contract.objects.granted_to(user)),
        ):
            for table in CASE:
                assert _expected(table, cases, user) == _expected(table, world.theirs[who], user), (
                    who,
                    table,
                )
        assert [feed.user for feed in CalendarFeed.objects.of(user)] == [user]
        assert [report.requested_by for report in PerformanceReport.objects.asked_for_by(user)] == [user]


# --- Writing -----------------------------------------------------------------------------------------


@contextmanager
def refused_by_a_policy() -> Iterator[None]:
    """Because of the row, not of the table."""
    with pytest.raises(DatabaseError) as failure, transaction.atomic():
        yield
    assert "row-level security policy" in str(failure.value)


def _run(sql: str, values: list[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@contextmanager
def _what_was_submitted_may_change() -> Iterator[None]:
    """Without the triggers that keep it, which would refuse first."""
    _run("SET CONSTRAINTS ALL IMMEDIATE")
    with triggers_lifted(connection):
        yield


def _may(verb: str) -> list[str]:
    return [table for table in POLICIES if verb in SUPPLIER_RIGHTS[table]]


@on_postgresql
def test_a_change_without_a_scope_reaches_what_is_theirs(world: World) -> None:
    who = "on several contracts"
    user = world.people[who]
    for table in _may("UPDATE"):
        expected = _expected(table, world.theirs[who], user)
        columns = CHANGEABLE_COLUMNS.get(table) or [
            field.column for field in MODELS[table]._meta.concrete_fields if not field.is_relation
        ]
        with _what_was_submitted_may_change(), supplier_rights(user):
            changed = _run(f"UPDATE {table} SET {columns[-1]} = {columns[-1]}")
        assert changed == len(expected), table


@on_postgresql
def test_a_deletion_without_a_scope_reaches_what_is_theirs(world: World) -> None:
    who = "on several contracts"
    assert _may("DELETE") == ["monitoring_planactivity"]
    expected = _expected("monitoring_planactivity", world.theirs[who], world.people[who])
    there = _without_scope("monitoring_planactivity")

    with _what_was_submitted_may_change(), supplier_rights(world.people[who]):
        _run("DELETE FROM monitoring_planactivity")

    assert _without_scope("monitoring_planactivity") == there - expected != there


@on_postgresql
def test_nothing_is_added_to_what_is_not_theirs(world: World) -> None:
    """Rows like those of another provider, with keys of their own."""
    who = "on several contracts"
    user = world.people[who]
    copies = []
    for table in _may("INSERT"):
        others = _without_scope(table) - _expected(table, world.theirs[who], user)
        row = MODELS[table]._base_manager.get(pk=min(others, key=str))
        row.pk = uuid4()
        for key in {"form_key", "secret_hash"} & {field.name for field in row._meta.concrete_fields}:
            setattr(row, key, uuid4() if key == "form_key" else uuid4().hex)
        copies.append(row)

    with supplier_rights(user):
        for row in copies:
            with refused_by_a_policy():
                row.save(force_insert=True)


@on_postgresql
def test_nothing_of_theirs_is_moved_to_another_case(world: World) -> None:
    who = "on one contract"
    user = world.people[who]
    for table in _may("UPDATE"):
        if table not in CASE or table in CHANGEABLE_COLUMNS:
            continue
        model = MODELS[table]
        theirs = _expected(table, world.theirs[who], user)
        key = model._meta.get_field(CASE[table].split("__")[0]).attname  # type: ignore[union-attr]
        others = model._base_manager.filter(**{f"{CASE[table]}__contract": world.rival})
        elsewhere = others.values_list(key, flat=True).first()

        with _what_was_submitted_may_change(), supplier_rights(user), refused_by_a_policy():
            _run(f"UPDATE {table} SET {key} = %s WHERE id = %s", [elsewhere, min(theirs)])


# --- Traps -------------------------------------------------------------------------------------------


@on_postgresql
def test_a_lock_does_not_reach_another_providers_row(world: World) -> None:
    mine, others = (
        Appointment.objects.unscoped().filter(received__contract=contract).first()
        for contract in (world.first, world.rival)
    )
    assert mine is not None
    assert others is not None

    with supplier_rights(world.people["on one contract"]):
        locked = Appointment.objects.unscoped().select_for_update().filter(pk__in=[mine.pk, others.pk])
        assert [*locked] == [mine]


@on_postgresql
def test_a_key_that_another_provider_used_tells_nothing_of_their_row(world: World) -> None:
    """ON CONFLICT DO NOTHING is silent about a row that cannot be seen; to change it there is refused."""
    taken = Appointment.objects.unscoped().filter(received__contract=world.rival).first()
    mine = Appointment.objects.unscoped().filter(received__contract=world.first).first()
    assert taken is not None
    assert mine is not None
    mine.pk, mine.form_key, mine.closed_as, mine.closed_at = uuid4(), taken.form_key, "REPLACED", NOW

    with supplier_rights(world.people["on one contract"]):
        Appointment.objects.unscoped().bulk_create([mine], ignore_conflicts=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            Appointment.objects.unscoped().bulk_create(
                [mine], update_conflicts=True, unique_fields=["form_key"], update_fields=["minutes"]
            )

    assert not Appointment.objects.unscoped().filter(pk=mine.pk).exists()
    taken.refresh_from_db()
    assert taken.received.contract == world.rival


@on_postgresql
def test_the_owner_of_the_tables_sees_no_more_while_a_supplier_asks(world: World) -> None:
    """As if the role had been given back on the way: FORCE."""
    user = world.people["on one contract"]
    before = ReceivedReferral.objects.unscoped().count()

    with supplier_rights(user):
        _run("RESET ROLE")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user = session_user, rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            is_owner, is_superuser = cursor.fetchone()
        seen = _without_scope("monitoring_receivedreferral")

    assert is_owner
    assert seen == world.theirs["on one contract"] or is_superuser
    assert ReceivedReferral.objects.unscoped().count() == before


@on_postgresql
def test_who_takes_the_role_and_says_nothing_sees_nothing(world: World, settings: Any) -> None:
    with transaction.atomic():
        _run(f"SET LOCAL ROLE {connection.ops.quote_name(settings.SUPPLIER_DATABASE_ROLE)}")
        seen = {table: len(_without_scope(table)) for table in POLICIES}
        _run("RESET ROLE")

    assert seen == dict.fromkeys(POLICIES, 0)


@on_postgresql
@pytest.mark.parametrize("error", [RuntimeError, DatabaseError])
def test_nobody_is_asking_any_more_after_a_failure(error: type[Exception]) -> None:
    received()
    before = ReceivedReferral.objects.unscoped().count()

    with pytest.raises(error), supplier_rights(SupplierUserFactory()):
        raise error

    assert ReceivedReferral.objects.unscoped().count() == before


# --- Pages whose scope is missing --------------------------------------------------------------------


def _everything(
    manager: ReceivedReferralManager, *, contracts: frozenset[int], later: list[int], since: list[datetime]
) -> ReceivedReferralQuerySet:
    """As ``held``, with a condition that is always met: prepared queries want a place for each value."""
    never = Q(contract__among=contracts) | Q(contract__in=later) | Q(concluded_at__in=since)
    return manager.unscoped().filter(Q(pk__isnull=False) | never)


@on_postgresql
def test_a_page_that_forgot_its_scope_shows_nothing_of_another_provider(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reverse("monitoring:all_cases")  # every page is loaded: what it prepares without a scope is forgotten again
    monkeypatch.setattr(ReceivedReferralManager, "open_to", lambda manager, *_, **__: manager.unscoped())
    monkeypatch.setattr(ReceivedReferralManager, "held", _everything)
    for module in [*sys.modules.values()]:
        for query in [*vars(module).values()]:
            if isinstance(query, PreparedQuery):
                monkeypatch.setattr(query, "_prepared", OrderedDict())
    client, user = Client(), world.people["on one contract"]
    assert user is not None
    signing_in.sign_in(client, user)
    mine, others = (
        ReceivedReferral.objects.unscoped().filter(contract=contract, concluded_at=None)[0]
        for contract in (world.first, world.rival)
    )

    listed = client.get(reverse("monitoring:case_list", args=["open"])).content.decode()

    assert mine.reference in listed
    assert others.reference not in listed
    for page in ("referral_details", "progress", "case_notes"):
        assert client.get(reverse(f"monitoring:{page}", args=[mine.pk])).status_code == 200
        assert client.get(reverse(f"monitoring:{page}", args=[others.pk])).status_code == 404


# --- The policies as the database has them -------------------------------------------------------------


def _policies() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, polname, pg_policy.oid, relrowsecurity, relforcerowsecurity "
            "FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
        )
        return {*cursor.fetchall()}


@on_postgresql
def test_granting_again_touches_no_policy() -> None:
    """A lock on every table would hold up those who are at work."""
    before = _policies()
    assert {row[0] for row in before} == {*POLICIES}

    grant_supplier_rights()

    assert _policies() == before


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DROP POLICY theirs ON monitoring_casenote", id="dropped"),
        pytest.param(
            "CREATE POLICY wide ON monitoring_casenote USING (true)", id="another one that opens it"
        ),
        pytest.param("ALTER TABLE monitoring_casenote DISABLE ROW LEVEL SECURITY", id="switched off"),
        pytest.param("ALTER TABLE monitoring_casenote NO FORCE ROW LEVEL SECURITY", id="not for the owner"),
    ],
)
def test_what_somebody_did_by_hand_is_put_right(statement: str) -> None:
    before = {(*row[:2], *row[3:]) for row in _policies()}
    _run(statement)

    grant_supplier_rights()

    assert {(*row[:2], *row[3:]) for row in _policies()} == before


@on_postgresql
def test_the_owner_copies_into_tables_while_policies_are_not_forced() -> None:
    """As measurements fill a database, and tests put rows back: COPY knows no policies."""
    with pytest.raises(FeatureNotSupported, match="row-level security"), transaction.atomic():
        _copy_nothing()

    with not_forced():
        _copy_nothing()

    assert all(row[4] for row in _policies())


def _copy_nothing() -> None:
    with connection.cursor() as cursor, cursor.copy("COPY monitoring_casenote FROM STDIN"):
        pass
