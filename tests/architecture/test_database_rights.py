"""The database refuses a supplier everything but the list, on SQLite and PostgreSQL alike.

Tables are found, not listed: one that somebody adds tomorrow is tried tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User, WebSession
from events import audit
from events.models import AuditAction, AuditEvent
from monitoring.access.audience import for_suppliers
from monitoring.access.database_rights import READABLE_COLUMNS, SUPPLIER_RIGHTS, supplier_rights
from monitoring.access.database_role import OPEN_TO_ALL, grant_supplier_rights, still_open
from monitoring.access.scope import case_of, load_services_and_needs
from monitoring.checks import the_suppliers_role_has_nothing_else
from monitoring.models import ReceivedReferral, ShareOpening
from tests.factories.accounts import SupplierUserFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received

pytestmark = pytest.mark.django_db

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Columns of every table, with those of many-to-many relations and of Django's own apps.
FIRST_COLUMN = {
    model._meta.db_table: model._meta.local_concrete_fields[0].column
    for model in apps.get_models(include_auto_created=True)
    if model._meta.managed and not model._meta.proxy
}
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")


def _statement(verb: str, table: str, column: str) -> str:
    """As blind as can be: only the verb itself is needed, so that no other right refuses in its place."""
    return {
        "SELECT": f'SELECT "{column}" FROM "{table}"',
        "INSERT": f'INSERT INTO "{table}" ("{column}") VALUES (NULL)',
        "UPDATE": f'UPDATE "{table}" SET "{column}" = NULL',
        "DELETE": f'DELETE FROM "{table}"',
    }[verb]


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def refused() -> Iterator[None]:
    """The database says no because of the rights, and for no other reason."""
    with pytest.raises(DatabaseError) as failure:
        yield
    cause = failure.value.__cause__
    is_refusal = getattr(cause, "sqlstate", "") == "42501" or any(
        words in str(cause) for words in ("is prohibited", "not authorized")
    )
    assert is_refusal, f"not a refusal: {cause!r}"


def _reaches_everything() -> bool:
    """Whether the connection has the service's own rights."""
    WebSession.objects.count()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user = session_user")
            return bool(cursor.fetchone()[0])
    return True


@pytest.mark.parametrize("table", sorted(FIRST_COLUMN))
def test_a_supplier_is_refused_every_verb_that_is_not_listed(table: str) -> None:
    for verb in VERBS:
        if verb not in SUPPLIER_RIGHTS.get(table, ()):
            with refused(), supplier_rights(None):
                _run(_statement(verb, table, FIRST_COLUMN[table]))
    assert _reaches_everything()


def test_every_table_of_the_database_is_tried() -> None:
    """Also those that no model stands for, such as the record of migrations."""
    tables = set(connection.introspection.table_names())
    assert "django_migrations" in tables
    assert set(FIRST_COLUMN) - tables == set(), "a model without its table"
    for table in sorted(tables - set(FIRST_COLUMN)):
        with refused(), supplier_rights(None):
            _run(f'SELECT count(*) FROM "{table}"')


def test_no_private_key_points_at_rows_that_suppliers_add() -> None:
    """SQLite looks for rows that wait for a new one, and so would ask to read the private table."""
    added_to = {table for table, verbs in SUPPLIER_RIGHTS.items() if verbs & {"INSERT", "DELETE"}}
    waiting = [
        f"{model._meta.db_table}.{field.column} -> {field.related_model._meta.db_table}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.is_relation and field.related_model._meta.db_table in added_to
        if "SELECT" not in SUPPLIER_RIGHTS.get(model._meta.db_table, ())
    ]

    assert waiting == []


def test_the_list_names_only_tables_that_are_there() -> None:
    assert set(SUPPLIER_RIGHTS) <= set(FIRST_COLUMN)
    private = [table for table in SUPPLIER_RIGHTS if table.startswith(("referrals_", "risk_"))]
    assert private == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("table", ["risk_canary", "referrals_canary"])
def test_a_table_made_tomorrow_is_closed(table: str, verb: str) -> None:
    _run(f"CREATE TABLE {table} (words varchar(20))")
    grant_supplier_rights()

    with refused(), supplier_rights(None):
        _run(_statement(verb, table, "words"))


def test_counting_rows_is_reading() -> None:
    with refused(), supplier_rights(None):
        WebSession.objects.count()


def test_a_subquery_reads_too() -> None:
    with refused(), supplier_rights(None):
        _run("SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts_websession)")


def test_a_join_reads_too() -> None:
    with refused(), supplier_rights(None):
        _run("SELECT 1 FROM monitoring_receivedreferral, accounts_websession")


def test_the_hidden_name_of_a_private_key_leads_nowhere() -> None:
    """Django resolves "+" in a query: the database is the one that says no."""
    assert any(field.name == "+" for field in ReceivedReferral._meta.get_fields(include_hidden=True))
    with refused(), supplier_rights(None):
        ReceivedReferral.objects.unscoped().filter(**{"+__isnull": False}).exists()


def test_no_statement_changes_the_database_itself() -> None:
    for statement in (
        "CREATE TABLE mine (words varchar(20))" if connection.vendor == "sqlite" else "CREATE ROLE mine",
        "DROP TABLE monitoring_shareopening",
        "ALTER TABLE monitoring_shareopening ADD COLUMN words varchar(20)",
    ):
        with pytest.raises(DatabaseError), supplier_rights(None):
            _run(statement)


@pytest.mark.parametrize(
    "column",
    sorted(
        {field.column for field in User._meta.local_concrete_fields} - set(READABLE_COLUMNS["accounts_user"])
    ),
)
def test_a_supplier_reads_no_more_of_a_user_than_is_listed(column: str) -> None:
    with refused(), supplier_rights(None):
        _run(f'SELECT "{column}" FROM accounts_user')


def test_a_supplier_reads_names_of_users() -> None:
    SupplierUserFactory(username="sam")

    with supplier_rights(None):
        names = list(User.objects.filter(is_active=True).values_list("username", flat=True))

    assert "sam" in names


def test_a_supplier_reads_what_is_theirs() -> None:
    contract = a_contract()
    user, kept = caseworker_on(contract), received(contract)

    with supplier_rights(user):
        read = case_of(user, kept.pk)
        load_services_and_needs(read)
        handover = read.as_handover()

    assert handover == kept.as_handover()


def test_a_supplier_records_an_opening_and_changes_it() -> None:
    contract = a_contract()
    user, share = caseworker_on(contract), received(contract).current_share()
    now = timezone.now()

    with supplier_rights(user):
        opening = ShareOpening(share=share, user=user, first_opened_at=now, last_opened_at=now)
        opening.save(force_insert=True)
        share.openings.filter(user=user).update(last_opened_at=F("last_opened_at") + timedelta(days=1))
        with refused(), transaction.atomic():
            opening.delete()

    opening.refresh_from_db()
    assert opening.last_opened_at == now + timedelta(days=1)


def test_a_supplier_adds_to_the_audit_trail_and_cannot_read_it() -> None:
    user = SupplierUserFactory()

    with supplier_rights(None):
        audit.record(AuditAction.REFERRAL_VIEWED, by=user, version=1, page="a page")
        with refused(), transaction.atomic():
            AuditEvent.objects.exists()

    assert AuditEvent.objects.get().user == user


@pytest.mark.parametrize(
    "ends_with", [pytest.param(RuntimeError, id="a failure"), pytest.param(Http404, id="not found")]
)
def test_rights_are_given_back_after_an_exception(ends_with: type[Exception]) -> None:
    with pytest.raises(ends_with), supplier_rights(None):
        raise ends_with

    assert _reaches_everything()


def test_rights_are_given_back_after_a_refusal() -> None:
    with refused(), supplier_rights(None):
        WebSession.objects.count()

    assert _reaches_everything()


def test_rights_are_given_back_after_success() -> None:
    with supplier_rights(None):
        pass

    assert _reaches_everything()


def test_rights_stay_when_an_inner_transaction_fails() -> None:
    with supplier_rights(None):
        with pytest.raises(RuntimeError), transaction.atomic():
            raise RuntimeError
        with refused(), transaction.atomic():
            WebSession.objects.count()


def test_what_a_failed_request_wrote_is_undone() -> None:
    user = SupplierUserFactory()

    def writes_and_fails() -> None:
        audit.record(AuditAction.REFERRAL_VIEWED, by=user)
        raise RuntimeError

    with pytest.raises(RuntimeError), supplier_rights(None):
        writes_and_fails()

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_work_after_commit_has_the_services_own_rights() -> None:
    done: list[bool] = []

    with supplier_rights(None):
        transaction.on_commit(lambda: done.append(_reaches_everything()))

    assert done == [True]
    assert _reaches_everything()


def _ask(view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """The view behind the supplier's door, as a supplier opens it."""
    request = RequestFactory().get("/")
    request.user = SupplierUserFactory()
    request.resolver_match = None
    return for_suppliers(records=AuditAction.REFERRAL_VIEWED)(view)(request)


def test_a_page_behind_the_door_has_the_suppliers_rights() -> None:
    def strays(request: HttpRequest) -> HttpResponse:
        return HttpResponse(WebSession.objects.count())

    with refused():
        _ask(strays)
    assert _reaches_everything()


def test_a_page_that_is_not_found_is_audited_with_the_services_own_rights() -> None:
    def missing(request: HttpRequest) -> HttpResponse:
        raise Http404

    with pytest.raises(Http404):
        _ask(missing)

    assert AuditEvent.objects.get().outcome == AuditEvent.Outcome.REFUSED


def test_no_page_streams_under_the_rights() -> None:
    def streams(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(iter(["later"]))

    with pytest.raises(RuntimeError, match="no streaming"):
        _ask(streams)


def test_the_command_may_be_repeated() -> None:
    for _ in range(2):
        call_command("grant_supplier_rights", stdout=_Quiet())
    assert _reaches_everything()


class _Quiet:
    def write(self, text: str) -> None:
        """Say nothing."""


@on_postgresql
def test_a_right_that_somebody_gave_by_hand_is_taken_away(settings) -> None:  # type: ignore[no-untyped-def]
    role = settings.SUPPLIER_DATABASE_ROLE
    _run(f"GRANT ALL ON accounts_websession, accounts_user TO {role}")
    _run(f"GRANT SELECT (password) ON accounts_user TO {role}")

    granted = grant_supplier_rights()

    assert set(granted) == set(SUPPLIER_RIGHTS)
    for statement in ("SELECT session_data FROM accounts_websession", "SELECT password FROM accounts_user"):
        with refused(), supplier_rights(None):
            _run(statement)


@on_postgresql
def test_a_role_that_is_missing_is_made(settings) -> None:  # type: ignore[no-untyped-def]
    settings.SUPPLIER_DATABASE_ROLE = "a role made in a test"  # goes with the test's transaction

    grant_supplier_rights()

    with supplier_rights(None), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("a role made in a test",)


OPEN_TO_EVERYBODY_BY_DEFAULT = {
    "temporary tables": "CREATE TEMPORARY TABLE canary (words text)",
    "tables of one's own": "CREATE TABLE canary (words text)",
    "large objects": "SELECT lo_from_bytea(0, 'canary')",
}


@on_postgresql
@pytest.mark.parametrize("what", OPEN_TO_ALL)
def test_what_everybody_may_do_on_postgresql_is_refused_or_warned_of(what: str) -> None:
    """The migrating user of a test owns the database, and is no superuser: only one may take large objects away."""
    if what not in still_open():
        with refused(), supplier_rights(None):
            _run(OPEN_TO_EVERYBODY_BY_DEFAULT[what])
    else:
        assert (what, _is_superuser()) == ("large objects", False)
        (warning,) = the_suppliers_role_has_nothing_else(databases=["default"])
        assert what in warning.msg
        assert "REVOKE EXECUTE ON FUNCTION" in str(warning.hint)


@on_postgresql
def test_a_right_that_was_given_to_everybody_is_taken_away() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        _run(f"GRANT TEMPORARY ON DATABASE {cursor.fetchone()[0]} TO PUBLIC")
    assert "temporary tables" in still_open()

    grant_supplier_rights()

    assert "temporary tables" not in still_open()


def test_nothing_is_warned_of_without_a_database_to_look_at() -> None:
    assert the_suppliers_role_has_nothing_else() == []


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@on_postgresql
def test_the_role_is_nobody_special(settings) -> None:  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls, "
            "EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) FROM pg_roles WHERE rolname = %s",
            [settings.SUPPLIER_DATABASE_ROLE],
        )
        assert cursor.fetchone() == (False,) * 6


def test_nobody_is_not_supplier_staff() -> None:
    """The door stands behind the sign-in: it never meets somebody without an account."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with pytest.raises(AssertionError):
        for_suppliers(records=AuditAction.REFERRAL_VIEWED)(lambda request: HttpResponse())(request)
