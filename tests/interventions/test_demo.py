"""The demo's catalogue: enough variety, the promised contracts, and grants that all have an effect."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from demo import services as demo
from interventions import actions
from interventions.models import Activity, Contract, ContractGrant, DesiredOutcome

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture(autouse=True)
def _demo(empty_tables: None) -> None:
    demo.load()


def test_loading_again_changes_nothing() -> None:
    def counts() -> list[int]:
        models = (Contract, Activity, ContractGrant, DesiredOutcome.contracts.through, User)
        return [model.objects.count() for model in models]

    before = counts()
    demo.load()

    assert counts() == before


def test_what_was_changed_since_stays() -> None:
    Contract.objects.filter(reference="DEMO_0001").update(title="Another title")
    given = ContractGrant.objects.filter(user__username="sp.caseworker").earliest("pk")
    actions.revoke_grant(grant=given, by=given.granted_by)
    demo.load()

    assert Contract.objects.get(reference="DEMO_0001").title == "Another title"
    assert not ContractGrant.objects.current().filter(user=given.user, contract=given.contract).exists()


def test_harrowgate_has_an_accommodation_and_an_employment_contract_in_one_area() -> None:
    harrowgate = Contract.objects.open_on(timezone.localdate()).filter(prime__code="HARROWGATE_PATHWAYS")
    shared = harrowgate.filter(allows_female=True, allows_male=True)
    housing, work = shared.get(contract_type__code="ACC"), shared.get(contract_type__code="ETE")

    assert housing.police_area == work.police_area
    assert [category.code for category in housing.categories()] == ["ACC"]


def test_harrowgate_has_no_part_in_mossbanks_contracts() -> None:
    for contract in Contract.objects.filter(prime__code="MOSSBANK_TRUST"):
        assert "Harrowgate Pathways" not in contract.provider_names


def test_there_is_something_of_everything() -> None:
    contracts = list(Contract.objects.all())
    today = timezone.localdate()

    assert len(contracts) == 14
    assert {len(contract.categories()) for contract in contracts} >= {1, 4, 8}
    assert {contract.eligibility.sexes for contract in contracts} == {
        "Women and men",
        "Women only",
        "Men only",
    }
    assert {contract.eligibility.ages for contract in contracts} == {"18 and over", "18 to 25", "26 and over"}
    assert any(contract.opens_on > today for contract in contracts)
    assert any(contract.closes_on and contract.closes_on < today for contract in contracts)
    assert any(contract.region for contract in contracts)
    levels = {
        len(contract.complexity_levels_for(category))
        for contract in contracts
        for category in contract.categories()
    }
    assert levels == {1, 2, 3}


def test_every_contract_lists_three_to_ten_activities_and_can_be_answered() -> None:
    for contract in Contract.objects.all():
        assert 3 <= contract.activities.count() <= 10
        for category in contract.categories():
            assert contract.outcomes_for(category).exists()


@pytest.mark.parametrize(
    ("username", "references"),
    [
        pytest.param("sp.caseworker", {"DEMO_0001", "DEMO_0002"}, id="caseworker"),
        pytest.param(
            "sp.manager",
            {"DEMO_0001", "DEMO_0002", "DEMO_0004", "DEMO_0009", "DEMO_0010", "DEMO_0012"},
            id="manager: every contract that Harrowgate has a part in",
        ),
        pytest.param(
            "sp.other",
            {"DEMO_0003", "DEMO_0005", "DEMO_0006", "DEMO_0008", "DEMO_0011", "DEMO_0013"},
            id="another provider",
        ),
        pytest.param("sp.nogrant", set(), id="a colleague without a grant"),
        pytest.param("pp", set(), id="a practitioner"),
        pytest.param("admin", set(), id="an administrator"),
    ],
)
def test_who_was_granted_what(username: str, references: set[str]) -> None:
    user = User.objects.get(username=username)

    assert set(Contract.objects.granted_to(user).values_list("reference", flat=True)) == references


def test_every_grant_has_an_effect() -> None:
    assert ContractGrant.objects.effective().count() == ContractGrant.objects.count() == 14
