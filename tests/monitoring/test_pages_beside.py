"""Pages far from both ends of a long list: found beside the page that was seen before."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.beside import queries
from monitoring.lists.listed import Window
from monitoring.models import ReceivedReferral, Stage
from tests.conftest import Page
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, many_received
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

OPEN = reverse("monitoring:case_list", args=["open"])
COMPLETED = reverse("monitoring:case_list", args=["completed"])
CASES = 11


@pytest.fixture
def contract() -> Contract:
    return a_contract(title="Somewhere to live")


@pytest.fixture
def sam(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def client(sam: User) -> Client:
    client = Client()
    sign_in(client, sam)
    return client


@pytest.fixture(autouse=True)
def every_page_is_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each stood in the middle of a long list. Three cases a page."""
    monkeypatch.setattr("monitoring.lists.beside.FAR", 0)
    monkeypatch.setattr("monitoring.lists.pages.CASES_A_PAGE", 3)


@pytest.fixture
def cases(contract: Contract, sam: User) -> list[ReceivedReferral]:
    """Alike in most of what lists are sorted by, so that each sort has to tell equal ones apart; some lack a value."""
    other = a_contract(title="A job", prime=contract.prime)
    ContractGrantFactory(user=sam, contract=other)
    ted = caseworker_on(contract, first_name="Ted", last_name="Wills")
    cases = [*many_received(contract, CASES - 4), *many_received(other, 4)]
    today = timezone.localdate()
    for number, case in enumerate(cases):
        case.person_last_name = ("Ash", "Birch", "Ash")[number % 3]
        case.caseworker = (None, sam, ted, sam)[number % 4]
        case.due_on = (None, today, today + timedelta(days=1))[number % 3]
        case.stage = (Stage.PLAN, Stage.REPORT)[number % 2]
        case.received_at = timezone.now() - timedelta(days=number % 4)
        case.save()
    return cases


def _listed(soup: BeautifulSoup) -> list[str]:
    return [row.select("td")[0].get_text(strip=True) for row in soup.select("tbody tr")]


def _link(soup: BeautifulSoup, rel: str) -> str:
    link = soup.select_one(f'.govuk-pagination a[rel="{rel}"]')
    return str(link["href"]) if link else ""


def _through(client: Client, page: Page, address: str, rel: str) -> list[list[str]]:
    """What stands on each page, from this one on."""
    soup = page(client, address)
    found = [_listed(soup)]
    while following := _link(soup, rel):
        assert "&after=" in following or "&before=" in following
        soup = page(client, following)
        found.append(_listed(soup))
    return found


SORTS = (
    "", "name", "-name", "reference", "-reference", "intervention", "-intervention", "caseworker", "-caseworker",
    "received", "-received", "status", "-status", "due", "-due",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("also", ["", "&stage=PLAN"], ids=["the whole list", "filtered"])
@pytest.mark.parametrize("is_nearby", [False, True], ids=["everywhere", "nearby first"])
def test_forward_and_back_show_what_the_numbers_show(
    client: Client, page: Page, sort: str, also: str, is_nearby: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"{OPEN}?sort={sort}{also}"
    last = 2 if also else 4
    numbered = [_listed(page(client, f"{asked}&page={number}")) for number in range(1, last + 1)]
    assert len({case for shown in numbered for case in shown}) == (6 if also else CASES)
    if is_nearby:
        monkeypatch.setattr("monitoring.lists.pages.MANY", 0)
        assert [_listed(page(client, f"{asked}&page={number}")) for number in range(1, last + 1)] == numbered

    assert _through(client, page, f"{asked}&page=1", "next") == numbered
    back = _through(client, page, f"{asked}&page={last}", "prev")
    # Counted back from the last page, so all of them are full but the first.
    assert [case for shown in reversed(back) for case in shown] == [case for shown in numbered for case in shown]


ENDED_SORTS = (
    "", "ended", "-ended", "name", "-name", "caseworker", "-caseworker", "received", "-received", "intervention",
    "-intervention", "reference", "status", "-status",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("sort", ENDED_SORTS)
@pytest.mark.parametrize("apart", [timedelta(hours=1), timedelta(weeks=30)], ids=["hours apart", "months apart"])
def test_ended_cases_stand_alike_whether_looked_for_nearby_or_everywhere(
    client: Client,
    page: Page,
    cases: list[ReceivedReferral],
    sort: str,
    apart: timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = timezone.now()
    for number, case in enumerate(cases):
        case.stage = (Stage.COMPLETED, Stage.ENDED_EARLY)[number % 2]
        case.conclusion, case.due_on = case.stage, None
        case.concluded_at = now - (number % 4) * apart
        case.received_at = now - (number % 5) * apart
        case.person_last_name = ("Ash", "Birch", "Zorn", "Élan", "علي", "7th")[number % 6]
        case.save()

    def everything() -> list[list[list[str]]]:
        numbered = [_listed(page(client, f"{COMPLETED}?sort={sort}&page={number}")) for number in (1, 2, 3, 4)]
        following = _through(client, page, f"{COMPLETED}?sort={sort}&page=1", "next")
        back = _through(client, page, f"{COMPLETED}?sort={sort}&page=4", "prev")
        return [numbered, following, back]

    numbered, following, back = everything()
    assert numbered == following
    assert len({case for shown in numbered for case in shown}) == CASES
    monkeypatch.setattr("monitoring.lists.pages.MANY", 0)
    assert everything() == [numbered, following, back]
    monkeypatch.setattr("monitoring.lists.listed.DEEP", 0)  # the last pages are counted from the end
    assert everything()[:2] == [numbered, following]


@pytest.mark.slow
@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("slug", ["mine", "unassigned"])
@pytest.mark.parametrize("sort", ["", "name", "-due"])
def test_ones_own_and_nobodys(
    client: Client, page: Page, slug: str, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("monitoring:case_list", args=[slug])
    monkeypatch.setattr("monitoring.lists.pages.CASES_A_PAGE", 2)
    count = {"mine": 5, "unassigned": 3}[slug]
    pages = range(1, ceil(count / 2) + 1)
    numbered = [_listed(page(client, f"{address}?sort={sort}&page={number}")) for number in pages]
    assert sum(map(len, numbered)) == count

    assert _through(client, page, f"{address}?sort={sort}&page=1", "next") == numbered


def test_who_is_on_the_way_through_misses_nobody_when_a_case_before_them_ends(
    client: Client, page: Page, cases: list[ReceivedReferral]
) -> None:
    first = page(client, f"{OPEN}?sort=reference")
    everybody = sorted(case.reference for case in cases)
    assert _listed(first) == everybody[:3]
    gone = ReceivedReferral.objects.unscoped().get(reference=everybody[0])
    gone.stage = gone.conclusion = Stage.COMPLETED
    gone.concluded_at = timezone.now()
    gone.save()

    assert _listed(page(client, f"{OPEN}?sort=reference&page=2")) == everybody[4:7]  # by number one is missed
    assert _listed(page(client, _link(first, "next"))) == everybody[3:6]


@pytest.mark.parametrize("sort", SORTS)
def test_a_case_that_ended_since_it_was_seen_leads_on(
    client: Client, page: Page, cases: list[ReceivedReferral], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stands now: there is a page, and it is the same whether looked for nearby or everywhere."""
    last_seen = cases[5]
    last_seen.stage = last_seen.conclusion = Stage.COMPLETED
    last_seen.concluded_at, last_seen.due_on = timezone.now(), None
    last_seen.save()
    addresses = [f"{OPEN}?sort={sort}&page=2&{word}={last_seen.pk}" for word in ("after", "before")]
    everywhere = [_listed(page(client, address)) for address in addresses]
    assert all(everywhere)

    monkeypatch.setattr("monitoring.lists.pages.MANY", 0)

    assert [_listed(page(client, address)) for address in addresses] == everywhere


def test_a_search_goes_on_beside_too(client: Client, page: Page, cases: list[ReceivedReferral]) -> None:
    client.post(OPEN, {"terms": "ash"})
    numbered = [_listed(page(client, f"{OPEN}?search=1&page={number}")) for number in (1, 2, 3)]
    assert [len(shown) for shown in numbered] == [3, 3, 1]

    assert _through(client, page, f"{OPEN}?search=1", "next") == numbered


@pytest.mark.parametrize("word", ["after", "before"])
def test_the_last_page_of_what_is_left_is_whole(
    client: Client, page: Page, cases: list[ReceivedReferral], word: str
) -> None:
    """Something else was searched for in another window meanwhile, and this one goes on to a page that is not there."""
    found = sorted((case for case in cases if case.person_last_name == "Birch"), key=lambda case: case.reference)
    client.post(OPEN, {"terms": "birch"})

    soup = page(client, f"{OPEN}?search=1&sort=reference&page=4&{word}={found[1].pk}")

    assert len(found) == 4, "two pages"
    assert _listed(soup) == [found[3].reference]


@pytest.mark.parametrize("named", ["nothing", "no key", "unknown", "somebody else's"])
def test_a_case_that_they_may_not_see_tells_nothing(
    client: Client, page: Page, cases: list[ReceivedReferral], named: str
) -> None:
    """The page is shown by its number then, as if no case were named."""
    theirs = many_received(a_contract(title="Of another provider"), 1)[0]
    key = {"nothing": "", "no key": "KW1", "unknown": uuid4(), "somebody else's": theirs.pk}[named]

    shown = _listed(page(client, f"{OPEN}?sort=name&page=2&after={key}"))

    assert shown == _listed(page(client, f"{OPEN}?sort=name&page=2"))
    assert len(shown) == 3


def test_the_address_names_no_value_that_is_sorted_by(
    client: Client, page: Page, cases: list[ReceivedReferral]
) -> None:
    cache.clear()
    link = _link(page(client, f"{OPEN}?sort=name&page=2"), "next")

    key = link.partition("&after=")[2]
    assert ReceivedReferral.objects.unscoped().filter(pk=key).exists()
    assert link == f"{OPEN}?sort=name&page=3&after={key}"


@pytest.mark.parametrize(
    ("window", "named"),
    [((0, 50, False), {}), ((400, 450, False), {}), ((500, 550, False), {10: "before", 12: "after"})],
)
def test_near_the_ends_pages_are_found_by_their_number_alone(
    window: tuple[int, int, bool], named: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.lists.beside.FAR", 500)
    keys = [uuid4() for _ in range(50)]

    found = queries(Window(*window), 11, keys)

    assert {number: query[1:].partition("=")[0] for number, query in found.items()} == named
