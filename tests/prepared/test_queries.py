"""A prepared query finds what the query finds that it was made from, for each of its values, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from interventions.models import Contract, ContractGrant, ContractType
from interventions.models.contracts import ids_granted_to
from interventions.models.grants import current_memberships, ids_of_providers, ids_with_access_to
from prepared.queries import PreparedQuery

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 3, 4, 5, 6, 7, 8, UTC)


def test_who_may_see_what_is_the_same_for_everybody(personas: dict[str, User]) -> None:
    found = set()
    for user in personas.values():
        granted = {*Contract.objects.granted_to(user).values_list("pk", flat=True)}
        assert {*Contract.objects.filter(pk__in=ids_granted_to(user)).values_list("pk", flat=True)} == granted
        found |= granted
        providers = {*current_memberships().filter(user=user).values_list("provider", flat=True)}
        theirs = Contract.objects.filter(prime__in=ids_of_providers(user)).values_list("prime", flat=True)
        assert {*theirs} == {*Contract.objects.filter(prime__in=providers).values_list("prime", flat=True)}
    assert found, "somebody sees something"
    for contract in Contract.objects.all():
        holders = {
            *ContractGrant.objects.effective().filter(contract=contract).values_list("user", flat=True)
        }
        with_access = User.objects.filter(pk__in=ids_with_access_to(contract.pk))
        assert {*with_access.values_list("pk", flat=True)} == holders


def test_a_revoked_grant_opens_nothing_the_next_time(personas: dict[str, User]) -> None:
    user = personas["sp.caseworker"]
    assert Contract.objects.filter(pk__in=ids_granted_to(user)).exists()

    ContractGrant.objects.filter(user=user).update(revoked_at=timezone.now(), revoked_by=personas["admin"])

    assert not Contract.objects.filter(pk__in=ids_granted_to(user)).exists()


@pytest.mark.parametrize(("later", "found"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_moments_are_filled_in_to_the_microsecond(
    personas: dict[str, User], later: timedelta, found: bool
) -> None:
    user = personas["pp"]
    User.objects.filter(pk=user.pk).update(date_joined=THEN)
    joined_before = PreparedQuery(
        lambda now: User.objects.filter(date_joined__lt=now).order_by().values("pk")
    )

    found_by_it = User.objects.filter(pk__in=joined_before.subquery(now=THEN + later), pk=user.pk)

    assert found_by_it.exists() is found


def test_rows_are_those_of_the_query_set_for_each_value(personas: dict[str, User]) -> None:
    by_contract = PreparedQuery(
        lambda reference: (
            Contract.objects.filter(reference=reference)
            .select_related("prime", "contract_type")
            .annotate(grants_given=Count("grants"))
        )
    )
    for contract in Contract.objects.all():
        (found,) = by_contract.rows(reference=contract.reference)
        with CaptureQueriesContext(connection) as nothing_more:
            assert (found.pk, found.title, found.opens_on) == (contract.pk, contract.title, contract.opens_on)
            assert found.prime.name
            assert found.contract_type.name
        assert not nothing_more.captured_queries
        assert (found.prime, found.grants_given) == (contract.prime, contract.grants.count())
    assert by_contract.rows(reference="nowhere") == []


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_list_may_have_any_length(personas: dict[str, User], count: int) -> None:
    among = PreparedQuery(
        lambda users: User.objects.filter(pk__in=users).order_by("pk").values_list("username")
    )
    users = [*User.objects.order_by("pk")[:count]]

    assert among.rows(users=[one.pk for one in users]) == [(one.username,) for one in users]


def test_constants_that_are_json_are_the_same_each_time(personas: dict[str, User]) -> None:
    without_facts = PreparedQuery(lambda user: AuditEvent.objects.filter(user=user, facts={}).values("pk"))
    user = personas["pp"].pk

    assert without_facts.rows(user=user) == without_facts.rows(user=user) == []


def test_a_long_list_finds_each_of_its_places(personas: dict[str, User]) -> None:
    named = PreparedQuery(
        lambda names, users: User.objects.filter(username__in=names, pk__in=users).values_list("username")
    )
    names = [*personas] + [f"nobody {number}" for number in range(300)]

    found = named.rows(names=names, users=[personas["pp"].pk, personas["admin"].pk])

    assert {*found} == {("pp",), (personas["admin"].username,)}


def test_every_kind_of_value_is_filled_in(personas: dict[str, User]) -> None:
    session = WebSession.objects.create(
        session_key="k", expire_date=THEN, began_at=THEN, last_used_at=THEN, user=personas["pp"]
    )
    event = AuditEvent.objects.create(action=AuditAction.SIGNED_IN, user=personas["pp"], crn="X980001")
    contract = Contract.objects.get(reference="DEMO_0001")
    events = PreparedQuery(
        lambda key, crn: AuditEvent.objects.filter(pk=key, crn=crn).values_list("pk", flat=True)
    )
    sessions = PreparedQuery(lambda user, end: WebSession.objects.filter(user=user, expire_date=end))
    contracts = PreparedQuery(
        lambda day: Contract.objects.filter(opens_on=day, reference="DEMO_0001").values("pk")
    )

    assert events.rows(key=event.pk, crn="X980001") == [event.pk]
    assert events.rows(key=uuid4(), crn="X980001") == []
    assert sessions.rows(user=personas["pp"].pk, end=THEN) == [session]
    assert sessions.first(user=personas["pp"].pk, end=THEN + timedelta(seconds=1)) is None
    assert contracts.rows(day=contract.opens_on) == [{"pk": contract.pk}]


@pytest.mark.parametrize("count", [0, 1, 3, 300])
def test_a_set_is_one_value_of_any_size(personas: dict[str, User], count: int) -> None:
    names = frozenset([*[f"nobody {number}" for number in range(count)], *[*personas][:count]])

    assert {*_AMONG.rows(names=names)} == {*personas} & names
    assert len(_AMONG._prepared) == 1
    (kept,) = _AMONG._prepared.values()
    assert len(kept.params) == 1
    assert "nobody" not in repr(kept.__dict__) + str(kept.queryset.query)


_AMONG = PreparedQuery(
    lambda names: User.objects.filter(username__among=names).order_by().values_list("username", flat=True)
)


def test_a_set_is_refused_where_a_list_is_asked_for() -> None:
    named = PreparedQuery(lambda names: User.objects.filter(username__in=names))
    with pytest.raises(AssertionError, match=r"no place for \['names'\]"):
        named.rows(names=frozenset(["pp"]))


def test_the_shape_changes_the_query(personas: dict[str, User]) -> None:
    sorted_by = PreparedQuery(lambda column: User.objects.order_by(column).values_list("pk", flat=True))

    assert sorted_by.rows("pk") == sorted_by.rows("-pk")[::-1] != sorted_by.rows("-pk")
    for start, stop in ((2, 5), (0, 3)):
        assert sorted_by.rows("pk", window=(start, stop)) == sorted_by.rows("pk")[start:stop]


def test_what_belongs_to_a_row_is_read_with_it(personas: dict[str, User]) -> None:
    of_type = PreparedQuery(
        lambda code: ContractType.objects.filter(code=code).prefetch_related("categories")
    )
    code = ContractType.objects.values_list("code", flat=True).first()

    (found,) = of_type.rows(code=code)

    with CaptureQueriesContext(connection) as nothing_more:
        assert {*found.categories.all()}
    assert not nothing_more.captured_queries


@pytest.mark.parametrize("value", [None, True])
def test_what_changes_the_sql_is_no_value(personas: dict[str, User], value: Any) -> None:
    active = PreparedQuery(lambda is_active: User.objects.filter(is_active=is_active))
    with pytest.raises(TypeError, match="belongs to the shape"):
        active.rows(is_active=value)


def test_a_value_without_a_place_is_refused() -> None:
    everybody = PreparedQuery(lambda user: User.objects.order_by().values("pk"))
    with pytest.raises(AssertionError, match=r"no place for \['user'\]"):
        everybody.subquery(user=1)


@pytest.mark.parametrize("lookup", ["iexact", "startswith", "contains"])
def test_a_text_that_is_changed_on_its_way_is_refused(lookup: str) -> None:
    """``iexact`` is a LIKE on SQLite: an underscore in a value that is filled in as it is would be any character."""
    if lookup == "iexact" and connection.vendor == "postgresql":
        pytest.skip("there it is an equality of capitals")
    named = PreparedQuery(lambda name: User.objects.filter(**{f"last_name__{lookup}": name}))
    with pytest.raises(AssertionError, match=r"no place for \['name'\]"):
        named.rows(name="Plain")


def test_tests_notice_a_query_that_looks_something_up_for_itself(personas: dict[str, User]) -> None:
    days = iter([THEN, THEN + timedelta(days=1), THEN + timedelta(days=1)])
    joined = PreparedQuery(lambda user: User.objects.filter(pk=user, date_joined__lt=next(days)))
    with pytest.raises(AssertionError, match="Built now"):
        joined.rows(user=1)


def test_nothing_that_was_filled_in_is_kept(personas: dict[str, User]) -> None:
    named = PreparedQuery(lambda name: User.objects.filter(last_name=name))
    named.rows(name="Unmistakable")

    (kept,) = named._prepared.values()

    assert "Unmistakable" not in repr(kept.__dict__) + str(kept.queryset.query)


def test_of_many_shapes_those_stay_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prepared.queries.MOST_SHAPES", 3)
    monkeypatch.setattr("django.conf.settings.CHECK_PREPARED_QUERIES", False, raising=False)
    built = []

    def build(column: str, *, user: int) -> Any:
        built.append(column)
        return User.objects.filter(pk=user).order_by(column).values_list("pk")

    query = PreparedQuery(build)

    for column in ("username", "email", "username", "first_name", "username", "last_name", "username"):
        query.rows(column, user=1)

    assert built == ["username", "email", "first_name", "last_name"]
    query.rows("email", user=1)
    assert built[4:] == ["email"], "it was used the longest time ago"
