"""Probation delivery units: how their register is taken, what is refused as a whole, and which can be chosen."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from interventions.models import ProbationDeliveryUnit, ProbationOffice, ProbationRegion
from interventions.reference import files, loading
from interventions.reference.delivery_units import delivery_units
from tests.factories.accounts import AdministratorFactory
from tests.factories.interventions import RegionFactory
from upstream_stub.people.everyone import PEOPLE

pytestmark = pytest.mark.usefixtures("empty_tables")
HEADER = "pdu_id,name,probation_region_id"
ABBEY = "1,Abbey,A"
VALE = '2,"Vale, Moor and Coast",C'


@pytest.fixture(autouse=True)
def _regions(empty_tables: None) -> None:
    for code, name in files.regions().items():
        ProbationRegion.objects.create(code=code, name=name)


def _import(folder: Path, *rows: str, header: str = HEADER) -> str:
    file = folder / "units.csv"
    file.write_bytes(("\r\n".join([header, *rows]) + "\r\n").encode("utf-8-sig"))
    out = StringIO()
    call_command("import_pdus", str(file), stdout=out)
    return out.getvalue()


def _stored() -> dict[str, tuple[str, str, bool]]:
    return {
        unit.register_id: (unit.name, unit.region.code, unit.is_active)
        for unit in ProbationDeliveryUnit.objects.select_related("region")
    }


def test_a_register_is_taken_and_taken_again(tmp_path: Path) -> None:
    first = _import(tmp_path, ABBEY, "", VALE)
    stored = list(ProbationDeliveryUnit.objects.values())
    second = _import(tmp_path, ABBEY, VALE)

    assert first.splitlines()[-1] == "Probation delivery units: 2 added, 0 changed, 0 closed."
    assert second == "Probation delivery units: 0 added, 0 changed, 0 closed.\n"
    assert list(ProbationDeliveryUnit.objects.values()) == stored
    assert _stored() == {"1": ("Abbey", "A", True), "2": ("Vale, Moor and Coast", "C", True)}


def test_one_that_is_no_longer_named_is_closed_and_can_come_back(tmp_path: Path) -> None:
    _import(tmp_path, ABBEY, VALE)

    assert "Closed: Vale, Moor and Coast" in _import(tmp_path, ABBEY)
    assert _stored()["2"] == ("Vale, Moor and Coast", "C", False)
    assert "Changed: Vale" in _import(tmp_path, ABBEY, "2,Vale,E")
    assert _stored()["2"] == ("Vale", "E", True)


def test_two_units_may_swap_their_names(tmp_path: Path) -> None:
    _import(tmp_path, "1,Abbey,A", "2,Vale,A")

    assert "2 changed" in _import(tmp_path, "1,Vale,A", "2,Abbey,A")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param([",Abbey,A"], "Line 2: pdu_id is empty", id="no code"),
        pytest.param([f"{'1' * 11},Abbey,A"], "Line 2: pdu_id has more than 10 characters", id="long code"),
        pytest.param([ABBEY, "1,Vale,A"], "Line 3: pdu_id 1 is there twice", id="code twice"),
        pytest.param([ABBEY, "2,Abbey,C"], "Line 3: name Abbey is there twice", id="name twice"),
        pytest.param(["1, ,A"], "Line 2: name is empty", id="no name"),
        pytest.param([f"1,{'n' * 101},A"], "Line 2: name has more than 100 characters", id="long name"),
        pytest.param(["1,Ab\x00bey,A"], "Line 2: name holds a character", id="null byte"),
        pytest.param(["1,Abbey,Z"], "Line 2: probation_region_id is not a region", id="region unknown"),
        pytest.param(["1,Abbey"], "Line 2: there must be as many values", id="too few values"),
        pytest.param(["1,Vale, Moor,C"], "Line 2: there must be as many values", id="comma without quotes"),
        pytest.param([], "The file has no rows", id="empty"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_changed(tmp_path: Path, rows: list[str], problem: str) -> None:
    _import(tmp_path, "7,Moor,B", VALE)
    before = _stored()

    with pytest.raises(CommandError, match=problem):
        _import(tmp_path, *rows)

    assert _stored() == before


def test_what_the_database_refuses_undoes_everything(tmp_path: Path) -> None:
    _import(tmp_path, ABBEY)
    before = _stored()
    nowhere = ProbationDeliveryUnit(register_id="2", name="Vale", region=None)

    with pytest.raises(IntegrityError):
        delivery_units.synchronise([nowhere])

    assert _stored() == before


def test_the_invented_units_are_in_every_region_and_hold_those_of_the_invented_officers(
    settings: Any,
) -> None:
    settings.DEMO_MODE = False
    loading.load()
    assert not ProbationDeliveryUnit.objects.exists()

    settings.DEMO_MODE = True
    loading.load()
    assert loading.load() == []
    assert not ProbationRegion.objects.filter(delivery_units=None).exists()
    officers = [officer for person in PEOPLE.values() for officer in (person.officers or {}).values()]
    named = {officer["pdu"]["description"] for officer in officers if officer and officer.get("pdu")}
    assert named
    assert named <= {unit.name for unit in ProbationDeliveryUnit.objects.in_use()}


def test_those_in_use_are_read_at_once_by_name(django_assert_num_queries: Any) -> None:
    region = RegionFactory()
    for number, (name, is_active) in enumerate([("Vale", True), ("Closed", False), ("Abbey", True)]):
        place = {"register_id": number, "name": name, "region": region, "is_active": is_active}
        ProbationDeliveryUnit.objects.create(**place)
        ProbationOffice.objects.create(address="1 Row", **place)

    for model in (ProbationDeliveryUnit, ProbationOffice):
        with django_assert_num_queries(1):
            assert [str(place) for place in model.objects.in_use()] == ["Abbey", "Vale"]


def test_administrators_look_at_the_units_and_change_none(tmp_path: Path) -> None:
    _import(tmp_path, ABBEY, VALE)
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    unit = ProbationDeliveryUnit.objects.get(register_id="2")
    listed = reverse("admin:interventions_probationdeliveryunit_changelist")
    change = reverse("admin:interventions_probationdeliveryunit_change", args=[unit.pk])

    assert "Vale, Moor and Coast" in client.get(f"{listed}?q=moor").content.decode()
    assert client.post(change, {"name": "Renamed"}).status_code == 403
    assert "Vale, Moor and Coast" in client.get(change).content.decode()
