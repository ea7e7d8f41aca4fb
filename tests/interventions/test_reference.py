"""The reference files: what is in them, and that loading them can be repeated. Facts: live service's seed data."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from interventions.models import (
    ComplexityLevel,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationRegion,
    ServiceCategory,
)
from interventions.reference import loading
from tests.factories.interventions import CategoryFactory, ContractFactory, DesiredOutcomeFactory

pytestmark = pytest.mark.usefixtures("empty_tables")


def _load_reference() -> str:
    out = StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue()


def test_counts() -> None:
    _load_reference()

    assert ProbationRegion.objects.count() == 12
    assert PoliceArea.objects.count() == 42
    assert ContractType.objects.count() == 35
    assert ServiceCategory.objects.count() == 37
    assert ComplexityLevel.objects.count() == 102
    assert DesiredOutcome.objects.current().count() == 115
    assert DesiredOutcome.objects.exclude(pk__in=DesiredOutcome.objects.current()).count() == 6


def test_the_second_run_changes_nothing() -> None:
    first, second = _load_reference(), _load_reference()

    assert "Probation region added: North East\n" in first
    assert first.endswith("Reference data: 458 changes.\n")
    assert second == "Reference data: nothing to change.\n"


@pytest.mark.parametrize(
    ("region", "areas"),
    [
        pytest.param("A", ["Cleveland", "Durham", "Northumbria"], id="several"),
        pytest.param("J", ["London (Metropolitan Police)"], id="one"),
        pytest.param("K", ["Kent", "Surrey", "Sussex"], id="named for its areas"),
    ],
)
def test_police_areas_of_a_region(region: str, areas: list[str]) -> None:
    loading.load()

    assert [area.name for area in ProbationRegion.objects.get(code=region).police_areas.all()] == areas


@pytest.mark.parametrize(
    ("contract_type", "suffix", "categories"),
    [
        pytest.param("ACC", "AC", {"ACC"}, id="Accommodation"),
        pytest.param("ETE", "ED", {"ETE"}, id="Education, Training and Employment"),
        pytest.param("PWB", "PE", {"EMO", "FAM", "LIF", "SOC"}, id="Personal Wellbeing"),
        pytest.param(
            "WOS", "WO", {"ACC", "DNR", "ETE", "EMO", "FAM", "FBD", "LIF", "SOC"}, id="Women's Services"
        ),
        pytest.param(
            "WSM",
            "WO",
            {"ACC", "DNR", "ETE", "EMO", "FAM-GM", "FBD", "LIF", "SOC"},
            id="Women's Support Services (GM)",
        ),
        pytest.param("MTR", "ME", {"LIF"}, id="Mentoring"),
        pytest.param("DNR", "DE", {"DNR"}, id="Dependency and Recovery"),
        pytest.param("FBD-NW", "FI", {"FBD-NW"}, id="a region's own"),
    ],
)
def test_categories_of_a_contract_type(contract_type: str, suffix: str, categories: set[str]) -> None:
    loading.load()
    loaded = ContractType.objects.get(code=contract_type)

    assert loaded.reference_suffix == suffix
    assert set(loaded.categories.values_list("code", flat=True)) == categories


@pytest.mark.parametrize(
    ("category", "levels"),
    [
        pytest.param("ACC", ["LOW", "MEDIUM", "HIGH"], id="three"),
        pytest.param("DNR-K", ["MEDIUM", "HIGH"], id="medium and high"),
        pytest.param("FBD-W", ["LOW", "HIGH"], id="low and high"),
        pytest.param("FBD-NW", ["HIGH"], id="high only"),
    ],
)
def test_a_category_offers_one_two_or_three_levels(category: str, levels: list[str]) -> None:
    loading.load()

    offered = ComplexityLevel.objects.filter(category__code=category).lowest_first()
    assert [level.level for level in offered] == levels


def test_every_category_has_levels_and_outcomes_that_can_be_chosen() -> None:
    loading.load()
    categories = list(ServiceCategory.objects.all())
    contract = ContractFactory()

    for category in categories:
        assert contract.complexity_levels_for(category), category
        assert contract.outcomes_for(category).exists(), category


def test_words_that_differ_from_the_files_are_put_right_and_reported() -> None:
    loading.load()
    PoliceArea.objects.filter(slug="cheshire").update(name="Cheshyre")
    ComplexityLevel.objects.filter(category__code="ACC", level="LOW").update(description="Something else")

    assert loading.load() == [
        "Police area changed (name): Cheshire",
        "Complexity level changed (description): Accommodation: Low complexity",
    ]
    assert PoliceArea.objects.get(slug="cheshire").name == "Cheshire"


def test_what_administrators_decided_stays() -> None:
    loading.load()
    deprecated = DesiredOutcome.objects.get(code="ACC-1")
    deprecated.deprecated_at = timezone.now()
    deprecated.scope = DesiredOutcome.Scope.EXCEPT
    deprecated.save()
    deprecated.contracts.add(ContractFactory())
    added = DesiredOutcomeFactory(category=ServiceCategory.objects.get(code="ACC"))
    ContractType.objects.get(code="MTR").categories.add(CategoryFactory(code="NEW"))

    assert loading.load() == []

    deprecated.refresh_from_db()
    assert deprecated.is_deprecated
    assert deprecated.scope == DesiredOutcome.Scope.EXCEPT
    assert deprecated.contracts.count() == 1
    assert DesiredOutcome.objects.filter(pk=added.pk).exists()
    assert ContractType.objects.get(code="MTR").categories.filter(code="NEW").exists()


def test_a_category_taken_from_a_contract_type_comes_back() -> None:
    loading.load()
    ContractType.objects.get(code="PWB").categories.remove(ServiceCategory.objects.get(code="SOC"))

    assert loading.load() == ["Contract type PWB: now offers SOC"]
