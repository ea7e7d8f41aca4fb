"""What can be chosen on a contract: complexity levels and desired outcomes of its categories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from interventions.models import ComplexityLevel, DesiredOutcome
from tests.factories.interventions import (
    CategoryFactory,
    ComplexityLevelFactory,
    ContractFactory,
    ContractTypeFactory,
    DesiredOutcomeFactory,
)

pytestmark = pytest.mark.usefixtures("empty_tables")
Scope = DesiredOutcome.Scope


@pytest.mark.parametrize(
    ("default", "own", "offered"),
    [
        pytest.param("HIGH MEDIUM LOW", "", ["LOW", "MEDIUM", "HIGH"], id="default rows, lowest first"),
        pytest.param("LOW MEDIUM HIGH", "HIGH", ["own HIGH"], id="one row of its own"),
        pytest.param("LOW MEDIUM HIGH", "HIGH LOW", ["own LOW", "own HIGH"], id="two rows of its own"),
        pytest.param("", "MEDIUM HIGH", ["own MEDIUM", "own HIGH"], id="only rows of its own"),
        pytest.param("HIGH", "", ["HIGH"], id="one default row"),
        pytest.param("", "", [], id="none"),
    ],
)
def test_complexity_levels(default: str, own: str, offered: list[str]) -> None:
    category = CategoryFactory()
    contract = ContractFactory(contract_type=ContractTypeFactory(categories=[category]))
    for level in default.split():
        ComplexityLevelFactory(category=category, level=level, description=level)
    for level in own.split():
        ComplexityLevelFactory(
            category=category, contract_type=contract.contract_type, level=level, description=f"own {level}"
        )
    # Rows of other contract types and other categories never show.
    ComplexityLevelFactory(category=category, contract_type=ContractTypeFactory(), level="LOW")
    ComplexityLevelFactory(contract_type=contract.contract_type, level="LOW")

    assert [level.description for level in contract.complexity_levels_for(category)] == offered


@pytest.mark.parametrize("has_own_type", [pytest.param(False, id="default"), pytest.param(True, id="own")])
def test_the_database_refuses_a_level_twice(has_own_type: bool) -> None:
    category = CategoryFactory()
    contract_type = ContractTypeFactory() if has_own_type else None
    ComplexityLevelFactory(category=category, contract_type=contract_type)

    with pytest.raises(IntegrityError), transaction.atomic():
        ComplexityLevelFactory(category=category, contract_type=contract_type)


def test_the_database_refuses_an_unknown_level() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ComplexityLevelFactory(level="SOME", title="Some")


def test_a_default_row_and_an_own_row_of_one_level_stand_side_by_side() -> None:
    category = CategoryFactory()
    ComplexityLevelFactory(category=category)
    ComplexityLevelFactory(category=category, contract_type=ContractTypeFactory())

    assert ComplexityLevel.objects.filter(category=category, level="LOW").count() == 2


PAST, FUTURE = datetime(2026, 4, 2, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "is_chosen", "is_offered"),
    [
        pytest.param({"scope": Scope.ALL}, False, True, id="all contracts"),
        pytest.param(
            {"scope": Scope.ALL, "names": "other"}, False, True, id="all contracts, whatever is named"
        ),
        pytest.param({"scope": Scope.ONLY, "names": "this"}, False, True, id="only this contract"),
        pytest.param(
            {"scope": Scope.ONLY, "names": "both"}, False, True, id="only this contract and another"
        ),
        pytest.param({"scope": Scope.ONLY, "names": "other"}, False, False, id="only another contract"),
        pytest.param({"scope": Scope.ONLY}, False, False, id="only the contracts named, none named"),
        pytest.param({"scope": Scope.EXCEPT, "names": "this"}, False, False, id="all except this contract"),
        pytest.param(
            {"scope": Scope.EXCEPT, "names": "other"}, False, True, id="all except another contract"
        ),
        pytest.param({"scope": Scope.EXCEPT}, False, True, id="all except those named, none named"),
        pytest.param({"deprecated_at": PAST}, False, False, id="deprecated"),
        pytest.param({"deprecated_at": FUTURE}, False, True, id="to be deprecated later"),
        pytest.param(
            {"scope": Scope.ONLY, "names": "this", "deprecated_at": PAST},
            False,
            False,
            id="deprecated, named",
        ),
        pytest.param({"deprecated_at": PAST}, True, True, id="deprecated, chosen before"),
        pytest.param(
            {"scope": Scope.ONLY, "names": "other"}, True, True, id="no longer in scope, chosen before"
        ),
    ],
)
@time_machine.travel("2026-04-03 12:00:00Z", tick=False)
def test_outcomes(facts: dict[str, object], is_chosen: bool, is_offered: bool) -> None:
    category = CategoryFactory()
    this, other = ContractFactory(), ContractFactory()
    named = {"this": [this], "other": [other], "both": [this, other], None: []}[facts.pop("names", None)]
    outcome = DesiredOutcomeFactory(category=category, contracts=named, **facts)

    offered = this.outcomes_for(category, chosen=[outcome.pk] if is_chosen else [])

    assert list(offered) == ([outcome] if is_offered else [])


def test_outcomes_of_another_category_are_not_offered_even_when_chosen() -> None:
    contract, elsewhere = ContractFactory(), DesiredOutcomeFactory()

    assert not contract.outcomes_for(CategoryFactory(), chosen=[elsewhere.pk]).exists()


def test_an_outcome_named_for_several_contracts_is_offered_once() -> None:
    contract = ContractFactory()
    outcome = DesiredOutcomeFactory(
        scope=Scope.ONLY, contracts=[contract, ContractFactory(), ContractFactory()]
    )

    assert list(contract.outcomes_for(outcome.category)) == [outcome]
