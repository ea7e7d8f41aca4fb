"""The register of probation offices: what is taken, what is refused as a whole, and which offices can be booked."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from interventions.models import PoliceArea, ProbationOffice, ProbationRegion
from interventions.reference import files, loading
from tests.factories.interventions import ContractFactory

pytestmark = pytest.mark.usefixtures("empty_tables")
HEADER = "probation_office_id,name,address,probation_region_id,gov_uk_url,delius_crs_location_id"
ALDER = '1,Alder House,"1 Alder Row, Durham",A,https://example.com/alder,CRS0001'
BIRCH = '2,Birch House,"2 Birch Row, Leeds",C,,CRS0002'
UNCODED = '3,Cedar House,"3 Cedar Row, Durham",A,,'


@pytest.fixture(autouse=True)
def _regions(empty_tables: None) -> None:
    for code, name in files.regions().items():
        ProbationRegion.objects.create(code=code, name=name)


def _import(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> str:
    file = folder / "offices.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    out = StringIO()
    call_command("import_offices", str(file), stdout=out)
    return out.getvalue()


def _stored() -> dict[int, tuple[str, str, str, bool]]:
    return {
        office.register_id: (office.name, office.region.code, office.delius_code, office.is_active)
        for office in ProbationOffice.objects.select_related("region")
    }


def test_a_register_is_taken_and_taken_again(tmp_path: Path) -> None:
    first = _import(tmp_path, ALDER, BIRCH, UNCODED)
    second = _import(tmp_path, ALDER, BIRCH, UNCODED)

    assert first.endswith("Offices: 3 added, 0 changed, 0 closed.\n")
    assert second == "Offices: 0 added, 0 changed, 0 closed.\n"
    assert _stored() == {
        1: ("Alder House", "A", "CRS0001", True),
        2: ("Birch House", "C", "CRS0002", True),
        3: ("Cedar House", "A", "", True),
    }


@pytest.mark.parametrize(
    ("row", "name", "address"),
    [
        pytest.param(ALDER, "Alder House", "1 Alder Row, Durham", id="commas in quotes"),
        pytest.param(
            '1,"The ""Old"" House","1 Row\r\nDurham",A,,',
            'The "Old" House',
            "1 Row Durham",
            id="quotes, two lines",
        ),
        pytest.param("1,  T\u0177  Afon ,1\u2028Row,A,,", "T\u0177 Afon", "1 Row", id="spaces, Welsh"),
    ],
)
def test_a_file_from_a_spreadsheet_is_taken(tmp_path: Path, row: str, name: str, address: str) -> None:
    """With its mark in front, its line ends, and rows of nothing but commas."""
    file = tmp_path / "offices.csv"
    file.write_bytes(f"{HEADER},remarks\r\n\r\n{row},\r\n,,,,,,\r\n\r\n".encode("utf-8-sig"))

    call_command("import_offices", str(file), stdout=StringIO())

    office = ProbationOffice.objects.get()
    assert (office.name, office.address) == (name, address)


def test_an_office_that_is_no_longer_named_is_closed_and_can_come_back(tmp_path: Path) -> None:
    _import(tmp_path, ALDER, BIRCH)

    assert "Closed: Birch House" in _import(tmp_path, ALDER)
    assert not ProbationOffice.objects.get(register_id=2).is_active
    assert "Changed: Birch House" in _import(tmp_path, ALDER, BIRCH)
    assert ProbationOffice.objects.get(register_id=2).is_active


def test_two_offices_may_swap_their_codes(tmp_path: Path) -> None:
    _import(tmp_path, ALDER, BIRCH)

    _import(tmp_path, ALDER.replace("CRS0001", "CRS0002"), BIRCH.replace("CRS0002", "CRS0001"))

    assert {number: row[2] for number, row in _stored().items()} == {1: "CRS0002", 2: "CRS0001"}


def test_a_new_office_takes_the_code_of_a_closed_one(tmp_path: Path) -> None:
    _import(tmp_path, ALDER)

    _import(tmp_path, '9,New House,"9 New Row",A,,CRS0001')

    assert _stored() == {1: ("Alder House", "A", "", False), 9: ("New House", "A", "CRS0001", True)}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param(
            ["x,Alder,1 Row,A,,CRS0001"], "Line 2: probation_office_id is not a whole number", id="id a word"
        ),
        pytest.param(
            ["-1,Alder,1 Row,A,,"], "Line 2: probation_office_id is not a whole number", id="id negative"
        ),
        pytest.param(
            ["9999999999,Alder,1 Row,A,,"], "probation_office_id is not a whole number", id="id too large"
        ),
        pytest.param([ALDER, ALDER], "Line 3: probation_office_id 1 is there twice", id="id twice"),
        pytest.param(["1, ,1 Row,A,,"], "Line 2: name is empty", id="no name"),
        pytest.param(
            [f"1,{'n' * 101},1 Row,A,,"], "Line 2: name has more than 100 characters", id="long name"
        ),
        pytest.param(["1,Alder,,A,,"], "Line 2: address is empty", id="no address"),
        pytest.param([f"1,Alder,{'a' * 201},A,,"], "Line 2: address has more than 200", id="long address"),
        pytest.param(
            ["1,Alder,1 Row,Z,,"], "Line 2: probation_region_id is not a region", id="region unknown"
        ),
        pytest.param(
            ["1,Alder,1 Row,A,,CRS00001"],
            "Line 2: delius_crs_location_id is not up to seven",
            id="code too long",
        ),
        pytest.param(
            [ALDER, ALDER.replace("1,", "2,", 1)], "Line 3: delius_crs_location_id CRS0001", id="code twice"
        ),
        pytest.param(
            ["1,Alder,1 Row,A,,crs0001"], "delius_crs_location_id is not up to seven", id="small letters"
        ),
        pytest.param(["1,Al\x00der,1 Row,A,,"], "Line 2: name holds a character", id="null byte"),
        pytest.param(["1,Alder"], "Line 2: there must be as many values", id="too few values"),
        pytest.param([ALDER + ",more"], "Line 2: there must be as many values", id="too many values"),
        pytest.param([f"1,Alder,{'a' * 200_000},A,,"], "Line 2: this is not a CSV file", id="endless value"),
        pytest.param(['1,Alder,"1 Row,A,,'], "Line 2: this is not a CSV file", id="quote left open"),
        pytest.param(
            ["", ",,,,,", BIRCH, "", "x,Elm,1 Row,A,,"], "Line 6: probation_", id="blank lines count"
        ),
        pytest.param(["", "  "], "The file has no rows", id="only blank lines"),
        pytest.param([], "The file has no rows", id="empty"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_changed(tmp_path: Path, rows: list[str], problem: str) -> None:
    _import(tmp_path, BIRCH.replace("2,", "77,", 1).replace("CRS0002", "CRS0077"))
    before = _stored()

    with pytest.raises(CommandError, match=problem):
        _import(tmp_path, *rows)

    assert _stored() == before


def test_every_wrong_row_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        _import(tmp_path, "x,Alder,1 Row,A,,", BIRCH, "4,,,Z,,", UNCODED)

    assert [line.split(":")[0] for line in str(refusal.value).splitlines()] == [
        "Nothing was changed.", "Line 2", "Line 4", "Line 4", "Line 4",
    ]  # fmt: skip
    assert not _stored()


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="the columns delius_crs_location_id are missing"):
        _import(tmp_path, "1,Alder,1 Row,A,", header=HEADER.removesuffix(",delius_crs_location_id"))


@pytest.mark.parametrize(
    "content", [pytest.param(b"\xff\xfe\x00", id="not text"), pytest.param(None, id="no file")]
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "offices.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_offices", str(file))


def test_the_invented_offices_are_in_every_region_and_only_in_demo_mode(settings) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO_MODE = False
    loading.load()
    assert not ProbationOffice.objects.exists()

    settings.DEMO_MODE = True
    loading.load()
    assert ProbationOffice.objects.count() == 31
    assert not ProbationRegion.objects.filter(offices=None).exists()


def test_loading_again_opens_no_office_that_was_closed() -> None:
    loading.load()
    ProbationOffice.objects.update(is_active=False, name="Renamed")

    assert loading.load() == []
    assert not ProbationOffice.objects.filter(is_active=True).exists()


@pytest.mark.parametrize("held_for", ["region", "police area"])
def test_offices_that_can_be_booked(held_for: str) -> None:
    """Of the contract's region, open, and with a Delius code."""
    north_east, yorkshire = (ProbationRegion.objects.get(code=code) for code in "AC")
    area = PoliceArea.objects.create(slug="durham", name="Durham", region=north_east)
    facts = {"region": north_east, "police_area": None} if held_for == "region" else {"police_area": area}
    contract = ContractFactory(**facts)
    for number, (name, region, code, is_active) in enumerate(
        [
            ("Here", north_east, "CRS0001", True),
            ("Here, closed", north_east, "CRS0002", False),
            ("Here, unknown to nDelius", north_east, "", True),
            ("Elsewhere", yorkshire, "CRS0003", True),
        ]
    ):
        ProbationOffice.objects.create(
            register_id=number,
            name=name,
            address="1 Row",
            region=region,
            delius_code=code,
            is_active=is_active,
        )

    assert [office.name for office in ProbationOffice.objects.bookable_for(contract)] == ["Here"]


def test_an_office_as_on_an_envelope() -> None:
    office = ProbationOffice(name="Alder House", address="1 Alder Row,  Durham,, ZZ99 1AA")

    assert office.lines == ["Alder House", "1 Alder Row", "Durham", "ZZ99 1AA"]
