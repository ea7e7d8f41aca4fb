"""The supplier's lists of cases: which cases stand where, in what order, and how they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User, WebSession
from events.models import AuditAction, AuditEvent
from govuk.template_filters import short_date, unbroken
from govuk.text import one_line
from interventions.models import Contract
from monitoring.lists.case_lists import BY_SLUG, LISTS
from monitoring.lists.colleagues import colleagues_on, loads_on
from monitoring.lists.listed import Window
from monitoring.models import Pause, ReceivedReferral, Stage, Turn
from monitoring.models.received_referral import LONGEST_NAME
from monitoring.rules.stages import ENDED, OPEN
from tests.conftest import Page
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, a_person, many_received, received
from tests.factories.monitoring_delivery import assigned, at_stage
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

HOME = "/service-provider/"
SignIn = Callable[[str], Client]
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def _list(slug: str) -> str:
    return reverse("monitoring:case_list", args=[slug])


BY_CASEWORKER = "/service-provider/cases/by-caseworker"
LIST_ADDRESSES = [f"/service-provider/cases/{one.slug}" for one in LISTS]


@pytest.fixture
def contract() -> Contract:
    return a_contract(title="Somewhere to live")


@pytest.fixture
def sam(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def ted(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Ted", last_name="Tarn")


@pytest.fixture
def client(sam: User) -> Client:
    return _signed_in(sam)


def _signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def _set(case: ReceivedReferral, **columns: Any) -> ReceivedReferral:
    """The case with other columns, without working its stage out: a list reads columns."""
    if columns.get("stage") in ENDED:
        columns = {"concluded_at": timezone.now(), "conclusion": columns["stage"], "due_on": None, **columns}
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(**columns)
    case.refresh_from_db()
    return case


def _named(contract: Contract, first: str, last: str, **columns: Any) -> ReceivedReferral:
    return _set(received(contract, person=a_person(first_name=first, last_name=last)), **columns)


def _names(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select("tbody th a")]


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def _tags(soup: BeautifulSoup) -> dict[str, str]:
    """What leaves cases out, with the address that takes it off."""
    return {link.get_text().removesuffix(" ✕"): link["href"] for link in soup.select(".rm-active__filter")}


def _search(client: Client, slug: str, terms: str) -> BeautifulSoup:
    response = client.post(_list(slug), {"terms": terms}, follow=True)
    return Page().read(response, status=200)


# --- Which cases stand in which list ---------------------------------------------------------------

IN_LISTS = {
    # (stage, whose it is): the lists in which it stands, for Sam
    **{(stage, "Sam"): {"mine", "open"} for stage in OPEN if stage != Stage.ASSIGN},
    **{(stage, "Ted"): {"open"} for stage in OPEN if stage != Stage.ASSIGN},
    (Stage.ASSIGN, "nobody"): {"unassigned", "open"},
    (Stage.COMPLETED, "Sam"): {"completed"},
    (Stage.ENDED_EARLY, "Ted"): {"completed"},
    (Stage.CANCELLED, "Sam"): {"cancelled"},
    (Stage.CANCELLED, "nobody"): {"cancelled"},
}


@pytest.mark.slow
def test_each_case_stands_where_it_belongs(
    client: Client, contract: Contract, sam: User, ted: User, page: Page
) -> None:
    workers = {"Sam": sam, "Ted": ted, "nobody": None}
    cases = {
        (stage, whose): _set(at_stage(stage, contract=contract), caseworker=workers[whose])
        for stage, whose in IN_LISTS
    }

    listed = {one.slug: _text(page(client, _list(one.slug))) for one in LISTS}

    found = {
        key: {slug for slug, text in listed.items() if case.reference in text} for key, case in cases.items()
    }
    assert found == IN_LISTS


def test_every_stage_stands_in_a_list() -> None:
    assert {stage for one in LISTS for stage in one.stages} == set(Stage)


@pytest.mark.parametrize("address", LIST_ADDRESSES)
def test_nobody_elses_cases(client: Client, page: Page, address: str) -> None:
    elsewhere = a_contract()
    for stage in (Stage.ASSIGN, Stage.PLAN, Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED):
        at_stage(stage, contract=elsewhere)

    assert page(client, address).select("table") == []


def test_a_case_of_mine_on_a_contract_taken_from_me_is_gone(
    client: Client, contract: Contract, sam: User, page: Page
) -> None:
    other = a_contract(prime=contract.prime)
    grant = ContractGrantFactory(user=sam, contract=other)
    case = assigned(received(other), to=sam)
    assert case.reference in _text(page(client, HOME))

    grant.revoked_at, grant.revoked_by = timezone.now(), sam
    grant.save()

    assert case.reference not in _text(page(client, _list("mine")))


# --- Where one begins ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "heading"),
    [
        pytest.param("mine", "Your cases", id="a caseworker with cases"),
        pytest.param("somebody's", "All open cases", id="no cases of one's own"),
        pytest.param("ended", "All open cases", id="only ended cases"),
        pytest.param("none", "All open cases", id="no cases at all"),
    ],
)
def test_the_first_page(
    client: Client, contract: Contract, sam: User, page: Page, situation: str, heading: str
) -> None:
    if situation != "none":
        case = received(contract)
        if situation == "mine":
            assigned(case, to=sam)
        if situation == "ended":
            _set(case, caseworker=sam, stage=Stage.CANCELLED)

    soup = page(client, HOME)

    assert soup.h1.get_text() == heading
    current = soup.select_one("nav[aria-label='Lists of cases'] [aria-current=page]")
    counts = {
        "Your cases": int(situation == "mine"),
        "All open cases": int(situation in ("mine", "somebody's")),
    }
    assert current.get_text() == f"{heading} ({counts[heading]})"
    assert [link.get_text(strip=True) for link in soup.select(".govuk-service-navigation__link")] == [
        "All cases",
        "Agenda",
        "Reporting",
    ]


def test_the_columns_of_an_open_list(client: Client, contract: Contract, ted: User, page: Page) -> None:
    today = timezone.localdate()
    case = _named(contract, "Una", "Ebb", stage=Stage.PLAN, caseworker=ted, due_on=today + timedelta(days=2))
    ReceivedReferral.objects.unscoped().update(received_at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    soup = page(client, _list("open"))

    headings = [heading.get_text(strip=True) for heading in soup.select("thead th")]
    cells = [cell.get_text(" ", strip=True) for cell in soup.select("tbody tr > *")]
    due = today + timedelta(days=2)
    assert dict(zip(headings, cells, strict=True)) == {
        "Name and CRN": "Una Ebb X980010",
        "Reference number": case.reference,
        "Intervention": "Somewhere to live",
        "Caseworker": "Ted Tarn",
        "Date received": short_date(date(2026, 3, 1)),
        "Status": "Supplier assessment completed",
        "Next step": "Submit the action plan",
        "Due": short_date(due),
    }
    assert soup.select_one("tbody a")["href"] == reverse("monitoring:referral_details", args=[case.pk])


@pytest.mark.parametrize(
    ("slug", "differs"),
    [
        pytest.param("mine", {"Due"}, id="mine: no caseworker"),
        pytest.param(
            "unassigned", {"Location", "Expected release date", "Due"}, id="unassigned: where they are"
        ),
        pytest.param("open", {"Caseworker", "Due"}, id="open"),
        pytest.param("completed", {"Caseworker", "Ended"}, id="completed: when it ended"),
        pytest.param("cancelled", {"Caseworker", "Ended"}, id="cancelled: when it ended"),
    ],
)
def test_columns_differ_by_list(
    client: Client, contract: Contract, sam: User, page: Page, slug: str, differs: set[str]
) -> None:
    stage = BY_SLUG[slug].stages[-1]
    _set(received(contract), stage=stage, caseworker=None if slug == "unassigned" else sam)

    headings = {heading.get_text(strip=True) for heading in page(client, _list(slug)).select("thead th")}

    always = {"Name and CRN", "Reference number", "Intervention", "Date received", "Status", "Next step"}
    assert headings == always | differs


@pytest.mark.parametrize(
    ("columns", "location", "release"),
    [
        pytest.param({}, "County Durham and Darlington", "In the community", id="community: the PDU"),
        pytest.param(
            {"practitioner_office": "Durham Office"},
            "Durham Office",
            "In the community",
            id="community: the office",
        ),
        pytest.param({"practitioner_pdu": ""}, "Not available", "In the community", id="community: neither"),
        pytest.param(
            {"location": "CUSTODY", "establishment": "Leeds (HMP)", "release_date": date(2027, 3, 9)},
            "Leeds (HMP)",
            short_date(date(2027, 3, 9)),
            id="custody: a date",
        ),
        pytest.param(
            {
                "location": "CUSTODY",
                "establishment": "Leeds (HMP)",
                "release_date_unknown_reason": "Parole board.",
            },
            "Leeds (HMP)",
            "Not known",
            id="custody: not known",
        ),
        pytest.param(
            {"location": "CUSTODY", "establishment": "Leeds (HMP)"},
            "Leeds (HMP)",
            "Not during the intervention",
            id="custody: just arrived",
        ),
    ],
)
def test_an_unassigned_case_says_where_the_person_is_and_when_they_are_released(
    client: Client, contract: Contract, page: Page, columns: dict[str, Any], location: str, release: str
) -> None:
    _set(received(contract), **columns)

    soup = page(client, _list("unassigned"))

    headings = [heading.get_text(strip=True) for heading in soup.select("thead th")]
    cells = [cell.get_text(" ", strip=True) for cell in soup.select("tbody tr > *")]
    said = dict(zip(headings, cells, strict=True))
    assert (said["Location"], said["Expected release date"]) == (location, release)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param(-10, "Overdue by 10 days", id="ten days ago"),
        pytest.param(-1, "Overdue by 1 day", id="yesterday"),
        pytest.param(0, "Today", id="today"),
        pytest.param(1, "", id="tomorrow"),
    ],
)
def test_overdue_is_said_in_words(
    client: Client, contract: Contract, page: Page, days: int, said: str
) -> None:
    due = timezone.localdate() + timedelta(days=days)
    _set(received(contract), due_on=due)

    cell = page(client, _list("open")).select("tbody tr > *")[-1].get_text(" ", strip=True)

    assert cell == f"{unbroken(said)} {short_date(due)}".strip()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param(
            -1, unbroken("Overdue by 1 day") + " {due}. Paused since {since}", id="overdue all the same"
        ),
        pytest.param(5, "{due} Paused since {since}", id="to come"),
    ],
)
def test_a_paused_case_says_so_beside_its_due_date(
    client: Client, contract: Contract, sam: User, page: Page, days: int, said: str
) -> None:
    today = timezone.localdate()
    case, other = (received(contract) for _ in range(2))
    for starts_on, ends_on in ((today - timedelta(days=9), today - timedelta(days=8)), (today, None)):
        Pause.objects.unscoped().create(
            form_key=uuid4(), received=case, starts_on=starts_on, ends_on=ends_on, reason="Ill", set_by=sam,
            set_at=timezone.now(),
        )  # fmt: skip
    due = today + timedelta(days=days)
    for one in (case, other):
        _set(one, due_on=due)

    rows = page(client, _list("open")).select("tbody tr")

    cells = {
        row.select("td")[0].get_text(strip=True): row.select("td")[-1].get_text(" ", strip=True)
        for row in rows
    }
    assert len(rows) == 2, "an ended pause makes no second row"
    assert cells[case.reference] == said.format(due=short_date(due), since=short_date(today))
    assert "Paused" not in cells[other.reference]


def test_a_closed_account_is_said(client: Client, contract: Contract, ted: User, page: Page) -> None:
    assigned(received(contract), to=ted)
    User.objects.filter(pk=ted.pk).update(is_active=False)

    assert "Ted Tarn This account is closed" in _text(page(client, _list("open")))


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        pytest.param("mine", "You have no open cases", id="mine"),
        pytest.param("unassigned", "Every open case has a caseworker", id="unassigned"),
        pytest.param("open", "No referrals yet", id="open"),
        pytest.param("completed", "No cases have been completed yet", id="completed"),
        pytest.param("cancelled", "No cases have been cancelled", id="cancelled"),
    ],
)
def test_an_empty_list_says_what_will_come(client: Client, page: Page, slug: str, said: str) -> None:
    assert said in _text(page(client, _list(slug)))


# --- What needs me first ---------------------------------------------------------------------------


def test_what_needs_me_today_stands_first_then_by_due_date(
    client: Client, contract: Contract, sam: User, ted: User, page: Page
) -> None:
    today = timezone.localdate()
    mine = {"stage": Stage.PLAN, "caseworker": sam}
    _named(contract, "Mine", "Tomorrow", **mine, due_on=today + timedelta(days=1))
    _named(contract, "Mine", "Today", **mine, due_on=today)
    _named(
        contract, "Mine", "Theirturn", **mine, due_on=today - timedelta(days=8), whose_turn=Turn.PRACTITIONER
    )
    _named(contract, "Teds", "Late", stage=Stage.PLAN, caseworker=ted, due_on=today - timedelta(days=9))
    _named(contract, "Mine", "Late", **mine, due_on=today - timedelta(days=2))
    _named(contract, "Nobodys", "Late", stage=Stage.ASSIGN, due_on=today - timedelta(days=5))
    _named(contract, "Teds", "Undated", stage=Stage.PLAN, caseworker=ted, due_on=None)

    soup = page(client, _list("open"))

    assert _names(soup) == [
        "Mine Late", "Mine Today",
        "Teds Late", "Mine Theirturn", "Nobodys Late", "Mine Tomorrow", "Teds Undated",
    ]  # fmt: skip
    assert "2 cases need action today" in _text(soup)
    assert _names(page(client, _list("mine")))[:2] == ["Mine Late", "Mine Today"]


def test_ended_cases_begin_with_the_newest_end(client: Client, contract: Contract, page: Page) -> None:
    now = timezone.now()
    for days in (3, 1, 2):
        _named(
            contract, "Ended", f"Ago {days}", stage=Stage.COMPLETED, concluded_at=now - timedelta(days=days)
        )

    assert _names(page(client, _list("completed"))) == ["Ended Ago 1", "Ended Ago 2", "Ended Ago 3"]


# --- Sorting ---------------------------------------------------------------------------------------


@pytest.fixture
def three(contract: Contract, sam: User, ted: User) -> None:
    """Three cases whose order is another one by each column."""
    other = a_contract(title="A job", prime=contract.prime)
    ContractGrantFactory(user=sam, contract=other)
    now, today = timezone.now(), timezone.localdate()
    _named(contract, "Zoe", "Ash", stage=Stage.PLAN, caseworker=ted, received_at=now - timedelta(days=2),
           due_on=today + timedelta(days=3), reference="KW3000AA")  # fmt: skip
    _named(contract, "Amy", "Éclair", stage=Stage.REPORT, caseworker=sam, received_at=now - timedelta(days=3),
           due_on=None, reference="KW1000AA")  # fmt: skip
    _named(other, "Bob", "Fir", stage=Stage.ASSIGN, received_at=now - timedelta(days=1),
           due_on=today + timedelta(days=1), reference="KW2000AA")  # fmt: skip


#: Situation: what the address asks for, and the order of first names.
SORTED = {
    "last name, without accents": ("name", "Zoe Amy Bob"),
    "last name, down": ("-name", "Bob Amy Zoe"),
    "reference": ("reference", "Amy Bob Zoe"),
    "intervention, then reference": ("intervention", "Bob Amy Zoe"),
    "intervention, down": ("-intervention", "Amy Zoe Bob"),
    "caseworker, nobody last": ("caseworker", "Amy Zoe Bob"),
    "caseworker down, nobody last": ("-caseworker", "Zoe Amy Bob"),
    "received": ("received", "Amy Zoe Bob"),
    "received, down": ("-received", "Bob Zoe Amy"),
    "status in the order of the life cycle": ("status", "Bob Zoe Amy"),
    "status, down": ("-status", "Amy Zoe Bob"),
    "due, undated last": ("due", "Bob Zoe Amy"),
    "due down, undated last": ("-due", "Zoe Bob Amy"),
    "the list's own order": ("", "Bob Zoe Amy"),
    "a column of another list: own order": ("ended", "Bob Zoe Amy"),
    "not offered: own order": ("person_email", "Bob Zoe Amy"),
    "no column at all: own order": ("name; DROP TABLE accounts_user", "Bob Zoe Amy"),
    "two minus signs: own order": ("--name", "Bob Zoe Amy"),
}


@pytest.mark.usefixtures("three")
@pytest.mark.slow
def test_a_list_is_sorted_by_what_it_offers(client: Client, page: Page) -> None:
    found = {
        situation: [name.split()[0] for name in _names(page(client, _list("open"), data={"sort": sort}))]
        for situation, (sort, _) in SORTED.items()
    }

    assert found == {situation: names.split() for situation, (_, names) in SORTED.items()}


@pytest.mark.usefixtures("three")
def test_headings_say_and_turn_the_order(client: Client, page: Page) -> None:
    def name_heading(soup: BeautifulSoup) -> tuple[str, str]:
        heading = soup.select("thead th")[0]
        return heading["aria-sort"], heading.a["href"].partition("?")[2]

    assert name_heading(page(client, _list("open"))) == ("none", "sort=name")
    assert name_heading(page(client, _list("open"), data={"sort": "name"})) == ("ascending", "sort=-name")
    soup = page(client, _list("open"), data={"sort": "-name"})
    assert name_heading(soup) == ("descending", "sort=name")
    by_key = {heading.get_text(strip=True): heading.get("aria-sort") for heading in soup.select("thead th")}
    assert by_key["Next step"] is None
    assert by_key["Due"] == "none"


# --- Filters, and what is remembered ------------------------------------------------------------------


@pytest.fixture
def four(contract: Contract, ted: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    _named(contract, "New", "Late", stage=Stage.ASSIGN, due_on=yesterday)
    _named(contract, "New", "Fine", stage=Stage.ASSIGN, due_on=tomorrow)
    _named(contract, "Plan", "Late", stage=Stage.PLAN, caseworker=ted, due_on=yesterday)
    _named(contract, "Plan", "Today", stage=Stage.PLAN, caseworker=ted, due_on=timezone.localdate())


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param({}, {"New Late", "New Fine", "Plan Late", "Plan Today"}, id="nothing"),
        pytest.param({"stage": "PLAN"}, {"Plan Late", "Plan Today"}, id="status"),
        pytest.param({"overdue": "YES"}, {"New Late", "Plan Late"}, id="overdue: not what is due today"),
        pytest.param({"stage": "PLAN", "overdue": "YES"}, {"Plan Late"}, id="both"),
        pytest.param({"stage": "REPORT"}, set(), id="nothing left"),
        pytest.param(
            {"stage": "COMPLETED"},
            {"New Late", "New Fine", "Plan Late", "Plan Today"},
            id="a status of another list",
        ),
        pytest.param(
            {"stage": "' OR 1=1 --", "caseworker": "1 OR 1=1"},
            {"New Late", "New Fine", "Plan Late", "Plan Today"},
            id="nonsense",
        ),
    ],
)
@pytest.mark.usefixtures("four")
def test_filters(client: Client, page: Page, asked: dict[str, Any], names: set[str]) -> None:
    soup = page(client, _list("open"), data=asked)

    assert set(_names(soup)) == names
    assert bool(_tags(soup)) == (len(names) != 4)


@pytest.mark.parametrize("is_descending", [False, True])
def test_caseworkers_sort_without_regard_to_capitals_and_accents(
    client: Client, contract: Contract, page: Page, is_descending: bool
) -> None:
    in_order = ["Ächt", "ash", "Łódź", "Lundy", "O’Neill", "Onslow", "van der Elm", "Vander Aa"]
    for name in reversed(in_order):
        worker = caseworker_on(contract, first_name="Ann", last_name=name)
        _named(contract, name, "Person", stage=Stage.PLAN, caseworker=worker)

    soup = page(client, _list("open"), data={"sort": "-caseworker" if is_descending else "caseworker"})

    shown = [" ".join(row.get_text(" ").split()) for row in soup.select("main tbody tr")]
    places = [next(place for place, name in enumerate(in_order) if f"Ann {name}" in row) for row in shown]
    assert places == sorted(range(len(in_order)), reverse=is_descending)


@pytest.mark.parametrize("terms", ["lodz", "ŁÓDŹ", "Łódz\u0301", "soren", "Søren"])
def test_a_name_is_found_without_the_letters_that_no_keyboard_has(
    client: Client, contract: Contract, page: Page, terms: str
) -> None:
    case = _named(contract, "Søren", "Łódź", stage=Stage.PLAN)
    _named(contract, "Una", "Ebb", stage=Stage.PLAN)

    soup = _search(client, "open", terms)

    assert [row.get_text() for row in soup.select("main tbody tr") if case.reference in row.get_text()]
    assert len(soup.select("main tbody tr")) == 1


def test_colleagues_and_loads_are_listed_by_the_same_rule(contract: Contract, sam: User) -> None:
    in_order = ["Ächt", "ash", "Łódź", "Lundy", "O’Neill", "Onslow", "van der Elm", "Vander Aa"]
    for name in reversed(in_order):
        caseworker_on(contract, first_name="Ann", last_name=name)

    staff = [one.last_name for one in colleagues_on(contract, sam) if one.last_name in in_order]
    loads = [one.name.removeprefix("Ann ") for one in loads_on([contract], today=date(2026, 1, 1))[0]]

    assert staff == [name for name in loads if name in in_order] == in_order


@pytest.mark.usefixtures("four")
def test_a_caseworkers_cases(client: Client, ted: User, page: Page) -> None:
    soup = page(client, _list("open"), data={"caseworker": ted.pk})

    assert set(_names(soup)) == {"Plan Late", "Plan Today"}
    assert list(_tags(soup)) == ["Remove filter Caseworker: Ted Tarn"]
    assert len(_names(page(client, _tags(soup)["Remove filter Caseworker: Ted Tarn"]))) == 4


@pytest.mark.usefixtures("four")
def test_each_filter_is_taken_off_by_itself(client: Client, ted: User, page: Page) -> None:
    _search(client, "open", "late")
    asked = {"search": 1, "stage": "PLAN", "overdue": "YES", "caseworker": ted.pk, "sort": "-name"}

    soup = page(client, _list("open"), data=asked)

    assert _names(soup) == ["Plan Late"]
    tags = _tags(soup)
    assert list(tags) == [
        "Remove filter Search: late",
        "Remove filter Status: Supplier assessment completed",
        "Remove filter Only overdue cases",
        "Remove filter Caseworker: Ted Tarn",
    ]
    left = [[*_tags(page(client, href))] for href in tags.values()]
    assert left == [[other for other in tags if other != tag] for tag in tags]
    without_any = soup.find("a", string="Clear all filters")["href"]
    assert len(_names(page(client, without_any))) == 4


@pytest.mark.usefixtures("four")
def test_a_filter_lasts_over_sorting_pages_and_filtering_and_ends_with_the_next_link_to_the_list(
    client: Client, page: Page
) -> None:
    _search(client, "open", "late")
    soup = page(client, _list("open"), data={"search": 1, "stage": "PLAN", "sort": "-name"})

    assert soup.select_one("option[selected]").get_text() == "Supplier assessment completed"
    sends_along = {box["name"]: box["value"] for box in soup.select("form[method=get] [type=hidden]")}
    assert sends_along == {"search": "1", "sort": "-name"}
    by_name = soup.select_one("thead a")["href"]
    assert _names(page(client, by_name)) == ["Plan Late"]
    links = [soup.select_one("nav[aria-label='Lists of cases'] [aria-current]")["href"], HOME]
    assert [len(_names(page(client, link))) for link in links] == [4, 4]


@pytest.mark.usefixtures("four")
def test_a_sort_is_remembered_for_each_list_and_person(client: Client, ted: User, page: Page) -> None:
    page(client, _list("open"), data={"sort": "-name"})

    assert _sorted_by(page(client, _list("open"))) == "Name and CRN"
    assert _sorted_by(page(client, _list("unassigned"))) == ""
    assert _sorted_by(page(_signed_in(ted), _list("open"))) == ""
    page(client, _list("open"), data={"sort": ""})
    assert _sorted_by(page(client, _list("open"))) == ""


def test_tabs_say_how_much_stands_in_each_list(
    client: Client, contract: Contract, sam: User, ted: User, page: Page
) -> None:
    for stage, whose in ((Stage.PLAN, sam), (Stage.REPORT, ted), (Stage.ASSIGN, None), (Stage.COMPLETED, sam),
                         (Stage.ENDED_EARLY, ted), (Stage.CANCELLED, None)):  # fmt: skip
        _set(received(contract), stage=stage, caseworker=whose)
    received(a_contract())

    soup = page(client, _list("open"), data={"stage": "PLAN"})

    assert len(_names(soup)) == 1
    assert [link.get_text() for link in soup.select("nav[aria-label='Lists of cases'] a")] == [
        "Your cases (1)",
        "Unassigned cases (1)",
        "All open cases (3)",
        "Completed cases (2)",
        "Cancelled cases (1)",
    ]


@pytest.mark.usefixtures("four")
@pytest.mark.slow
def test_a_sort_is_remembered_for_seven_days_and_nothing_else_is(sam: User, ted: User, page: Page) -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with time_machine.travel(now, tick=False) as clock:
        first = _signed_in(sam)
        page(first, _list("open"), data={"sort": "-name"})
        page(first, _list("open"), data={"stage": "PLAN"})
        _search(first, "open", "late")

        clock.move_to(now + timedelta(days=7) - timedelta(minutes=1))
        assert _names(page(_signed_in(sam), _list("open"))) == [
            "Plan Today",
            "Plan Late",
            "New Late",
            "New Fine",
        ]
        assert _sorted_by(page(_signed_in(sam), _list("unassigned"))) == ""
        assert _sorted_by(page(_signed_in(ted), _list("open"))) == ""

        clock.move_to(now + timedelta(days=7) + timedelta(minutes=1))
        assert _sorted_by(page(_signed_in(sam), _list("open"))) == ""


def test_a_sort_taken_back_is_not_remembered(contract: Contract, sam: User, page: Page) -> None:
    received(contract)
    for sort in ("-name", ""):
        page(_signed_in(sam), _list("open"), data={"sort": sort})

    assert _sorted_by(page(_signed_in(sam), _list("open"))) == ""


@pytest.mark.parametrize("kept", ["password", "'; --", "location", 7])
def test_what_is_remembered_is_checked_like_an_address(
    contract: Contract, sam: User, page: Page, kept: object
) -> None:
    received(contract)
    cache.set(f"sort:{sam.pk}:open", kept)

    assert _sorted_by(page(_signed_in(sam), _list("open"))) == ""


@pytest.mark.usefixtures("redis_is_away")
def test_without_the_cache_lists_are_in_their_own_order(contract: Contract, sam: User, page: Page) -> None:
    received(contract)

    assert _sorted_by(page(_signed_in(sam), _list("open"), data={"sort": "name"})) == "Name and CRN"
    assert _sorted_by(page(_signed_in(sam), _list("open"))) == ""


def _sorted_by(soup: BeautifulSoup) -> str:
    headings = soup.select("thead th[aria-sort=ascending], thead th[aria-sort=descending]")
    return headings[0].find(string=True).strip() if headings else ""


# --- Pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "shows"),
    [
        pytest.param("1", "Showing 1 to 50 of 51 cases", id="first"),
        pytest.param("2", "Showing 51 to 51 of 51 cases", id="second"),
        pytest.param("99", "Showing 51 to 51 of 51 cases", id="too far"),
        pytest.param("-1", "Showing 51 to 51 of 51 cases", id="below one"),
        pytest.param("abc", "Showing 1 to 50 of 51 cases", id="not a number"),
        pytest.param("", "Showing 1 to 50 of 51 cases", id="empty"),
    ],
)
def test_the_list_is_shown_fifty_at_a_time(
    client: Client, contract: Contract, page: Page, number: str, shows: str
) -> None:
    many_received(contract, 51)

    assert shows in _text(page(client, HOME, data={"page": number}))


@pytest.mark.slow
def test_pages_that_follow_each_other_share_no_case(
    client: Client, contract: Contract, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do they show another order when they are counted from the end of the list."""
    many_received(contract, 101)

    def listed(sort: str) -> list[str]:
        return [
            row.select("td")[0].get_text()
            for number in (1, 2, 3)
            for row in page(client, _list("open"), data={"page": number, "sort": sort}).select("tbody tr")
        ]

    for sort in ("", "name", "-due", "intervention", "caseworker"):
        monkeypatch.setattr("monitoring.lists.listed.DEEP", 1_000)
        seen = listed(sort)
        assert len(seen) == len(set(seen)) == 101
        monkeypatch.setattr("monitoring.lists.listed.DEEP", 0)
        assert listed(sort) == seen


@pytest.mark.parametrize(
    ("number", "window"),
    [
        (1, (0, 50, False)),
        (21, (1000, 1050, False)),
        (31, (1500, 1550, False)),
        (32, (1510, 1560, True)),
        (62, (10, 60, True)),
        (63, (0, 10, True)),
    ],
)
def test_deep_in_a_long_list_a_page_is_counted_from_the_nearer_end(
    number: int, window: tuple[int, int, bool]
) -> None:
    assert Window.of(Paginator(range(3110), 50).get_page(number)) == window


def test_a_short_list_is_counted_from_its_beginning() -> None:
    assert Window.of(Paginator(range(990), 50).get_page(20)) == (950, 1000, False)
    assert Window.of(Paginator(range(0), 50).get_page(1)) == (0, 50, False)


def test_a_case_leads_back_to_the_page_of_the_list(client: Client, contract: Contract, page: Page) -> None:
    case = many_received(contract, 51)[0]
    details = reverse("monitoring:referral_details", args=[case.pk])
    assert page(client, details).select_one(".govuk-back-link")["href"] == HOME

    address = f"{_list('open')}?sort=name&page=2"
    page(client, address)

    assert page(client, details).select_one(".govuk-back-link")["href"] == address


# --- Search ------------------------------------------------------------------------------------------


@pytest.fixture
def people(contract: Contract) -> None:
    _named(contract, "Siân", "O'Neill-Wynn", reference="KW5219AC", crn="X980011")
    _named(contract, "Sam", "Wynne", reference="KW5220AC", crn="X980012")
    _named(contract, "Łucja", "STRAẞE", reference="KW5221AC", crn="X980013")
    _named(contract, "محمد", "علي", reference="KW5222AC", crn="X980014")
    _named(contract, "100%", "_Wild_", reference="KW5223AC", crn="X980015")


SIAN = ["Siân O'Neill-Wynn"]


#: Situation: what is typed, and who is found.
SEARCHES = {
    "reference": ("KW5219AC", SIAN),
    "reference in small letters": ("kw5219ac", SIAN),
    "reference with spaces": ("  kw 5219 Ac ", SIAN),
    "reference that is not there": ("KW9999AC", []),
    "CRN": ("X980011", SIAN),
    "CRN in small letters": ("x980011", SIAN),
    "CRN with a zero width space after it": ("X980011\u200b", SIAN),
    "CRN after a byte order mark": ("\ufeffX980011", SIAN),
    "reference pasted from an email": ("\u202akw\u00a05219AC\u202c", SIAN),
    "an accent typed by itself": ("Sia\u0302n", SIAN),
    "a hyphen that does not break": ("neill\u2011wynn", SIAN),
    "part of a CRN": ("X98001", []),
    "first name": ("siân", SIAN),
    "without the accent": ("SIAN", SIAN),
    "without the apostrophe": ("oneill", SIAN),
    "another apostrophe": ("O’Neill", SIAN),
    "in the middle, over the hyphen": ("neill-w", SIAN),
    "first and last": ("sian wynn", SIAN),
    "last and first": ("Wynn, Sian", SIAN),
    "part of two names": ("wynn", [*SIAN, "Sam Wynne"]),
    "two people's names": ("sian wynne", []),
    "another way to write a letter": ("strasse", ["Łucja STRAẞE"]),
    "right to left": ("علي", ["محمد علي"]),
    "a percent sign is no wildcard": ("100%", ["100% _Wild_"]),
    "nobody": ("nobody at all", []),
}


@pytest.mark.usefixtures("people")
@pytest.mark.slow
def test_search(client: Client) -> None:
    wrong = []
    for situation, (terms, names) in SEARCHES.items():
        soup = _search(client, "open", terms)
        said = f"{len(names)} case{'' if len(names) == 1 else 's'} found for “{one_line(terms)}”"
        if sorted(_names(soup)) != sorted(names) or said not in _text(soup):
            wrong.append(f"{situation}: {_names(soup)}")
    assert wrong == []


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        pytest.param("", "Enter a reference number, a CRN, or all or part of a name", id="empty"),
        pytest.param("   ", "Enter a reference number, a CRN, or all or part of a name", id="blank"),
        pytest.param("a", "Enter at least 2 letters of the name", id="one letter"),
        pytest.param("%%%", "Enter at least 2 letters of the name", id="no letter"),
        pytest.param("x" * 101, "must be 100 characters or fewer", id="too long"),
        pytest.param("a\x00b", "cannot be saved", id="a null byte"),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_search_for_nothing_says_what_can_be_searched(
    client: Client, page: Page, terms: str, said: str
) -> None:
    soup = page.post(client, _list("open"), {"terms": terms}, status=422)

    assert said in _text(soup)
    assert "You can search for:" in _text(soup)
    assert soup.select("table") == []


@pytest.mark.usefixtures("people")
def test_a_search_stays_while_sorting_and_turning_pages_until_cleared(client: Client, page: Page) -> None:
    _search(client, "open", "wynn")

    assert len(_names(page(client, _list("open"), data={"search": 1, "sort": "-name"}))) == 2
    assert len(_names(page(client, _list("open"), data={"search": 1, "page": 1}))) == 2
    assert "found for" not in _text(page(client, _list("unassigned"), data={"search": 1}))
    soup = page(client, _list("open"), data={"search": 1})
    assert soup.select_one("input[name=terms]")["value"] == "wynn"
    assert len(_names(page(client, _tags(soup)["Remove filter Search: wynn"]))) == 5


@pytest.mark.usefixtures("people")
def test_what_is_not_in_this_list_is_looked_for_in_the_others(
    client: Client, contract: Contract, page: Page
) -> None:
    _named(contract, "Wilma", "Wynn", stage=Stage.CANCELLED)

    soup = _search(client, "completed", "wynn")

    assert "There are no matching cases in this list" in _text(soup)
    buttons = {
        button.get_text(strip=True): button.find_parent("form") for button in soup.select("main button")
    }
    assert "Show 2 cases in All open cases" in buttons
    form = buttons["Show 1 case in Cancelled cases"]
    response = client.post(form["action"], {"terms": form.select_one("[name=terms]")["value"]}, follow=True)
    assert _names(page.read(response, status=200)) == ["Wilma Wynn"]


def test_what_is_nowhere_says_so(client: Client, page: Page) -> None:
    assert "There are no matching cases in your other lists" in _text(
        _search(client, "open", "nobody at all")
    )


@pytest.mark.usefixtures("people")
def test_what_is_searched_for_stands_in_no_address_and_no_log(
    client: Client, sam: User, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    response = client.post(_list("open"), {"terms": "Wynn"})
    soup = Page()(client, response.headers["Location"])

    assert "Wynn" not in response.headers["Location"]
    assert [link["href"] for link in soup.select("a[href]") if "wynn" in link["href"].lower()] == []
    assert "wynn" not in (caplog.text + "".join(capfd.readouterr())).lower()
    facts = AuditEvent.objects.filter(user=sam, action=AuditAction.REFERRAL_LISTED).values_list(
        "facts", flat=True
    )
    assert [fact for fact in facts if "wynn" in str(fact).lower()] == []


def test_what_is_searched_for_ends_with_the_web_session(client: Client, page: Page) -> None:
    _search(client, "open", "wynn")

    client.post(reverse("accounts:sign_out"))

    assert [row.get_decoded() for row in WebSession.objects.all() if "wynn" in str(row.get_decoded())] == []


# --- Managers ------------------------------------------------------------------------------------------


@pytest.fixture
def manager(contract: Contract) -> User:
    user = caseworker_on(contract, first_name="Mona", last_name="Manager")
    user.memberships.update(post=Membership.Post.MANAGER)
    return user


def test_a_manager_sees_how_much_each_caseworker_has(
    contract: Contract, manager: User, sam: User, ted: User, page: Page
) -> None:
    late, soon = timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=1)
    gone = caseworker_on(contract, first_name="Gus", last_name="Gone")
    for worker, due_on in ((sam, late), (sam, soon), (sam, timezone.localdate()), (gone, late)):
        _set(received(contract), stage=Stage.PLAN, caseworker=worker, due_on=due_on)
    _set(received(contract), stage=Stage.COMPLETED, caseworker=ted)
    _set(received(contract), due_on=late)
    _set(received(a_contract()), stage=Stage.PLAN, caseworker=sam, due_on=late)
    gone.memberships.update(ended_at=timezone.now())
    client = _signed_in(manager)

    soup = page(client, BY_CASEWORKER)

    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in soup.select("tbody tr")
    ]
    assert rows == [
        ["Not assigned", "1", "1 overdue cases (Not assigned)"],
        [
            "Gus Gone No longer has access to these cases. Assign them to someone else",
            "1",
            "1 overdue cases (Gus Gone)",
        ],
        ["Mona Manager", "0", "0"],
        ["Sam Sand", "3", "1 overdue cases (Sam Sand)"],
        ["Ted Tarn", "0", "0"],
    ]
    links = soup.select("tbody a")
    assert [len(_names(page(client, link["href"]))) for link in links] == [1, 1, 1, 1, 3, 1]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.manager", 200, id="manager"),
        pytest.param("sp.caseworker", 403, id="caseworker"),
        pytest.param("sp.nogrant", 403, id="no contract, no manager"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_only_managers_see_the_load(as_persona: SignIn, page: Page, persona: str, status: int) -> None:
    soup = page(as_persona(persona), BY_CASEWORKER, status=status)

    if persona == "sp.caseworker":
        assert "Only service provider managers" in _text(soup)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"ended_at": datetime(2026, 1, 1, tzinfo=UTC)}, id="who left"),
        pytest.param({"post": Membership.Post.CASEWORKER}, id="who is a caseworker now"),
    ],
)
def test_a_manager_of_before_is_none(manager: User, page: Page, change: dict[str, Any]) -> None:
    manager.memberships.update(**change)

    page(_signed_in(manager), BY_CASEWORKER, status=403)


def test_the_link_to_the_load_is_shown_to_managers_only(client: Client, manager: User, page: Page) -> None:
    assert BY_CASEWORKER not in str(page(client, HOME))
    assert BY_CASEWORKER in str(page(_signed_in(manager), HOME))


# --- Who gets in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", LIST_ADDRESSES)
@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.caseworker", 200, id="supplier"),
        pytest.param("sp.nogrant", 200, id="supplier without a contract"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_the_lists_open_to_supplier_staff(
    as_persona: SignIn, page: Page, address: str, persona: str, status: int
) -> None:
    client = as_persona(persona)
    page(client, address, status=status)
    page.post(client, address, {"terms": "wynn"}, status=302 if status == 200 else status)


def test_a_list_that_there_is_not_is_not_found(client: Client, page: Page) -> None:
    page(client, _list("everything"), status=404)
    page.post(client, _list("everything"), {"terms": "wynn"}, status=404)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_read_by_another_method(client: Client, method: str) -> None:
    for address in (*LIST_ADDRESSES, HOME):
        assert getattr(client, method)(address).status_code == 405


# --- Names as they are sorted -------------------------------------------------------------------------------


def test_the_sortable_name_follows_every_write_and_fits_an_index(contract: Contract) -> None:
    case = received(contract, person=a_person(first_name="Ån", last_name="x" * 4000))
    assert case.person_sortable_name == "x" * LONGEST_NAME

    case.person_last_name = "Bê"
    case.save()

    case.refresh_from_db()
    assert case.person_sortable_name == "be an"
    assert many_received(contract, 1)[0].person_sortable_name == "river alex"


# --- What it costs ------------------------------------------------------------------------------------------


def _data_statements(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries if query["sql"].lstrip("(").startswith(DATA)]


@pytest.fixture
def manager_with_cases(contract: Contract, manager: User, ted: User) -> Iterator[Callable[[int], Client]]:
    """A function that adds so many cases, a fifth of each kind, and answers the manager's client."""

    def add(count: int) -> Client:
        cases = [case.pk for case in many_received(contract, count)]
        of = [ReceivedReferral.objects.unscoped().filter(pk__in=cases[start::5]) for start in range(5)]
        today, now = timezone.localdate(), timezone.now()
        of[0].update(stage=Stage.PLAN, caseworker=manager, due_on=today - timedelta(days=1))
        of[1].update(stage=Stage.PLAN, caseworker=ted, due_on=date(2026, 1, 1))
        of[2].update(stage=Stage.COMPLETED, conclusion="COMPLETED", concluded_at=now, caseworker=ted)
        of[3].update(stage=Stage.CANCELLED, conclusion="CANCELLED", concluded_at=now)
        return _signed_in(manager)

    return add


@pytest.mark.slow
def test_every_list_costs_the_same_for_few_as_for_many(
    manager_with_cases: Callable[[int], Client], ted: User
) -> None:
    asked = "?sort=-caseworker&overdue=YES"
    addresses = [
        HOME,
        BY_CASEWORKER,
        *(_list(one.slug) + more for one in LISTS for more in ("", asked)),
        f"{_list('open')}?caseworker={ted.pk}",
    ]
    costs: list[list[int]] = []
    for cases in (5, 495):
        client = manager_with_cases(cases)
        client.get(HOME)  # how many cases were left behind is counted once a minute
        costs.append([len(_data_statements(client, address)) for address in addresses])

    assert costs[0] == costs[1]
    # Session, user, contracts, counts, a name, count, needing me, manager, cases, organisation, audit, session.
    assert max(costs[0]) <= 12


def test_a_search_costs_the_same_for_few_as_for_many(manager_with_cases: Callable[[int], Client]) -> None:
    costs = set()
    for cases in (5, 95):
        client = manager_with_cases(cases)
        client.get(HOME)  # how many cases were left behind is counted once a minute
        for terms in ("river", "KW1234AC", "nobody"):
            client.post(_list("open"), {"terms": terms})
            costs.add((terms, len(_data_statements(client, f"{_list('open')}?search=1"))))

    assert len(costs) == 3
    assert max(count for _, count in costs) <= 12
