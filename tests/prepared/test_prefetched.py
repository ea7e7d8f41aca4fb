"""What is put where Django keeps prefetched rows is found there, and filters ask the database about the same rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from interventions.models import ContractType, ServiceCategory
from prepared.prefetched import keep_prefetched

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["categories", "contracts"])
def test_rows_are_there_without_a_statement(personas: dict[str, User], name: str) -> None:
    kind = ContractType.objects.get(code="ACC")
    rows = [*getattr(kind, name).all()]
    assert rows
    kind = ContractType.objects.get(code="ACC")

    keep_prefetched(kind, name, rows)

    with CaptureQueriesContext(connection) as nothing:
        assert [*getattr(kind, name).all()] == rows
        assert len(getattr(kind, name).all()) == len(rows)
    assert not nothing.captured_queries


def test_a_filter_asks_only_about_rows_of_the_instance(personas: dict[str, User]) -> None:
    kind = ContractType.objects.get(code="ACC")
    own = {*kind.categories.values_list("pk", flat=True)}
    assert own < {*ServiceCategory.objects.values_list("pk", flat=True)}

    keep_prefetched(kind, "categories", [])

    assert {*kind.categories.values_list("pk", flat=True)} == own
    assert not kind.categories.exclude(pk__in=own).exists()
