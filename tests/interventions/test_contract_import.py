"""Contracts from JSON: faults with their places, all or nothing, a dry run that says the same, twice is once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.contract_files.importing import Imported, import_contracts
from interventions.models import Activity, Contract, ContractType, PoliceArea, ProbationRegion
from tests.factories.accounts import ProviderFactory

REMOVED: Any = object()


@pytest.fixture
def definition(personas: dict[str, User]) -> dict[str, Any]:
    """A contract as a file has it, with codes of the catalogue."""
    ProviderFactory(code="LANTERN", name="Lantern")
    ProviderFactory(code="HARBOUR", name="Harbour")
    return {
        "internal_contract_id": "0e0bb1ab-0c42-4a34-8a65-7a4a9b1d7b11",
        "internal_intervention_id": "8f0e4a35-6c4f-44ac-8a4c-5d6b9b5c2a10",
        "contract_reference": "PRJ_0001",
        "contract_type_id": ContractType.objects.order_by("pk")[0].code,
        "incoming_distribution_email": "new@lantern.example",
        "region": {"nps_region_code": ProbationRegion.objects.order_by("pk")[0].code},
        "eligibility": {"allows_female": True, "allows_male": False, "minimum_age": 18},
        "scheduling": {"hide_before": "2026-04-01", "hide_after": "2027-04-01T00:00:00+01:00"},
        "providers": {"prime_provider_code": "LANTERN", "subcontractor_codes": ["HARBOUR"]},
        "intervention_title": "Help with housing",
        "short_description": "Finds a home.",
        "activities": [
            {
                "need_area": "Housing",
                "activity": "Advice",
                "delivery_method": "One to one",
                "delivery_location": "Community",
            }
        ],
    }


def _import(*definitions: dict[str, Any], dry_run: bool = False) -> Imported:
    by = User.objects.get(username="admin")
    return import_contracts(json.dumps(definitions), by=by, dry_run=dry_run)


def _with(definition: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at ``a.b``."""
    copied = json.loads(json.dumps(definition))
    *parents, name = path.split(".")
    inner = copied
    for parent in parents:
        inner = inner[parent]
    if value is REMOVED:
        del inner[name]
    else:
        inner[name] = value
    return copied


def test_a_contract_is_added_as_it_was_said_before_and_the_same_file_again_changes_nothing(
    definition: dict[str, Any],
) -> None:
    before = _import(definition, dry_run=True)
    assert not Contract.objects.filter(reference="PRJ_0001").exists()

    assert _import(definition) == before
    contract = Contract.objects.get(reference="PRJ_0001")
    assert (contract.opens_on, contract.closes_on) == (date(2026, 4, 1), date(2027, 3, 31))  # until midnight
    assert contract.provider_names == ["Lantern", "Harbour"]
    assert (contract.allows_male, contract.max_age) == (False, None)
    assert [activity.activity for activity in contract.activities.all()] == ["Advice"]
    assert AuditEvent.objects.get(action=AuditAction.CONTRACTS_IMPORTED).facts["contracts"] == 1

    again = _import(definition)
    assert (again.writes, again.steps[0].words) == (0, "No change.")
    assert AuditEvent.objects.filter(action=AuditAction.CONTRACTS_IMPORTED).count() == 1


def test_of_a_contract_that_is_there_only_some_things_change(definition: dict[str, Any]) -> None:
    _import(definition)
    Activity.objects.filter(contract__reference="PRJ_0001").update(setting="CUSTODY")
    changed = _with(definition, "scheduling.hide_after", None)
    changed = _with(changed, "intervention_title", "Help with a home")
    changed = _with(changed, "eligibility.minimum_age", 21)
    changed = _with(changed, "providers.subcontractor_codes", [])
    changed["activities"].append({**changed["activities"][0], "activity": "Visits"})

    (step,) = _import(changed).steps

    assert step.words == (
        "To be changed: last day, title, activities. "
        "Different in the file, and left as it is: minimum age, subcontractors."
    )
    contract = Contract.objects.get(reference="PRJ_0001")
    assert (contract.title, contract.closes_on, contract.min_age) == ("Help with a home", None, 18)
    settings = contract.activities.values_list("activity", "setting")
    assert [*settings] == [("Advice", "CUSTODY"), ("Visits", "")]


FAULTS = [
    ("contract_reference", REMOVED, "contract 1, contract_reference: This is missing."),
    ("contract_type_id", "NONE", "contract_type_id: There is no contract type with the code NONE."),
    ("contract_type_id", 7, "contract_type_id: This must be text"),
    ("region", {}, "region: Give nps_region_code or pcc_region_code, and not both."),
    ("region.pcc_region_code", "avon", "region: Give nps_region_code or pcc_region_code, and not both."),
    ("region", {"pcc_region_code": "nowhere"}, "region.pcc_region_code: There is no police area"),
    ("eligibility.allows_male", "yes", "eligibility.allows_male: This must be true or false."),
    ("eligibility.minimum_age", "18", "eligibility.minimum_age: This must be an age in years."),
    ("eligibility.maximum_age", 17, "The maximum age must be the same as or above the minimum age"),
    ("eligibility.allows_female", False, "The service must be for women, for men, or for both"),
    ("scheduling.hide_before", "01/04/2026", "scheduling.hide_before: This must be a date"),
    ("scheduling.hide_before", "2026-02-31", "scheduling.hide_before: This must be a date"),
    ("scheduling.hide_after", "2027-04-01T00:00:00", "scheduling.hide_after: This must be a date and time"),
    ("scheduling.hide_after", "2026-01-01T00:00:00Z", "The last day must be the same as or after the first day"),
    ("providers.prime_provider_code", "NOBODY", "There is no service provider with the code NOBODY."),
    ("providers.subcontractor_codes", ["LANTERN"], "subcontractor_codes[0]: The prime provider cannot be"),
    ("providers.subcontractor_codes", ["HARBOUR", 3], "subcontractor_codes[1]: There is no service provider"),
    ("providers", REMOVED, "providers: This is missing, or is not an object"),
    ("incoming_distribution_email", "nobody", "incoming_distribution_email: Enter a valid email address."),
    ("incoming_distribution_email", REMOVED, "incoming_distribution_email: This field cannot be blank."),
    ("activities", "many", "activities: This must be a list."),
    ("activities", [{"need_area": "Housing"}], "activities[0].activity: This is missing."),
    ("intervention_titel", "Help", "intervention_titel: There is no such field."),
]  # fmt: skip


def _named(path: str, value: Any) -> str:
    """The same name in every process."""
    return f"{path} missing" if value is REMOVED else f"{path}={value!r}"[:60]


@pytest.mark.parametrize(
    ("path", "value", "says"), FAULTS, ids=[_named(path, value) for path, value, _ in FAULTS]
)
def test_a_fault_is_named_with_its_place_and_nothing_is_imported(
    path: str, value: Any, says: str, definition: dict[str, Any]
) -> None:
    wrong = _with(definition, path, value)

    imported = _import({**definition, "contract_reference": "PRJ_0000"}, wrong)

    assert any(says.removeprefix("contract 1, ") in str(fault) for fault in imported.faults), imported.faults
    assert {
        str(fault).partition(",")[0].partition(":")[0].partition(" (")[0] for fault in imported.faults
    } == {"contract 2"}
    assert not Contract.objects.filter(reference__startswith="PRJ_").exists()


def test_what_never_changes_is_a_fault(definition: dict[str, Any]) -> None:
    _import(definition)
    area = PoliceArea.objects.order_by("pk")[0].slug

    (first, *_) = _import(_with(definition, "region", {"pcc_region_code": area})).faults

    assert str(first) == (
        "contract 1 (PRJ_0001), region: This differs from the contract that is there, and cannot be changed."
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1: This is not JSON."),
        ('["a"]', "contract 1: A contract is an object with names and values."),
        ("[" * 100_000, "file: This is not JSON."),
    ],
    ids=["no JSON", "no object", "too deep"],
)
def test_a_file_that_holds_something_else(text: str, says: str, personas: dict[str, User]) -> None:
    assert says in [str(fault) for fault in import_contracts(text, by=personas["admin"]).faults]


def test_the_same_contract_twice_is_a_fault(definition: dict[str, Any]) -> None:
    assert "This contract is in the file twice." in [
        fault.what for fault in _import(definition, definition).faults
    ]


def test_administrators_see_what_a_file_would_do_before_it_does(
    definition: dict[str, Any], as_persona: Callable[[str], Client]
) -> None:
    client, address = as_persona("admin"), reverse("admin:interventions_contract_import")
    assert address in client.get(reverse("admin:interventions_contract_changelist")).content.decode()

    def upload(text: str) -> str:
        return client.post(address, {"file": SimpleUploadedFile("c.json", text.encode())}).content.decode()

    wrong = upload(json.dumps(_with(definition, "contract_type_id", "<b>NONE</b>")))
    assert "There is no contract type with the code &lt;b&gt;NONE&lt;/b&gt;." in wrong
    assert "To be added." in upload(json.dumps(definition))
    assert not Contract.objects.filter(reference="PRJ_0001").exists()

    answer = client.post(address, {"checked": json.dumps(definition)})

    assert answer["Location"] == reverse("admin:interventions_contract_changelist")
    assert Contract.objects.filter(reference="PRJ_0001").exists()


def test_the_command_imports_all_files_or_none(definition: dict[str, Any], tmp_path: Path) -> None:
    good, bad = tmp_path / "PRJ_0001.json", tmp_path / "PRJ_0002.json"
    good.write_text(json.dumps(definition))
    bad.write_text(json.dumps({**definition, "contract_reference": "PRJ_0002", "contract_type_id": "NONE"}))
    said, faults = StringIO(), StringIO()

    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_contracts", good, bad, by="admin", stderr=faults)
    assert "contract 2 (PRJ_0002), contract_type_id: There is no contract type" in faults.getvalue()
    assert not Contract.objects.filter(reference="PRJ_0001").exists()

    call_command("import_contracts", good, by="admin", stdout=said)
    assert said.getvalue() == "PRJ_0001: To be added.\n"
    with pytest.raises(CommandError, match="no administrator"):
        call_command("import_contracts", good, by="pp")
