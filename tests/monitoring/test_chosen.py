"""Pages of what filters and searches leave: found and counted in one read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from monitoring.lists.case_lists import ALL_OPEN, Choice, order_of
from monitoring.lists.chosen import chosen_page
from monitoring.models import ReceivedReferral
from tests.factories.monitoring import a_contract, many_received

pytestmark = pytest.mark.django_db

#: What the address asks for: the page of seven cases, three a page, that is shown; and how many reads it takes.
PAGES: dict[str, tuple[str, int, int]] = {
    "nothing": ("", 1, 1),
    "the first": ("page=1", 1, 1),
    "one in the middle": ("page=2", 2, 1),
    "the last": ("page=3", 3, 1),
    "one that is not there any more: the last": ("page=4", 3, 3),
    "a very high one: the last": (f"page={10**30}", 3, 2),
    "none: the last, as on every list": ("page=0", 3, 2),
    "less than none": ("page=-1", 3, 2),
    "no number": ("page=two", 1, 1),
    "too long for a number": (f"page={'9' * 5000}", 1, 1),
}


@pytest.fixture
def cases() -> list[ReceivedReferral]:
    return many_received(a_contract(), 7)


@pytest.mark.parametrize(("asked", "number", "reads"), PAGES.values(), ids=PAGES)
def test_which_page_is_shown(cases: list[ReceivedReferral], asked: str, number: int, reads: int) -> None:
    order = order_of(ALL_OPEN, Choice(sort="reference"), first=Q())
    in_order = [case.pk for case in sorted(cases, key=lambda case: case.reference)]

    with CaptureQueriesContext(connection) as asked_for:
        page, keys = chosen_page(QueryDict(asked), ReceivedReferral.objects.unscoped(), order, 3)

    assert (page.number, page.paginator.count, page.paginator.num_pages) == (number, 7, 3)
    assert keys == in_order[(number - 1) * 3 : number * 3]
    assert len(asked_for) == reads


@pytest.mark.parametrize("asked", ["", "page=2"])
def test_nothing_is_left(asked: str) -> None:
    order = order_of(ALL_OPEN, Choice(sort="reference"), first=Q())

    page, keys = chosen_page(QueryDict(asked), ReceivedReferral.objects.unscoped(), order, 3)

    assert (page.number, page.paginator.count, keys) == (1, 0, [])
