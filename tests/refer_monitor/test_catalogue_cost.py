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
from measurements.many_referrals.catalogue_pages import (
    MOST_STATEMENTS,
    MOST_STATEMENTS_FOR_A_PERSON,
    Measured,
    looked_up_by,
    measure,
)
from measurements.page_cost import statements_of
from tests.pages import assert_page
from upstream_stub import adapter

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


def test_300_services_for_a_person_cost_as_many_statements_and_calls_as_13(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    services_for_person = reverse("referrals:services_for_person", args=[looked_up_by(client)])

    few, calls_for_few = _statements_and_calls(client, services_for_person)
    services.make(contracts=287, activities=600, today=timezone.localdate())
    many, calls_for_many = _statements_and_calls(client, services_for_person)

    assert Contract.objects.count() > 300
    assert few == many <= MOST_STATEMENTS_FOR_A_PERSON
    assert calls_for_few == calls_for_many


def _statements_and_calls(client: Client, address: str) -> tuple[int, list[str]]:
    """How many statements a page needs, and which calls of outside systems."""
    adapter.state().journal.clear()
    statements = len(statements_of(client, address))
    return statements, [entry.path for entry in adapter.state().journal if entry.system != "hmpps_auth"]


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
