"""Finding a service stays cheap in a large catalogue (the figures are in docs/performance.md)."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from interventions.models import Activity, Contract, Setting
from measurements.many_referrals import services
from measurements.many_referrals.catalogue_pages import MOST_STATEMENTS, Measured, measure
from measurements.page_cost import statements_of
from tests.pages import assert_page

AsPersona = Callable[[str], Client]


def test_the_large_catalogue_has_something_of_everything(personas: object) -> None:
    today = timezone.localdate()
    made = services.make(contracts=90, activities=540, today=today)

    large = Contract.objects.filter(pk__in=[contract.pk for contract in made])
    assert large.count() == 90
    assert large.not_ended_on(today).count() == 81
    assert Activity.objects.filter(contract__in=large).count() == 540
    assert {*Activity.objects.values_list("setting", flat=True)} == {"", *Setting.values}
    assert {contract.eligibility.sexes for contract in large} == {"Women and men", "Women only", "Men only"}
    assert {contract.eligibility.ages for contract in large} == {"18 and over", "18 to 25", "26 and over"}
    assert large.filter(region=None).exists()
    assert large.filter(police_area=None).exists()


def test_a_larger_catalogue_costs_no_more_statements(as_persona: AsPersona) -> None:
    client, find = as_persona("pp"), f"{reverse('interventions:find')}?words=e&sort=provider"
    few = statements_of(client, find)
    services.make(contracts=60, activities=360, today=timezone.localdate())
    many = statements_of(client, find)

    assert "Showing 1 to 20 of" in assert_page(client.get(find)).get_text()
    assert len(few) == len(many) <= MOST_STATEMENTS


@pytest.mark.thorough
def test_finding_among_500_contracts_keeps_to_its_statements_and_bytes(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    services.make(today=timezone.localdate())
    assert Contract.objects.count() > 500
    assert Activity.objects.count() > 3_000

    costs: list[Measured] = [*measure(client, times=1)]

    assert len(costs) > 30
    assert [(one.name, one.cost) for one in costs if not one.is_within] == []
    assert all(one.cost.statements > 1 for one in costs)
    assert max(one.cost.compressed_bytes for one in costs) > 5_000  # full pages were measured


def test_the_command_is_for_demo_mode(settings: Settings) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="only for demo mode"):
        call_command("measure_catalogue", stdout=StringIO())
