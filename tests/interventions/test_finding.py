"""Finding a service: what each filter finds, what an address may ask for and never holds, what is remembered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from interventions.finding.criteria import Criteria, needs
from interventions.finding.search import Search
from interventions.models import Contract, Setting
from tests.factories.accounts import PractitionerFactory, ProviderFactory
from tests.factories.interventions import (
    ActivityFactory,
    CategoryFactory,
    ContractFactory,
    ContractTypeFactory,
    PoliceAreaFactory,
    RegionFactory,
)
from tests.pages import assert_page

pytestmark = pytest.mark.usefixtures("empty_tables")
FIND = "/probation-practitioner/services/"
LOOK = "What to look for"
TOO_LONG = "must be 100 characters or fewer"
UNSAVEABLE = "contains a character that cannot be saved. Remove it and try again"


@pytest.fixture
def practitioner(empty_tables: None) -> Client:
    client = Client()
    client.force_login(PractitionerFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _titles(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".rm-service h2 a")]


def _said(page: BeautifulSoup) -> str:
    return " ".join(page.main.get_text(" ").split())


def _find(client: Client, query: str = "", status: int = 200) -> BeautifulSoup:
    return assert_page(client.get(f"{FIND}?{query}" if query else FIND), status)


def _active(page: BeautifulSoup) -> dict[str, str]:
    """The filters that are on, with the address that takes each off."""
    links = page.select(".rm-active__filter")
    return {" ".join(link.get_text(" ").split()).removesuffix(" ✕"): str(link["href"]) for link in links}


# --- What is found


@pytest.fixture
def catalogue(empty_tables: None) -> None:
    """One service for each thing that can be told apart, by its title."""
    yorkshire, north = RegionFactory(name="Yorkshire"), RegionFactory(name="North")
    leeds = PoliceAreaFactory(name="Leeds", slug="leeds", region=yorkshire)
    PoliceAreaFactory(name="Hull", slug="hull", region=yorkshire)
    durham = PoliceAreaFactory(name="Durham", slug="durham", region=north)
    housing, debt = CategoryFactory(code="ACC", name="Housing"), CategoryFactory(code="FBD", name="Debt")
    local_debt = CategoryFactory(code="FBD-L", name="Debt (Leeds)")
    a_home = ContractTypeFactory(categories=[housing])
    everything = ContractTypeFactory(categories=[housing, debt])
    money = ContractTypeFactory(categories=[local_debt])
    women = ContractFactory(title="Women", police_area=leeds, contract_type=everything, allows_male=False)
    ContractFactory(title="Men", police_area=durham, contract_type=a_home, allows_female=False, min_age=26)
    region = ContractFactory(title="Region", police_area=None, region=yorkshire, contract_type=money)
    young = ContractFactory(title="Young", police_area=durham, contract_type=a_home, max_age=25)
    ActivityFactory(contract=women, setting=Setting.COMMUNITY)
    ActivityFactory(contract=region, setting=Setting.BOTH)
    ActivityFactory(contract=young, setting=Setting.CUSTODY)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("area=leeds", ["Region", "Women"], id="an area: its own and its region's"),
        pytest.param("area=hull", ["Region"], id="an area with a regional contract only"),
        pytest.param("area=hull&area=durham", ["Men", "Region", "Young"], id="two areas: either"),
        pytest.param("need=ACC", ["Men", "Women", "Young"], id="a need: every contract that offers it"),
        pytest.param("need=FBD", ["Region", "Women"], id="a need with its regional wordings"),
        pytest.param("need=ACC&need=FBD", ["Men", "Region", "Women", "Young"], id="two needs: either"),
        pytest.param("sex=women", ["Region", "Women", "Young"], id="women"),
        pytest.param("sex=men", ["Men", "Region", "Young"], id="men"),
        pytest.param("sex=both", ["Region", "Young"], id="women and men in one service"),
        pytest.param("age=17", [], id="too young for all"),
        pytest.param("age=18", ["Region", "Women", "Young"], id="18"),
        pytest.param("age=25", ["Region", "Women", "Young"], id="25, the last age of a service"),
        pytest.param("age=26", ["Men", "Region", "Women"], id="26, the first age of a service"),
        pytest.param("young=YES", ["Young"], id="18 to 25 only"),
        pytest.param("place=custody", ["Region", "Young"], id="in custody"),
        pytest.param("place=community", ["Region", "Women"], id="in the community"),
        pytest.param("area=durham&sex=women", ["Young"], id="two filters: both hold"),
        pytest.param("area=leeds&need=ACC&sex=men", [], id="nothing holds all"),
        pytest.param("words=&age=&sex=&place=&sort=", ["Men", "Region", "Women", "Young"], id="empty form"),
    ],
)
def test_each_filter_finds(practitioner: Client, query: str, found: list[str]) -> None:
    assert _titles(_find(practitioner, query)) == found


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("tenancy", True, id="title"),
        pytest.param("TENANCY", True, id="in capitals"),
        pytest.param("landlords", True, id="description"),
        pytest.param("arrears", True, id="need of an activity"),
        pytest.param("mediation", True, id="activity"),
        pytest.param("video", True, id="how it is delivered"),
        pytest.param("Wakefield", True, id="where it is delivered"),
        pytest.param("Mossbank", True, id="provider"),
        pytest.param("Ashdale", True, id="subcontractor"),
        pytest.param("mossbank wakefield", True, id="two words in two places"),
        pytest.param("mossbank Rotherham", False, id="two words, one of them nowhere"),
        pytest.param("women’s", True, id="an apostrophe as a phone types it"),
        pytest.param("women's", True, id="an apostrophe as a keyboard types it"),
        pytest.param("%", False, id="a sign that databases read as anything"),
        pytest.param("_______", False, id="signs that databases read as any letter"),
        pytest.param("' OR 1=1", False, id="a query"),
    ],
)
def test_words_are_looked_for_everywhere(practitioner: Client, words: str, is_found: bool) -> None:
    contract = ContractFactory(
        title="Keeping a tenancy",
        description="First line.\nHelps with landlords.",
        prime=ProviderFactory(name="Mossbank Trust"),
        subcontractors=[ProviderFactory(name="Ashdale Women's Centre")],
    )
    ActivityFactory(
        contract=contract, need_area="Arrears", activity="Mediation", method="By video", location="Wakefield"
    )
    ContractFactory(title="Another", description="Nothing in common.")

    page = assert_page(practitioner.get(FIND, {"words": words}))

    assert ("Keeping a tenancy" in _titles(page)) is is_found


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (place, words)
        for place in ("title", "description", "activity", "provider", "subcontractor")
        for words in (
            "cafe",
            "CAFÉ",
            "Cafe\u0301",
            "YNYS MÔN",
            "ynys mon",
            "Élan Café",
            "lodz",
            "ŁÓDŹ",
            "oneill",
            "O’Neill",
        )
    ],
)
def test_capitals_and_accents_make_no_difference(practitioner: Client, place: str, words: str) -> None:
    said = "Ynys Môn Café Élan of Łódź O'Neill"
    of = ProviderFactory(name=said if place == "provider" else "Mossbank")
    beside = [ProviderFactory(name=said)] if place == "subcontractor" else []
    texts = {place: said} if place in ("title", "description") else {}
    contract = ContractFactory(
        **{"title": "Home", "description": "A home."} | texts, prime=of, subcontractors=beside
    )
    ActivityFactory(contract=contract, activity=said if place == "activity" else "Mediation")
    ContractFactory(title="Another", description="Nothing in common.")

    page = assert_page(practitioner.get(FIND, {"words": words}))

    assert _titles(page) == [contract.title]


@pytest.mark.parametrize("sort", ["", "provider", "area"])
def test_services_are_sorted_without_regard_to_capitals_and_accents(practitioner: Client, sort: str) -> None:
    """By title, and with equal titles by the name of the provider or of the area."""
    in_order = ["Ächt", "ash", "Élan", "Łódź", "Lundy", "O’Neill", "Onslow", "van der Elm", "Vander Aa"]
    for name in reversed(in_order):
        ContractFactory(
            title="Same" if sort else name,
            description=name,
            prime=ProviderFactory(name=f"{name} Trust"),
            police_area=PoliceAreaFactory(name=name),
        )

    page = _find(practitioner, f"sort={sort}")

    cards = [card.get_text() for card in page.select(".rm-service")]
    assert [next(name for name in in_order if name in card) for card in cards] == in_order


def test_services_are_found_once_however_often_a_word_stands_in_them(practitioner: Client) -> None:
    contract = ContractFactory(
        title="Home", subcontractors=[ProviderFactory(name=f"Home {n}") for n in range(3)]
    )
    for number in range(5):
        ActivityFactory(contract=contract, activity=f"Home {number}", setting=Setting.BOTH)

    page = _find(practitioner, "words=home&place=custody")

    assert _titles(page) == ["Home"]
    assert "1 commissioned rehabilitative service matches your filters." in _said(page)


def test_a_filter_never_brings_back_what_has_ended(practitioner: Client) -> None:
    ContractFactory(title="Ended", closes_on=timezone.localdate() - timedelta(days=1))

    page = _find(practitioner, "words=ended")

    assert _titles(page) == []
    assert "No service matches your filters." in _said(page)


# --- What the page says


@pytest.mark.usefixtures("catalogue")
def test_what_is_filtered_is_said_and_can_be_taken_off_one_by_one(practitioner: Client) -> None:
    query = "words=o&area=leeds&area=hull&need=FBD&sex=both&age=30&place=custody&sort=provider"
    page = _find(practitioner, query)

    active = _active(page)
    assert list(active) == [
        "Remove filter Words: o",
        "Remove filter Police area: Hull",
        "Remove filter Police area: Leeds",
        "Remove filter Need: Debt",
        "Remove filter Sex: Women and men, in one service",
        "Remove filter Age: 30",
        "Remove filter The person is: in custody",
    ]
    without_leeds = parse_qs(urlsplit(active["Remove filter Police area: Leeds"]).query)
    assert without_leeds == parse_qs(query.replace("&area=leeds", ""))
    assert "1 commissioned rehabilitative service matches your filters." in _said(page)


@pytest.mark.usefixtures("catalogue")
def test_the_form_shows_what_was_asked_for(practitioner: Client) -> None:
    page = _find(practitioner, "area=leeds&need=FBD&sex=men&age=30&young=YES&place=custody&words=a+home")
    form = page.select_one(".rm-filters form")

    assert form["method"] == "get"
    assert form["action"] == FIND
    ticked = {(box["name"], box["value"]) for box in form.select("input[checked]")}
    assert ticked == {("area", "leeds"), ("need", "FBD"), ("young", "YES")}
    assert {box["value"] for box in form.select("option[selected]")} == {"men", "custody"}
    assert form.select_one("input[name=age]")["value"] == "30"
    assert form.select_one("input[name=words]")["value"] == "a home"


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        pytest.param("", ["apples", "Bread", "Cake"], id="by name, whatever the capitals"),
        pytest.param("provider", ["Cake", "Bread", "apples"], id="by provider"),
        pytest.param("area", ["Bread", "apples", "Cake"], id="by police area or region"),
        pytest.param("newest", ["apples", "Cake", "Bread"], id="the newest first"),
    ],
)
def test_services_are_sorted(practitioner: Client, sort: str, titles: list[str]) -> None:
    day = date(2024, 1, 1)
    for title, firm, area, opens in (("Bread", "moor", "Avon", 1), ("apples", "Zennor", "Gwent", 3)):
        ContractFactory(
            title=title,
            prime=ProviderFactory(name=firm),
            police_area=PoliceAreaFactory(name=area),
            opens_on=day + timedelta(days=opens),
        )
    ContractFactory(
        title="Cake",
        prime=ProviderFactory(name="Ash"),
        police_area=None,
        region=RegionFactory(name="Wales"),
        opens_on=day + timedelta(days=2),
    )

    page = _find(practitioner, f"sort={sort}")

    assert _titles(page) == titles
    current = page.select_one("nav[aria-label='Sort the services'] [aria-current]").get_text(strip=True)
    assert current == {"": "Name", "provider": "Provider", "area": "Area", "newest": "Newest first"}[sort]


def test_sorting_keeps_the_filters_and_filtering_keeps_the_order(practitioner: Client) -> None:
    ContractFactory(title="Home")

    page = _find(practitioner, "words=home&sort=newest")

    by_area = page.find("a", string="Area")["href"]
    assert parse_qs(urlsplit(by_area).query) == {"words": ["home"], "sort": ["area"]}
    assert page.select_one(".rm-filters input[type=hidden][name=sort]")["value"] == "newest"


@pytest.mark.parametrize(
    ("settings", "fact", "on_card"),
    [
        pytest.param([], None, "", id="nothing said"),
        pytest.param([""], None, "", id="an activity that does not say"),
        pytest.param([Setting.COMMUNITY], "Community", ", in the community", id="community"),
        pytest.param([Setting.CUSTODY, ""], "Custody", ", in custody", id="custody"),
        pytest.param(
            [Setting.BOTH],
            "Custody and community",
            ", in custody and the community",
            id="an activity in both",
        ),
        pytest.param(
            [Setting.CUSTODY, Setting.COMMUNITY],
            "Custody and community",
            ", in custody and the community",
            id="activities in both",
        ),
    ],
)
def test_where_a_service_is_delivered_is_said_when_it_is_known(
    practitioner: Client, settings: list[str], fact: str | None, on_card: str
) -> None:
    contract = ContractFactory()
    for setting in settings:
        ActivityFactory(contract=contract, setting=setting)

    detail = assert_page(practitioner.get(f"{FIND}{contract.pk}/"))

    rows = {row.dt.get_text(strip=True): row.dd.get_text(strip=True) for row in detail.select("dl > div")}
    assert rows.get("Delivered in") == fact
    offer = _find(practitioner).select(".rm-service__line")[1].get_text()
    assert offer.partition("aged 18 and over")[2] == on_card


# --- What an address may ask for


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "said", "found"),
    [
        pytest.param("area=atlantis", "a police area that we do not know", 4, id="area"),
        pytest.param("area=atlantis&area=durham", "a police area that we do not know", 2, id="one of two"),
        pytest.param("area=%00", "a police area that we do not know", 4, id="a null byte"),
        pytest.param("need=MAGIC", "a need that we do not know", 4, id="need"),
        pytest.param("sex=x&age=18", "a sex that we do not know", 3, id="sex"),
        pytest.param("place=moon", "a place that we do not know", 4, id="place"),
        pytest.param("young=perhaps", "an age group that we do not know", 4, id="age group"),
        pytest.param("sort=-password", "an order that we do not know", 4, id="order"),
    ],
)
def test_what_is_not_known_any_more_is_left_out_and_said(
    practitioner: Client, query: str, said: str, found: int
) -> None:
    page = _find(practitioner, query)

    assert len(_titles(page)) == found
    assert f"This address asks for {said}." in _said(page)
    assert "atlantis" not in page.get_text()


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "error", "field", "kept"),
    [
        pytest.param("age=old&sex=women", "Age must be a whole number, like 10", "find-age", "old", id="a word"),
        pytest.param("age=0", "Age must be between 1 and 120", "find-age", "0", id="nought"),
        pytest.param("age=121", "Age must be between 1 and 120", "find-age", "121", id="121"),
        pytest.param("age=" + "9" * 400, "Age must be between 1 and 120", "find-age", "9" * 400, id="endless"),
        pytest.param("words=" + "x" * 101, f"{LOOK} {TOO_LONG}", "find-words", "x" * 101, id="long"),
        pytest.param("words=a%00b", f"{LOOK} {UNSAVEABLE}", "find-words", "a\ufffdb", id="a null byte"),
    ],
)  # fmt: skip
def test_what_was_typed_wrongly_is_an_error_at_its_box(
    practitioner: Client, query: str, error: str, field: str, kept: str
) -> None:
    page = _find(practitioner, query, status=422)

    link = page.select_one(".govuk-error-summary a")
    assert (link.get_text(strip=True), link["href"]) == (error, f"#{field}")
    assert page.find(id=field)["value"] == kept
    assert page.select_one(".rm-filters").has_attr("open")
    assert "Women" in _titles(page)  # the other filters hold
    assert ("Men" in _titles(page)) is ("sex" not in query)
    again = assert_page(practitioner.get(FIND, follow=True))
    assert _titles(again) == _titles(page)  # what could not be used is not remembered


def test_an_address_of_thousands_of_values_is_answered(practitioner: Client) -> None:
    ContractFactory(title="Here")

    page = _find(practitioner, "&".join(f"area=a{number}" for number in range(900)))

    assert _titles(page) == ["Here"]


@pytest.mark.parametrize(
    ("typed", "is_left_out"),
    [
        pytest.param("X980010", True, id="a CRN"),
        pytest.param("housing x980010", True, id="a CRN among words, in small letters"),
        pytest.param("(X980010)", True, id="a CRN in brackets"),
        pytest.param("X980\u200b010", True, id="a CRN with a zero width space in it"),
        pytest.param("X98001", False, id="too short for a CRN"),
        pytest.param("AX9800101", False, id="within something longer"),
        pytest.param("DEMO 980010", False, id="a number"),
    ],
)
def test_no_crn_stays_in_an_address(practitioner: Client, typed: str, is_left_out: bool) -> None:
    answer = practitioner.get(FIND, {"words": typed, "age": "30", "page": "2"})

    if not is_left_out:
        assert answer.status_code == 200
        return
    assert answer["Location"] == f"{FIND}?age=30"
    page = _find(practitioner, "age=30")
    assert "looks like a CRN, so we did not use it" in _said(page)
    assert "980010" not in page.get_text()
    assert "980010" not in str(dict(practitioner.session.items()))


# --- What is remembered


@pytest.mark.usefixtures("catalogue")
def test_what_is_looked_for_is_remembered_until_it_is_cleared(practitioner: Client) -> None:
    _find(practitioner, "area=leeds&sort=newest")

    again = practitioner.get(FIND)
    assert again["Location"] == f"{FIND}?area=leeds&sort=newest"
    women = Contract.objects.get(title="Women")
    detail = assert_page(practitioner.get(f"{FIND}{women.pk}/"))
    assert detail.select_one(".govuk-back-link")["href"] == f"{FIND}?area=leeds&sort=newest"

    cleared = practitioner.get(f"{FIND}?clear=1")
    assert cleared["Location"] == FIND
    assert len(_titles(_find(practitioner))) == 4


@pytest.mark.usefixtures("catalogue")
def test_taking_off_the_last_filter_clears(practitioner: Client) -> None:
    page = _find(practitioner, "area=leeds")

    (href,) = _active(page).values()
    assert practitioner.get(href)["Location"] == FIND
    assert len(_titles(_find(practitioner))) == 4


def test_the_page_of_the_list_is_remembered(practitioner: Client) -> None:
    for _ in range(41):
        ContractFactory()
    assert len(_titles(_find(practitioner, "words=service&page=3"))) == 1

    assert practitioner.get(FIND)["Location"] == f"{FIND}?words=service&page=3"
    first = _find(practitioner, "words=service&page=1")
    assert "page" not in practitioner.get(FIND)["Location"]
    onwards = first.select_one("nav[aria-label=Pages] a[rel=next]")["href"]
    assert parse_qs(urlsplit(onwards).query) == {"words": ["service"], "page": ["2"]}


@pytest.mark.usefixtures("catalogue")
def test_what_one_practitioner_looks_for_is_not_what_another_sees(practitioner: Client) -> None:
    _find(practitioner, "area=leeds")
    other = Client()
    other.force_login(PractitionerFactory(), backend="django.contrib.auth.backends.ModelBackend")

    assert len(_titles(_find(other))) == 4
    assert _titles(_find(other, "area=leeds")) == ["Region", "Women"]  # a filtered address can be passed on


# --- Values


@pytest.mark.parametrize(
    ("criteria", "query"),
    [
        pytest.param(Criteria(), "", id="nothing"),
        pytest.param(Criteria(area=("a", "b"), need=("ACC",)), "area=a&area=b&need=ACC", id="several values"),
        pytest.param(Criteria(age=1, young=True), "age=1&young=YES", id="a number and a tick"),
        pytest.param(Criteria(words="a & b=c"), "words=a+%26+b%3Dc", id="signs of addresses"),
    ],
)
def test_the_query_of_a_search(criteria: Criteria, query: str) -> None:
    assert criteria.query() == query
    assert criteria.query(page=3) == f"{query}&page=3".removeprefix("&")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param(["ACC"], {"ACC": ("ACC",)}, id="alone"),
        pytest.param(["FBD", "FBD-L", "FBD-W"], {"FBD": ("FBD", "FBD-L", "FBD-W")}, id="with regional ones"),
        pytest.param(["NEW-1", "NEW-2"], {"NEW-1": ("NEW-1",), "NEW-2": ("NEW-2",)}, id="no category to belong to"),
    ],
)  # fmt: skip
def test_regional_categories_belong_to_their_need(codes: list[str], expected: dict[str, Any]) -> None:
    found = needs(CategoryFactory.build(code=code) for code in codes)

    assert {need.code: need.categories for need in found} == expected


def test_every_choice_of_the_form_is_one_that_is_understood() -> None:
    from django.http import QueryDict

    search = Search.from_query(QueryDict(""))
    for name in ("sex", "place"):
        for choice in search.form.fields[name].offered():
            asked = Search.from_query(QueryDict(f"{name}={choice.value}"))
            assert asked.notices == []
            assert asked.filtered(Contract.objects.all()).count() == 0
