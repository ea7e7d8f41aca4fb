"""The catalogue's pages as practitioners meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.finding import listed
from interventions.models import Contract, ProbationRegion
from interventions.presenters import short_names
from measurements.page_cost import statements_of
from tests.factories.accounts import (
    AdministratorFactory,
    PractitionerFactory,
    ProviderFactory,
    SupplierUserFactory,
)
from tests.factories.interventions import (
    ActivityFactory,
    CategoryFactory,
    ContractFactory,
    ContractTypeFactory,
    PoliceAreaFactory,
    RegionFactory,
    caseworker_on,
)
from tests.pages import assert_page
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("empty_tables")
FIND = "/probation-practitioner/services/"


def _signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


@pytest.fixture
def practitioner() -> Client:
    return _signed_in(PractitionerFactory())


def _detail(contract: Contract) -> str:
    return f"{FIND}{contract.pk}/"


def _facts(part: BeautifulSoup | Tag) -> dict[str, list[str]]:
    """The rows of a summary list: label, and its values."""
    rows = part.select(".govuk-summary-list__row")
    return {row.dt.get_text(strip=True): list(row.dd.stripped_strings) for row in rows}


def _said(page: BeautifulSoup) -> str:
    """The words of the page's main part, with single spaces."""
    return " ".join(page.main.get_text().split())


def _titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".rm-service h2 a")]


def test_the_list_shows_open_services_only_by_title(practitioner: Client) -> None:
    today = timezone.localdate()
    ContractFactory(title="Closing today", closes_on=today)
    ContractFactory(title="Opening today", opens_on=today)
    ContractFactory(title="Always open")
    ContractFactory(title="Closed yesterday", closes_on=today - timedelta(days=1))
    ContractFactory(title="Opening tomorrow", opens_on=today + timedelta(days=1))

    page = assert_page(practitioner.get(FIND))

    assert _titles(page) == ["Always open", "Closing today", "Opening today"]
    assert "3 commissioned rehabilitative services take referrals today." in _said(page)


def test_the_list_says_one_service_in_the_singular(practitioner: Client) -> None:
    ContractFactory()

    page = assert_page(practitioner.get(FIND))

    assert "1 commissioned rehabilitative service takes referrals today." in _said(page)


def test_the_list_without_services_says_so(practitioner: Client) -> None:
    page = assert_page(practitioner.get(FIND))

    assert "No service takes referrals today." in _said(page)


def test_each_service_in_the_list_says_what_where_by_whom_and_for_whom(practitioner: Client) -> None:
    area = PoliceAreaFactory(name="Humberside", region=RegionFactory(name="Yorkshire"))
    women = ContractTypeFactory(
        name="Women's Services", categories=[CategoryFactory(name="Work"), CategoryFactory(name="Housing")]
    )
    contract = ContractFactory(
        title="Women first",
        description="First line.\nSecond line.\n\nMore.",
        contract_type=women,
        prime=ProviderFactory(name="Tern Collective"),
        police_area=area,
        allows_male=False,
        min_age=18,
        max_age=25,
    )

    page = assert_page(practitioner.get(FIND))

    card = page.select_one(".rm-service")
    assert card.select_one("h2 a")["href"] == _detail(contract)
    assert list(card.stripped_strings) == [
        "Women first",
        "Tern Collective, in Humberside (Yorkshire)",
        "Women's Services (2 service categories), for women aged 18 to 25",
    ]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        pytest.param(lambda region: {"police_area": None, "region": region}, "all of Wales", id="a region"),
        pytest.param(
            lambda region: {"police_area": PoliceAreaFactory(name="Gwent", region=region)},
            "Gwent (Wales)",
            id="a police area",
        ),
        pytest.param(
            lambda region: {"police_area": PoliceAreaFactory(name="Wales", region=region)},
            "Wales",
            id="a police area of the same name as its region",
        ),
    ],
)
def test_a_card_says_where_a_service_is(
    practitioner: Client, place: Callable[[ProbationRegion], dict[str, Any]], words: str
) -> None:
    ContractFactory(prime=ProviderFactory(name="Tern"), **place(RegionFactory(name="Wales")))

    page = assert_page(practitioner.get(FIND))

    assert page.select_one(".rm-service__line").get_text() == f"Tern, in {words}"


def test_a_region_wide_service_names_the_region_and_its_police_areas(practitioner: Client) -> None:
    region = RegionFactory()
    PoliceAreaFactory(name="Surrey", region=region)
    PoliceAreaFactory(name="Kent", region=region)

    facts = _facts(assert_page(practitioner.get(_detail(ContractFactory(police_area=None, region=region)))))

    assert facts["Region"] == [region.name]
    assert facts["Police areas"] == ["Kent", "Surrey"]


@pytest.mark.parametrize(
    ("names", "line"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["Accommodation"], "accommodation", id="one"),
        pytest.param(["Finance, Benefits and Debt (FBD)"], "finance", id="a list of things"),
        pytest.param(["Family and Significant Others (GM)"], "family", id="two things"),
        pytest.param(["Emotional Wellbeing"], "emotional wellbeing", id="two words"),
        pytest.param(["Debt (Leeds)", "Debt (York)"], "debt", id="regional ones of the same kind"),
        pytest.param(["A", "B", "C", "D"], "a, b, c, d", id="four"),
        pytest.param(["A", "B", "C", "D", "E", "F"], "a, b, c, d and 2 more", id="six"),
    ],
)
def test_service_categories_on_one_line(names: list[str], line: str) -> None:
    assert short_names(CategoryFactory.build(name=name) for name in names) == line


@pytest.mark.slow
def test_the_list_is_cut_into_pages_of_twenty(practitioner: Client) -> None:
    for _ in range(45):
        ContractFactory()

    first = assert_page(practitioner.get(FIND))
    second = assert_page(practitioner.get(FIND, {"page": "2"}))
    last = assert_page(practitioner.get(FIND, {"page": "3"}))

    assert [len(_titles(page)) for page in (first, second, last)] == [20, 20, 5]
    assert len({*_titles(first), *_titles(second), *_titles(last)}) == 45
    assert second.h1.get_text() == "Find a service (page 2 of 3)"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("99", id="past the end"),
        pytest.param("0", id="nought"),
        pytest.param("-1", id="negative"),
        pytest.param("two", id="a word"),
        pytest.param("", id="empty"),
        pytest.param("9" * 40, id="very large"),
    ],
)
def test_a_page_number_that_is_none_still_shows_services(practitioner: Client, number: str) -> None:
    ContractFactory(title="The one")

    assert _titles(assert_page(practitioner.get(FIND, {"page": number}))) == ["The one"]


@pytest.mark.slow
def test_a_service_that_is_deleted_while_the_list_is_read_is_left_out(
    practitioner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, goes = ContractFactory(title="A stays"), ContractFactory(title="B goes")
    rows = listed._LISTED.rows

    def deleted_first(**values: Any) -> list[Contract]:
        Contract.objects.filter(pk=goes.pk).delete()
        return rows(**values)

    monkeypatch.setattr(listed._LISTED, "rows", deleted_first)

    page = BeautifulSoup(practitioner.get(FIND).content, "html.parser")

    assert _titles(page) == [stays.title]


def test_the_list_costs_the_same_statements_for_3_services_as_for_60(practitioner: Client) -> None:
    for number in range(3):
        # First in the list, however the factories' numbers sort.
        ContractFactory(
            title=f"A {number}", police_area=None, region=RegionFactory(), subcontractors=[ProviderFactory()]
        )
    for_three = statements_of(practitioner, FIND)
    for _ in range(57):
        ActivityFactory(contract=ContractFactory(subcontractors=[ProviderFactory(), ProviderFactory()]))
    for_sixty = statements_of(practitioner, FIND)

    assert len(for_sixty) == len(for_three) <= 8


def test_the_detail_costs_the_same_queries_however_much_it_says(practitioner: Client) -> None:
    def count(contract: Contract) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert_page(practitioner.get(_detail(contract)))
        return len(captured)

    small = ContractFactory()
    large = ContractFactory(
        contract_type=ContractTypeFactory(categories=[CategoryFactory() for _ in range(8)]),
        subcontractors=[ProviderFactory() for _ in range(9)],
    )
    for number in range(79):
        ActivityFactory(contract=large, need_area=f"Need {number % 8}")

    assert count(large) == count(small)


def test_the_detail_says_everything_and_leads_to_a_referral(practitioner: Client) -> None:
    today = timezone.localdate()
    contract = ContractFactory(
        reference="DEMO_77",
        title="Finding a home",
        description="First paragraph,\nstill the first.\n\nSecond <b>paragraph</b>.",
        prime=ProviderFactory(name="Harrowgate Pathways"),
        subcontractors=[ProviderFactory(name="Moor Homes"), ProviderFactory(name="Ash House")],
        closes_on=today,
    )
    ActivityFactory(
        contract=contract, need_area="Keeping a home", activity="Course", method="Group", location="Leeds"
    )
    ActivityFactory(
        contract=contract, need_area="Finding a home", activity="Plan", method="Alone", location="York"
    )
    ActivityFactory(
        contract=contract, need_area="Keeping a home", activity="Calls", method="Phone", location="Home"
    )

    page = assert_page(practitioner.get(_detail(contract)))

    assert page.h1.get_text() == "Finding a home"
    texts = [list(paragraph.stripped_strings) for paragraph in page.select("main p.rm-text")]
    assert ["First paragraph,", "still the first."] in texts
    assert ["Second <b>paragraph</b>."] in texts
    facts = _facts(page)
    assert facts["Provider"] == ["Harrowgate Pathways"]
    assert facts["Works together with"] == ["Ash House", "Moor Homes"]
    assert facts["Ages"] == ["18 and over"]
    assert facts["Sex"] == ["Women and men"]
    assert facts["Takes referrals until"] == [f"{today.day} {today:%B %Y}"]
    assert facts["Contract reference"] == ["DEMO_77"]
    tables = {
        table.caption.get_text(strip=True): [list(row.stripped_strings) for row in table.tbody.find_all("tr")]
        for table in page.find_all("table")
    }
    assert tables == {
        "Keeping a home": [["Course", "Group", "Leeds"], ["Calls", "Phone", "Home"]],
        "Finding a home": [["Plan", "Alone", "York"]],
    }
    button = page.find("a", class_="govuk-button")
    assert button.get_text(strip=True) == "Make a referral"
    assert button["href"] == reverse("referrals:start", args=[contract.pk]) == f"{_detail(contract)}refer"


def test_the_detail_without_activities_or_subcontractors(practitioner: Client) -> None:
    page = assert_page(practitioner.get(_detail(ContractFactory())))

    assert "The service provider has not listed its activities." in _said(page)
    assert not {"Works together with", "Takes referrals until"} & set(_facts(page))


def test_a_closed_service_is_gone_and_says_since_when(practitioner: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    contract = ContractFactory(title="Old service", closes_on=yesterday)

    page = assert_page(practitioner.get(_detail(contract)), status=410)

    said = f"Old service stopped taking referrals after {yesterday.day} {yesterday:%B %Y}."
    assert said in _said(page)
    assert "Make a referral" not in _said(page)


def test_a_service_that_has_not_opened_says_from_when_and_can_be_prepared_for(practitioner: Client) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    contract = ContractFactory(title="New service", opens_on=tomorrow)

    page = assert_page(practitioner.get(_detail(contract)))

    assert f"New service takes referrals from {tomorrow.day} {tomorrow:%B %Y}." in _said(page)
    assert "Make a referral" in _said(page)
    assert _titles(assert_page(practitioner.get(FIND))) == []


@pytest.mark.parametrize("number", [pytest.param("0", id="nought"), pytest.param("9" * 30, id="very large")])
def test_an_unknown_service_is_not_found(practitioner: Client, number: str) -> None:
    assert_page(practitioner.get(f"{FIND}{number}/"), status=404)


def test_looking_is_audited(practitioner: Client) -> None:
    contract = ContractFactory()
    practitioner.get(FIND)
    practitioner.get(_detail(contract))

    viewed = AuditEvent.objects.filter(action=AuditAction.CATALOGUE_VIEWED)
    assert sorted(event.facts["page"] for event in viewed) == ["interventions:detail", "interventions:find"]


@pytest.mark.parametrize("who", ["supplier", "supplier on the contract", "administrator"])
@pytest.mark.parametrize("where", ["list", "detail"])
def test_the_catalogue_is_for_practitioners_only(who: str, where: str) -> None:
    contract = ContractFactory(title="Not for you")
    users = {
        "supplier": SupplierUserFactory,
        "supplier on the contract": lambda: caseworker_on(contract),
        "administrator": AdministratorFactory,
    }
    client = _signed_in(users[who]())

    page = assert_page(client.get(FIND if where == "list" else _detail(contract)), status=403)

    assert "Not for you" not in page.get_text()


@pytest.mark.parametrize("where", ["list", "detail"])
def test_nobody_sees_the_catalogue_without_signing_in(where: str) -> None:
    address = FIND if where == "list" else _detail(ContractFactory())

    response = Client().get(address)

    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={address}")


def test_the_pages_take_no_posts(practitioner: Client) -> None:
    assert practitioner.post(FIND).status_code == 405


def test_text_is_shown_as_it_was_typed(practitioner: Client) -> None:
    odd = "<script>alert(1)</script> {{ 7 * 7 }} Llanfair-ŷ 🙂 \"quoted\" 'so' & more"
    contract = ContractFactory(
        title=odd, description=odd, prime=ProviderFactory(name=odd), subcontractors=[ProviderFactory()]
    )
    ActivityFactory(contract=contract, need_area=odd, activity=odd, method=odd, location=odd)

    for address in (FIND, _detail(contract)):
        response = practitioner.get(address)
        assert response.status_code == 200
        page = BeautifulSoup(response.content.decode(), "html5lib")
        assert odd in page.main.get_text()
        assert "alert(1)" not in "".join(script.get_text() for script in page.find_all("script"))
