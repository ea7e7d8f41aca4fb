"""What makes a contract, when it is open, and what the database refuses."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from interventions.eligibility import Fit, Reason
from interventions.models import Contract
from tests.factories.accounts import ProviderFactory
from tests.factories.interventions import (
    CategoryFactory,
    ContractFactory,
    ContractTypeFactory,
    PoliceAreaFactory,
    RegionFactory,
)

pytestmark = pytest.mark.usefixtures("empty_tables")


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

    assert [reason.short for reason in reasons] == [
        "for women only",
        "for ages 26 and over",
        "closed on 30 June 2026",
    ]
    assert [reason.sentence for reason in reasons] == [
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

    assert reasons == [
        Reason("opens on 1 April 2026", "This service does not take referrals before 1 April 2026")
    ]


# --- Who fits, in one statement


HERE = {
    "anybody": {},
    "women": {"allows_male": False},
    "men": {"allows_female": False},
    "18 to 25": {"max_age": 25},
    "26 and over": {"min_age": 26},
    "opens tomorrow": {"opens_on": date(2026, 7, 2)},
    "opens today": {"opens_on": date(2026, 7, 1)},
    "ended yesterday": {"closes_on": date(2026, 6, 30)},
    "ends today": {"closes_on": date(2026, 7, 1)},
}


@pytest.mark.parametrize("sex", ["Female", " male ", "Not known", None])
@pytest.mark.parametrize(
    "born", [None, date(2008, 7, 2), date(2008, 7, 1), date(2000, 7, 2), date(2000, 7, 1), date(1960, 1, 1)]
)
def test_the_statement_and_the_reasons_agree_on_who_fits(sex: str | None, born: date | None) -> None:
    day, region, other = date(2026, 7, 1), RegionFactory(code="X"), RegionFactory(code="Y")
    for title, facts in HERE.items():
        ContractFactory(title=title, police_area=PoliceAreaFactory(region=region), **facts)
        ContractFactory(title=f"{title}, region", police_area=None, region=other, **facts)
    for supervised_in in (None, region, other):
        person = {"sex": sex, "date_of_birth": born, "region": supervised_in}

        found = Contract.objects.with_facts().with_fit(on=day, **person)

        by_statement = {contract.title: contract.fit == Fit.FITS for contract in found}
        by_reasons = {contract.title: not contract.reasons_against(on=day, **person) for contract in found}
        assert by_statement == by_reasons
        assert len(by_statement) == 2 * len(HERE)


@pytest.mark.parametrize(
    ("codes", "fits"),
    [
        pytest.param([], {"Home": 2, "Money": 2, "Both": 2, "Home, for men": 3}, id="no need is known"),
        pytest.param(["ACC"], {"Home": 1, "Money": 2, "Both": 1, "Home, for men": 3}, id="one need"),
        pytest.param(["ACC", "FBD"], {"Home": 1, "Money": 1, "Both": 1, "Home, for men": 3}, id="two needs"),
        pytest.param(["DNR"], {"Home": 2, "Money": 2, "Both": 2, "Home, for men": 3}, id="a need of no service"),
    ],
)  # fmt: skip
def test_a_service_that_fits_meets_a_need_by_one_of_its_categories(
    codes: list[str], fits: dict[str, int]
) -> None:
    home, money = CategoryFactory(code="ACC"), CategoryFactory(code="FBD")
    housing = ContractTypeFactory(categories=[home])
    ContractFactory(title="Home", contract_type=housing)
    ContractFactory(title="Money", contract_type=ContractTypeFactory(categories=[money]))
    ContractFactory(title="Both", contract_type=ContractTypeFactory(categories=[home, money]))
    ContractFactory(title="Home, for men", contract_type=housing, allows_female=False)
    woman = {"sex": "Female", "date_of_birth": date(1990, 1, 1), "on": date(2026, 7, 1)}

    found = Contract.objects.with_fit(**woman, need_categories=codes)

    assert {contract.title: contract.fit for contract in found} == fits
    counts = Counter(fits.values())
    assert found.count_by_fit() == {Fit(fit): count for fit, count in counts.items()}
    assert [contract.fit for contract in found.best_fit_first()] == sorted(fits.values())


@pytest.mark.parametrize(
    ("held", "reasons"),
    [
        pytest.param("area", [], id="a police area of the region"),
        pytest.param("region", [], id="the region"),
        pytest.param(
            "other area",
            ["This service is for Leeds, and the person is supervised in Home"],
            id="another area",
        ),
        pytest.param(
            "other region",
            ["This service is for Away, and the person is supervised in Home"],
            id="another region",
        ),
    ],
)
def test_a_service_for_somewhere_else_says_so(held: str, reasons: list[str]) -> None:
    home, away = RegionFactory(code="X", name="Home"), RegionFactory(code="Y", name="Away")
    places = {
        "area": {"police_area": PoliceAreaFactory(region=home)},
        "region": {"police_area": None, "region": home},
        "other area": {"police_area": PoliceAreaFactory(name="Leeds", region=away)},
        "other region": {"police_area": None, "region": away},
    }
    contract = ContractFactory(**places[held])

    person = {"sex": None, "date_of_birth": date(1990, 1, 1), "region": home}
    found = contract.reasons_against(on=date(2026, 7, 1), **person)
    assert [reason.sentence for reason in found] == reasons


@pytest.mark.parametrize(
    ("day", "has_ended", "why"),
    [
        pytest.param(
            date(2026, 3, 31), False, "Home help takes referrals from 1 April 2026.", id="before it opens"
        ),
        pytest.param(date(2026, 4, 1), False, "", id="its first day"),
        pytest.param(date(2026, 6, 30), False, "", id="its last day"),
        pytest.param(
            date(2026, 7, 1), True, "Home help stopped taking referrals after 30 June 2026.", id="after"
        ),
    ],
)
def test_why_no_referral_can_be_made(day: date, has_ended: bool, why: str) -> None:
    contract = ContractFactory(title="Home help", opens_on=date(2026, 4, 1), closes_on=date(2026, 6, 30))

    assert contract.has_ended(day) is has_ended
    assert contract.why_not_open(day) == why
