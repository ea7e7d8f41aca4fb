"""Sorting by a known sequence of numbers."""

from __future__ import annotations

from itertools import permutations

import pytest

from interventions.models import Contract
from prepared.ranks import Rank, ranks
from tests.factories.monitoring import a_contract

pytestmark = pytest.mark.django_db


def test_rows_stand_in_the_order_of_the_numbers_even_where_some_between_are_left_out() -> None:
    first, left_out, second, third = (a_contract(title=title).pk for title in "abcd")

    for order in permutations([first, second, third]):
        rows = Contract.objects.filter(pk__in=order).order_by(Rank("pk", ranks(order)))

        assert [*rows.values_list("pk", flat=True)] == [*order]
        assert left_out not in order


def test_no_numbers_sort_no_rows() -> None:
    assert [*Contract.objects.filter(pk__lt=0).order_by(Rank("pk", ranks([])))] == []
