"""The administrators' side: everything opens, grants go through the actions, fixed words stay fixed."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Provider, User
from interventions.models import (
    Activity,
    ComplexityLevel,
    Contract,
    ContractGrant,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationOffice,
    ProbationRegion,
    ServiceCategory,
)
from tests.factories.accounts import (
    AdministratorFactory,
    MembershipFactory,
    PractitionerFactory,
    ProviderFactory,
    SupplierUserFactory,
)
from tests.factories.interventions import (
    ActivityFactory,
    CategoryFactory,
    ComplexityLevelFactory,
    ContractFactory,
    ContractGrantFactory,
    ContractTypeFactory,
    DesiredOutcomeFactory,
    PoliceAreaFactory,
    RegionFactory,
    caseworker_on,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("empty_tables")
MODELS = [
    ProbationRegion,
    PoliceArea,
    ServiceCategory,
    ContractType,
    ComplexityLevel,
    DesiredOutcome,
    Contract,
    ContractGrant,
]
LIST_OF_GRANTS = "admin:interventions_contractgrant_changelist"
ADD_GRANT = "admin:interventions_contractgrant_add"


@pytest.fixture
def administrator() -> User:
    return AdministratorFactory()


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    sign_in(client, administrator)
    return client


def _some_of_everything() -> Contract:
    contract = ContractFactory(subcontractors=[ProviderFactory()])
    ActivityFactory(contract=contract)
    caseworker_on(contract)
    category = contract.categories().get()
    ComplexityLevelFactory(category=category)
    DesiredOutcomeFactory(category=category, contracts=[contract])
    return contract


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_rows_and_their_history_open(client: Client, model: type[Contract]) -> None:
    _some_of_everything()
    row = model.objects.first()
    assert row is not None
    name = f"admin:interventions_{model._meta.model_name}"

    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    assert client.get(reverse(f"{name}_history", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_can_be_searched(client: Client, model: type[Contract]) -> None:
    assert admin.site.get_model_admin(model).search_fields
    _some_of_everything()

    address = reverse(f"admin:interventions_{model._meta.model_name}_changelist")
    assert client.get(address, {"q": "nothing has this name"}).status_code == 200


@pytest.mark.parametrize("typed", ["lodz", "ŁÓDŹ", "oneill lodz", "O’Neill", "CAFÉ"])
@pytest.mark.parametrize("model", [Contract, ContractGrant, ProbationOffice, Provider, User])
def test_names_are_searched_by_the_rule_of_every_search(
    client: Client, model: type[Contract], typed: str
) -> None:
    name = "O'Neill Café of Łódź"
    contract = ContractFactory(title=name, prime=ProviderFactory(name=name))
    user = PractitionerFactory(first_name="Ann", last_name=name)
    ContractGrant.objects.create(user=user, contract=contract, granted_by=user)
    ProbationOffice.objects.create(register_id=9001, name=name, address="1 Quay", region=RegionFactory())

    meta = model._meta
    found = client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), {"q": typed})

    assert found.context["cl"].result_count == 1


def test_granting_a_contract(client: Client, administrator: User) -> None:
    contract = ContractFactory()
    person = MembershipFactory(provider=contract.prime).user

    answer = client.post(reverse(ADD_GRANT), {"user": person.pk, "contract": contract.pk}, follow=True)

    given = ContractGrant.objects.get()
    assert (given.user, given.contract, given.granted_by) == (person, contract, administrator)
    assert "This grant has no effect yet" not in answer.content.decode()


def test_granting_a_contract_of_somebody_elses_provider_says_that_it_has_no_effect(client: Client) -> None:
    person, contract = SupplierUserFactory(), ContractFactory()

    answer = client.post(reverse(ADD_GRANT), {"user": person.pk, "contract": contract.pk}, follow=True)

    assert ContractGrant.objects.filter(user=person, contract=contract).exists()
    assert "This grant has no effect yet" in answer.content.decode()


def test_granting_is_refused_to_a_practitioner(client: Client) -> None:
    person, contract = PractitionerFactory(), ContractFactory()

    answer = client.post(reverse(ADD_GRANT), {"user": person.pk, "contract": contract.pk})

    assert "Only service provider staff" in answer.content.decode()
    assert not ContractGrant.objects.exists()


def test_granting_twice_is_refused(client: Client) -> None:
    given = ContractGrantFactory()

    answer = client.post(reverse(ADD_GRANT), {"user": given.user_id, "contract": given.contract_id})

    assert "already has access to this contract" in answer.content.decode()
    assert ContractGrant.objects.count() == 1


def test_revoking_keeps_the_grant_and_writes_history(client: Client, administrator: User) -> None:
    given, other = ContractGrantFactory(), ContractGrantFactory()

    chosen = {"action": "revoke", "_selected_action": [given.pk]}
    asked = client.post(reverse(LIST_OF_GRANTS), chosen).content.decode()
    assert "Are you sure you want to revoke these grants?" in asked
    assert ContractGrant.objects.current().filter(pk=given.pk).exists()
    chosen["confirmed"] = "yes"
    answer = client.post(reverse(LIST_OF_GRANTS), chosen, follow=True)

    assert "Grants revoked: 1" in answer.content.decode()
    given.refresh_from_db()
    other.refresh_from_db()
    assert given.revoked_by == administrator
    assert other.is_current
    history = client.get(reverse("admin:interventions_contractgrant_history", args=[given.pk]))
    assert "Revoked." in history.content.decode()


def test_a_grant_can_be_neither_edited_nor_deleted(client: Client) -> None:
    given, other = ContractGrantFactory(), SupplierUserFactory()
    change = reverse("admin:interventions_contractgrant_change", args=[given.pk])
    delete = reverse("admin:interventions_contractgrant_delete", args=[given.pk])

    assert client.post(change, {"user": other.pk, "contract": given.contract_id}).status_code == 403
    assert client.post(delete, {"post": "yes"}).status_code == 403
    client.post(
        reverse(LIST_OF_GRANTS), {"action": "delete_selected", "_selected_action": [given.pk], "post": "yes"}
    )

    given.refresh_from_db()
    assert given.user != other


def test_the_list_of_grants_says_which_have_an_effect(client: Client) -> None:
    contract = ContractFactory()
    caseworker_on(contract)
    ContractGrantFactory(contract=contract)

    listed = client.get(reverse(LIST_OF_GRANTS)).content.decode()
    inline = client.get(reverse("admin:interventions_contract_change", args=[contract.pk])).content.decode()

    for page in (listed, inline):
        assert page.count('alt="True"') == 1
        assert page.count('alt="False"') == 1


def test_the_list_of_grants_costs_the_same_queries_for_2_as_for_12(client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(LIST_OF_GRANTS))
        return len(captured)

    contract = ContractFactory()
    for _ in range(2):
        caseworker_on(contract)
    few = count()
    for _ in range(10):
        caseworker_on(contract)

    assert count() == few


NO_ROWS = {
    "activities-TOTAL_FORMS": "0",
    "activities-INITIAL_FORMS": "0",
}


def _contract_form(**differs: object) -> dict[str, object]:
    return {
        "reference": "NEW_1",
        "contract_type": ContractTypeFactory().pk,
        "prime": ProviderFactory().pk,
        "police_area": PoliceAreaFactory().pk,
        "title": "A new service",
        "description": "What it does.",
        "min_age": "18",
        "allows_female": "on",
        "allows_male": "on",
        "opens_on": "2026-04-01",
        "incoming_email": "new@provider.example",
        **NO_ROWS,
        **differs,
    }


def test_adding_a_contract_with_an_activity(client: Client) -> None:
    row = {
        "need_area": "Housing",
        "activity": "Advice",
        "method": "One to one",
        "location": "Leeds",
        "position": "0",
    }
    activity = {f"activities-0-{name}": value for name, value in row.items()}

    form = _contract_form(**activity, **{"activities-TOTAL_FORMS": "1"})
    answer = client.post(reverse("admin:interventions_contract_add"), form)

    assert answer.status_code == 302
    contract = Contract.objects.get(reference="NEW_1")
    assert contract.opens_on == date(2026, 4, 1)
    assert Activity.objects.get(contract=contract).activity == "Advice"


@pytest.mark.parametrize(
    ("differs", "message"),
    [
        pytest.param({"police_area": ""}, "Choose a region or a police area</", id="no place"),
        pytest.param({"region": "any"}, "Choose a region or a police area, not both", id="two places"),
        pytest.param({"max_age": "17"}, "The maximum age must be", id="ages the wrong way round"),
        pytest.param(
            {"allows_female": "", "allows_male": ""}, "must be for women, for men, or for both", id="nobody"
        ),
        pytest.param({"closes_on": "2026-03-31"}, "The last day must be", id="dates the wrong way round"),
        pytest.param(
            {"subcontractors": "prime"}, "cannot be a subcontractor as well", id="prime as subcontractor"
        ),
    ],
)
def test_adding_a_contract_that_cannot_be(client: Client, differs: dict[str, str], message: str) -> None:
    form = _contract_form(**differs)
    if form.get("subcontractors") == "prime":
        form["subcontractors"] = [form["prime"]]
    if form.get("region") == "any":
        form["region"] = str(ProbationRegion.objects.values_list("pk", flat=True)[0])

    answer = client.post(
        reverse("admin:interventions_contract_add"), {k: v for k, v in form.items() if v != ""}
    )

    assert message in answer.content.decode()
    assert not Contract.objects.filter(reference="NEW_1").exists()


@pytest.mark.parametrize(
    ("make", "field"),
    [
        pytest.param(lambda: DesiredOutcomeFactory(), "text", id="an outcome's words"),
        pytest.param(
            lambda: ComplexityLevelFactory(), "description", id="a default complexity level's words"
        ),
        pytest.param(lambda: CategoryFactory(), "name", id="a category's name"),
        pytest.param(lambda: ContractTypeFactory(), "reference_suffix", id="a contract type's suffix"),
        pytest.param(lambda: ContractFactory(), "reference", id="a contract's reference"),
        pytest.param(lambda: PoliceAreaFactory(), "name", id="a police area's name"),
    ],
)
def test_what_cannot_be_changed_after_adding(client: Client, make: type[ContractFactory], field: str) -> None:
    row = make()
    page = client.get(
        reverse(f"admin:interventions_{row._meta.model_name}_change", args=[row.pk])
    ).content.decode()

    assert f'name="{field}"' not in page


def test_a_contract_types_own_complexity_levels_can_be_changed(client: Client) -> None:
    own = ComplexityLevelFactory(contract_type=ContractTypeFactory())
    page = client.get(reverse("admin:interventions_complexitylevel_change", args=[own.pk])).content.decode()

    assert 'name="description"' in page


def test_a_contract_that_was_granted_cannot_be_deleted(client: Client) -> None:
    contract = ContractGrantFactory().contract

    client.post(reverse("admin:interventions_contract_delete", args=[contract.pk]), {"post": "yes"})

    assert Contract.objects.filter(pk=contract.pk).exists()


@pytest.mark.parametrize("make", [PractitionerFactory, SupplierUserFactory], ids=["practitioner", "supplier"])
def test_the_admin_is_for_administrators_only(make: type[PractitionerFactory]) -> None:
    client = Client()
    client.force_login(make(), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse(LIST_OF_GRANTS)).status_code in {302, 403}
