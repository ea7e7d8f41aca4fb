"""A set that goes to the database as one value finds what it would find value by value, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.models import Contract
from prepared.one_value import as_one_value

pytestmark = pytest.mark.django_db
AWKWARD = (
    "plain", 'a "quoted" one', "a, b", "{a}", "NULL", "null", "", " ", "back\\slash", "\\", "100%s", "%", "[1]",
    "O'Hara", "Ünïcode ✓", "line\nbreak", "tab\t", "a'); DROP TABLE", "$1", "1",
)  # fmt: skip


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_is_found_as_it_is_and_no_other(text: str) -> None:
    for number, last_name in enumerate(AWKWARD):
        User.objects.create(username=f"user {number}", last_name=last_name)
    everybody = User.objects.filter(username__startswith="user ")

    assert [*everybody.filter(last_name__among={text}).values_list("last_name", flat=True)] == [text]
    others = everybody.exclude(last_name__among={text})
    assert {*others.values_list("last_name", flat=True)} == {*AWKWARD} - {text}


def test_awkward_texts_are_found_together() -> None:
    for number, last_name in enumerate(AWKWARD):
        User.objects.create(username=f"user {number}", last_name=last_name)

    found = User.objects.filter(last_name__among={*AWKWARD, "nobody"}, username__startswith="user ")

    assert {*found.values_list("last_name", flat=True)} == {*AWKWARD}


def test_keys_numbers_and_related_rows_are_found(personas: dict[str, User]) -> None:
    event = AuditEvent.objects.create(action=AuditAction.SIGNED_IN, user=personas["pp"])
    contracts = {*Contract.objects.order_by("pk").values_list("pk", flat=True)[:2]}
    primes = {*Contract.objects.filter(pk__in=contracts).values_list("prime", flat=True)}

    assert AuditEvent.objects.get(pk__among={event.pk, uuid4()}) == event
    assert {*Contract.objects.filter(pk__among=contracts).values_list("pk", flat=True)} == contracts
    of_these = Contract.objects.filter(prime__among=primes)
    assert {*of_these} == {*Contract.objects.filter(prime__in=primes)} != set()
    assert {*Contract.objects.filter(prime__name_folded__among={"nobody"})} == set()
    assert AuditEvent.objects.filter(pk=event.pk, user__among={personas["pp"].pk}).exists()


def test_nothing_is_among_nobody(personas: dict[str, User]) -> None:
    assert not User.objects.filter(username__among=set()).exists()
    assert User.objects.exclude(username__among=set()).count() == User.objects.count()


def test_it_is_one_parameter_whatever_the_number(personas: dict[str, User]) -> None:
    asked = []
    for count in (0, 1, 200):
        names = frozenset(f"nobody {number}" for number in range(count))
        asked.append(User.objects.filter(username__among=names).query.get_compiler("default").as_sql())
    assert len({sql for sql, _ in asked}) == 1
    assert [len(params) for _, params in asked] == [1, 1, 1]


def test_an_index_finds_them(personas: dict[str, User]) -> None:
    names = frozenset([*personas, "nobody"])
    with CaptureQueriesContext(connection) as captured:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # a few rows are read whole otherwise
                cursor.execute("SET LOCAL enable_seqscan = off")
        plan = User.objects.filter(username__among=names).order_by().values("pk").explain()
    assert captured.captured_queries
    assert "accounts_user_username" in plan or "sqlite_autoindex_accounts_user" in plan, plan


@pytest.mark.parametrize("values", [{None}, {True}, {"a", 1}, {datetime(2026, 3, 4, tzinfo=UTC)}, {1.5}])
@pytest.mark.parametrize("vendor", ["postgresql", "sqlite"])
def test_what_a_column_does_not_hold_as_it_is_is_refused(values: set[Any], vendor: str) -> None:
    with pytest.raises(TypeError, match="Cannot go as one value"):
        as_one_value(frozenset(values), vendor)


def test_a_nul_never_makes_two_values_of_one() -> None:
    with pytest.raises(ValueError, match="NUL"):
        as_one_value(frozenset(["one\0two"]), "postgresql")


def test_a_key_is_written_without_hyphens() -> None:
    key = UUID(int=0xFACADE)
    assert as_one_value(frozenset([key]), "sqlite") == f'["{key.hex}"]'
    assert as_one_value(frozenset([key]), "postgresql") == f'{{"{key.hex}"}}'
