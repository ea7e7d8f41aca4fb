"""Where a page of ended cases is looked for first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interventions.models import Contract
from monitoring.lists.case_lists import ALL_OPEN, COMPLETED, Choice
from monitoring.lists.listed import Window
from monitoring.lists.near import STAGE, near

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
THEN = datetime(2024, 5, 1, tzinfo=UTC)
WEEKS = timedelta(weeks=8)
CONTRACTS = [Contract(pk=number, title=title) for number, title in enumerate("ecadb", start=1)]
FIRST, LAST = Window(0, 50, False), Window(0, 50, True)

#: Situation: what is sorted by, which window, where it begins; and what is looked through, if anything.
SITUATIONS: dict[str, tuple[str, Window, tuple[Any, ...], tuple[str, Any] | None]] = {
    "own order, first: the newest": ("", FIRST, (), ("concluded_at__gt", NOW - WEEKS)),
    "own order, last: nobody knows how old": ("", LAST, (), None),
    "own order, after a case: older ones": ("", FIRST, (THEN, "A"), ("concluded_at__gt", THEN - WEEKS)),
    "own order, before a case: newer ones": ("", LAST, (THEN, "A"), ("concluded_at__lt", THEN + WEEKS)),
    "oldest end first": ("ended", FIRST, (), None),
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
    "intervention, first: a, b, c": ("intervention", FIRST, (), ("contract__among", {3, 5, 2})),
    "intervention, last: c, d, e": ("intervention", LAST, (), ("contract__among", {2, 4, 1})),
    "intervention down, first": ("-intervention", FIRST, (), ("contract__among", {2, 4, 1})),
    "intervention, after one on d": ("intervention", FIRST, (3, "A"), ("contract__among", {4, 1})),
    "intervention, before one on b": ("intervention", LAST, (1, "A"), ("contract__among", {3, 5})),
    "caseworker: the join reads all of them anyway": ("caseworker", FIRST, (), None),
    "reference: has an index": ("reference", FIRST, (), None),
    "second page by its number": ("name", Window(50, 100, False), (), None),
}  # fmt: skip


@pytest.mark.parametrize(("sort", "window", "place", "expected"), SITUATIONS.values(), ids=SITUATIONS)
def test_where_a_page_is_looked_for_first(
    sort: str, window: Window, place: tuple[Any, ...], expected: tuple[str, Any] | None
) -> None:
    choice = Choice(sort=sort.removeprefix("-"), is_descending=sort.startswith("-"))

    assert near(COMPLETED, choice, window, place, contracts=CONTRACTS, now=NOW) == expected


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
    assert near(ALL_OPEN, Choice(sort=sort), FIRST, (), contracts=CONTRACTS, now=NOW) == expected


def test_cases_at_one_stage_are_not_looked_for_at_another() -> None:
    choice = Choice(sort="status", stage="ENDED_EARLY")

    assert near(COMPLETED, choice, FIRST, (), contracts=CONTRACTS, now=NOW) is None
