"""Probation delivery units: which can be chosen."""

from __future__ import annotations

from typing import Any

import pytest

from interventions.models import ProbationDeliveryUnit, ProbationOffice
from tests.factories.interventions import RegionFactory

pytestmark = pytest.mark.django_db


def test_those_in_use_are_read_at_once_by_name(django_assert_num_queries: Any) -> None:
    region = RegionFactory()
    for number, (name, is_active) in enumerate([("Vale", True), ("Closed", False), ("Abbey", True)]):
        place = {"register_id": number, "name": name, "region": region, "is_active": is_active}
        ProbationDeliveryUnit.objects.create(**place)
        ProbationOffice.objects.create(address="1 Row", **place)

    for model in (ProbationDeliveryUnit, ProbationOffice):
        with django_assert_num_queries(1):
            assert [str(place) for place in model.objects.in_use()] == ["Abbey", "Vale"]
