"""What makes a contract, when it is open, and what the database refuses."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from interventions.models import Contract
from tests.factories.accounts import ProviderFactory
from tests.factories.interventions import (
    CategoryFactory,
    ContractFactory,
    ContractTypeFactory,
    RegionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("closes_on", "day", "is_open"),
    [
        pytest.param(date(2026, 6, 30), date(2026, 3, 31), False, id="the day before it opens"),
        pytest.param(date(2026, 6, 30), date(2026, 4, 1), True, id="its first day"),
        pytest.param(date(2026, 6, 30), date(2026, 5, 15), True, id="in between"),
        pytest.param(date(2026, 6, 30), date(2026, 6, 30), True, id="its last day"),
        pytest.param(date(2026, 6, 30), date(2026, 7, 1), False, id="the day after its last"),
        pytest.param(date(2026, 4, 1), date(2026, 4, 1), True, id="open for one day, on that day"),
        pytest.param(None, date(2026, 3, 31), False, id="no last day, before it opens"),
        pytest.param(None, date(2036, 4, 1), True, id="no last day, years later"),
    ],
)
def test_open_by_date(closes_on: date | None, day: date, is_open: bool) -> None:
    contract = ContractFactory(opens_on=date(2026, 4, 1), closes_on=closes_on)

    assert contract.is_open(day) is is_open
    assert Contract.objects.open_on(day).filter(pk=contract.pk).exists() is is_open


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        pytest.param("2026-06-30 22:59:00Z", True, id="one minute to midnight in London"),
        pytest.param("2026-06-30 23:00:00Z", False, id="midnight in London, an hour before midnight UTC"),
    ],
)
def test_open_today_goes_by_the_clock_in_london(now: str, is_open: bool) -> None:
    contract = ContractFactory(opens_on=date(2026, 4, 1), closes_on=date(2026, 6, 30))

    with time_machine.travel(now, tick=False):
        assert contract.is_open() is is_open


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"police_area": None, "region": None}, id="neither region nor police area"),
        pytest.param({"region": "a region"}, id="both region and police area"),
        pytest.param({"min_age": 26, "max_age": 25}, id="maximum age below the minimum"),
        pytest.param({"allows_female": False, "allows_male": False}, id="for nobody"),
        pytest.param(
            {"opens_on": date(2026, 4, 2), "closes_on": date(2026, 4, 1)}, id="closes before it opens"
        ),
    ],
)
def test_the_database_refuses(facts: dict[str, object]) -> None:
    made = {name: RegionFactory() if value == "a region" else value for name, value in facts.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractFactory(**made)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"police_area": None, "region": "a region"}, id="a whole region"),
        pytest.param({"min_age": 25, "max_age": 25}, id="one year of age"),
        pytest.param({"allows_female": False}, id="men only"),
        pytest.param({"allows_male": False}, id="women only"),
    ],
)
def test_the_database_accepts(facts: dict[str, object]) -> None:
    made = {name: RegionFactory() if value == "a region" else value for name, value in facts.items()}

    assert ContractFactory(**made).pk


def test_a_reference_is_used_once() -> None:
    ContractFactory(reference="DEMO_1")

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractFactory(reference="DEMO_1")


def test_categories_are_those_of_the_contract_type_by_name() -> None:
    wellbeing, housing = CategoryFactory(name="Wellbeing"), CategoryFactory(name="Housing")
    CategoryFactory(name="Work")
    contract = ContractFactory(contract_type=ContractTypeFactory(categories=[wellbeing, housing]))

    assert list(contract.categories()) == [housing, wellbeing]


def test_the_prime_provider_is_named_first() -> None:
    contract = ContractFactory(
        prime=ProviderFactory(name="Zennor Trust"),
        subcontractors=[ProviderFactory(name="Moor Homes"), ProviderFactory(name="Ash House")],
    )

    assert contract.provider_names == ["Zennor Trust", "Ash House", "Moor Homes"]


def test_reasons_against_name_sex_age_and_dates() -> None:
    contract = ContractFactory(
        allows_male=False,
        min_age=26,
        opens_on=date(2026, 4, 1),
        closes_on=date(2026, 6, 30),
    )

    reasons = contract.reasons_against(sex="Male", date_of_birth=date(2008, 1, 1), on=date(2026, 7, 1))

    assert reasons == [
        "This service is for women only, and nDelius says the person is male",
        "This service is for people aged 26 and over, and the person is 18",
        "This service does not take referrals after 30 June 2026",
    ]


def test_no_reason_against_somebody_who_fits() -> None:
    contract = ContractFactory(opens_on=date(2026, 4, 1))

    assert contract.reasons_against(sex=None, date_of_birth=date(1990, 1, 1), on=date(2026, 7, 1)) == []


def test_a_service_that_has_not_opened_says_when_it_will() -> None:
    contract = ContractFactory(opens_on=date(2026, 4, 1))

    reasons = contract.reasons_against(sex="Female", date_of_birth=date(1990, 1, 1), on=date(2026, 3, 31))

    assert reasons == ["This service does not take referrals before 1 April 2026"]
