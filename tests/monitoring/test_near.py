"""Where a page of ended cases is looked for first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from interventions.models import Contract, ContractGrant
from monitoring.lists.case_lists import ALL_OPEN, COMPLETED, Choice
from monitoring.lists.listed import Window
from monitoring.lists.near import NOBODYS, STAGE, near
from monitoring.models import ReceivedReferral, Stage
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
THEN = datetime(2024, 5, 1, tzinfo=UTC)
WEEKS = timedelta(weeks=8)
CONTRACTS = [Contract(pk=number, title=title) for number, title in enumerate("ecadb", start=1)]
FIRST, LAST = Window(0, 50, False), Window(0, 50, True)

#: Situation: what is sorted by, which window, where it begins; and what is looked through, if anything.
SITUATIONS: dict[str, tuple[str, Window, tuple[Any, ...], tuple[str, Any] | None]] = {
    "own order, first: the newest": ("", FIRST, (), ("concluded_at__gt", NOW - WEEKS)),
    "own order, after a case: older ones": ("", FIRST, (THEN, "A"), ("concluded_at__gt", THEN - WEEKS)),
    "own order, before a case: newer ones": ("", LAST, (THEN, "A"), ("concluded_at__lt", THEN + WEEKS)),
    "oldest end first, last": ("ended", LAST, (), ("concluded_at__gt", NOW - WEEKS)),
    "received down, first": ("-received", FIRST, (), ("received_at__gt", NOW - WEEKS)),
    "name, first": ("name", FIRST, (), ("person_sortable_name__lt", "b")),
    "name, last": ("name", LAST, (), ("person_sortable_name__gte", "w")),
    "name, after one": ("name", FIRST, ("mole a", "A"), ("person_sortable_name__lt", "n")),
    "name, before one": ("name", LAST, ("mole a", "A"), ("person_sortable_name__gte", "m")),
    "name down, after one": ("-name", FIRST, ("mole a", "A"), ("person_sortable_name__gte", "m")),
    "name, after one of no Latin letter": ("name", FIRST, ("علي", "A"), None),
    "status, first": ("status", FIRST, (), (STAGE, "COMPLETED")),
    "status, last": ("status", LAST, (), (STAGE, "ENDED_EARLY")),
    "status down, first": ("-status", FIRST, (), (STAGE, "ENDED_EARLY")),
    "status, after one": ("status", FIRST, (1, "A"), (STAGE, "ENDED_EARLY")),
    "status, after one that is not in this list any more": ("status", FIRST, (2, "A"), None),
    "intervention, first: a, b, c": ("intervention", FIRST, (), ("contract__among", {3, 5, 2})),
    "intervention, last: c, d, e": ("intervention", LAST, (), ("contract__among", {2, 4, 1})),
    "intervention down, first": ("-intervention", FIRST, (), ("contract__among", {2, 4, 1})),
    "intervention, after one on d": ("intervention", FIRST, (3, "A"), ("contract__among", {4, 1})),
    "intervention, before one on b": ("intervention", LAST, (1, "A"), ("contract__among", {3, 5})),
    "reference: has an index": ("reference", FIRST, (), None),
    "second page by its number": ("name", Window(50, 100, False), (), None),
}  # fmt: skip


@pytest.mark.parametrize(("sort", "window", "place", "expected"), SITUATIONS.values(), ids=SITUATIONS)
def test_where_a_page_is_looked_for_first(
    sort: str, window: Window, place: tuple[Any, ...], expected: tuple[str, Any] | None
) -> None:
    choice = Choice(sort=sort.removeprefix("-"), is_descending=sort.startswith("-"))

    found = [*near(COMPLETED, choice, window, place, contracts=CONTRACTS, now=NOW)]

    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        pytest.param("", None, id="own order: what needs the reader"),
        pytest.param("due", None, id="due"),
        pytest.param("received", None, id="received: the index is of everybody's"),
        pytest.param("name", ("person_sortable_name__lt", "b"), id="name"),
        pytest.param("status", (STAGE, "ASSIGN"), id="status"),
    ],
)
def test_where_a_page_of_open_cases_is_looked_for_first(sort: str, expected: tuple[str, Any] | None) -> None:
    found = [*near(ALL_OPEN, Choice(sort=sort), FIRST, (), contracts=CONTRACTS, now=NOW)]

    assert found == ([] if expected is None else [expected])


def test_cases_at_one_stage_are_not_looked_for_at_another() -> None:
    choice = Choice(sort="status", stage="ENDED_EARLY")

    assert not [*near(COMPLETED, choice, FIRST, (), contracts=CONTRACTS, now=NOW)]


#: Situation: how it is sorted, which window, where it begins; and whose cases are looked through, one after the other.
#: Whoever is called what the last one that was read is called may have a namesake: only those before are certain.
BY_CASEWORKER: dict[str, tuple[str, Window, tuple[Any, ...], list[str]]] = {
    "first": ("caseworker", FIRST, (), ["Ann Bea Cid"]),
    "last: nobody's, or who comes last": ("caseworker", LAST, (), ["nobodys", "Fay Eve"]),
    "down, first": ("-caseworker", FIRST, (), ["Fay Eve"]),
    "down, last": ("-caseworker", LAST, (), ["nobodys", "Ann Bea Cid"]),
    "after one of Bea's": ("caseworker", FIRST, ("bea", "A"), ["Bea Cid"]),
    "before one of Cid's": ("caseworker", LAST, ("cid", "A"), ["Cid Bea Ann"]),
    "after one of Eve's: to the end": ("caseworker", FIRST, ("eve", "A"), ["Eve Fay"]),
    "after one of nobody's: nobody's": ("caseworker", FIRST, (None, "A"), ["nobodys"]),
    "before one of nobody's: nobody's": ("caseworker", LAST, (None, "A"), ["nobodys"]),
    "three called alike: all are looked through": ("caseworker", FIRST, ("dan", "A"), []),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("sort", "window", "place", "expected"), BY_CASEWORKER.values(), ids=BY_CASEWORKER)
def test_whose_cases_are_looked_through_first(
    sort: str, window: Window, place: tuple[Any, ...], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.lists.near.SOME", 3)
    contract, other = a_contract(), a_contract()
    names = ("Ann", "Bea", "Cid", "Dan", "Dan", "Dan", "Dan", "Eve", "Fay")
    people = {caseworker_on(contract, first_name=name, last_name="").pk: name for name in names}
    for pk, name in people.items():
        User.objects.filter(pk=pk).update(name_folded=name.lower())  # without user names
    ContractGrant.objects.filter(user__first_name="Cid").update(revoked_at=NOW, revoked_by=next(iter(people)))
    caseworker_on(other, first_name="Bert", last_name="")
    choice = Choice(sort="caseworker", is_descending=sort.startswith("-"))

    found = [*near(COMPLETED, choice, window, place, contracts=[contract], now=NOW)]

    assert [
        {"nobodys"} if one.lookup == NOBODYS else {people[pk] for pk in one.value} for one in found
    ] == [{*names.split()} for names in expected]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sort", "window", "stage", "column"),
    [
        pytest.param("received", FIRST, "", "received_at", id="received, first"),
        pytest.param("-received", LAST, "", "received_at", id="received down, last"),
        pytest.param("", LAST, "", "concluded_at", id="own order, last"),
        pytest.param("ended", FIRST, "", "concluded_at", id="ended, first"),
        pytest.param("ended", FIRST, "ENDED_EARLY", "concluded_at", id="at one stage"),
    ],
)
def test_the_oldest_are_looked_for_from_the_first_on(sort: str, window: Window, stage: str, column: str) -> None:
    contract, other = a_contract(), a_contract()
    ends = {Stage.COMPLETED: 10, Stage.ENDED_EARLY: 8, Stage.CANCELLED: 20}
    for where in (contract, other):
        for end, years in ends.items():
            case = received(where, at=THEN - timedelta(days=365 * years))
            ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(
                stage=end, conclusion=end, concluded_at=THEN - timedelta(days=365 * years - 30 * (where == contract))
            )
    choice = Choice(sort=sort.removeprefix("-"), is_descending=sort.startswith("-"), stage=stage)

    found = [*near(COMPLETED, choice, window, (), contracts=[contract], now=NOW)]

    years = 8 if stage else 10
    oldest = THEN - timedelta(days=365 * years - 30 * (column == "concluded_at"))
    assert found == [(f"{column}__lt", oldest + WEEKS), (f"{column}__lt", oldest + 4 * WEEKS)]


@pytest.mark.django_db
def test_nothing_is_looked_for_where_no_case_ended() -> None:
    assert not [*near(COMPLETED, Choice(), LAST, (), contracts=[a_contract()], now=NOW)]
