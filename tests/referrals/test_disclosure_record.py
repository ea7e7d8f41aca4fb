"""The disclosure record as practitioners read it: of a case, of a person, on paper and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from events.disclosures.recording import record
from events.models import AuditAction, AuditEvent, DisclosureEvent
from monitoring.actions.open_share import open_share
from monitoring.models import ReceivedReferral
from referrals.cases.disclosures import PAGE_SIZE
from referrals.cases.disclosures_in_words import COLUMNS
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.events import a_disclosure
from tests.factories.referrals import a_sent_referral

SignIn = Callable[[str], Client]
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
PAGES = ("case_disclosures", "person_disclosures")
FILES = ("download_disclosures", "download_person_disclosures")


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def received(case: Referral) -> ReceivedReferral:
    assert case.received is not None
    return case.received


@pytest.fixture
def client(as_persona: SignIn) -> Client:
    return as_persona("pp")


def _address(name: str, case: Referral) -> str:
    return reverse(f"referrals:{name}", args=[case.pk])


def _cards(soup: BeautifulSoup) -> list[dict[str, str]]:
    return [
        {"title": card.select_one(".govuk-summary-card__title").get_text(" ", strip=True)}
        | {
            row.select_one("dt").get_text(strip=True): row.select_one("dd").get_text("\n", strip=True)
            for row in card.select(".govuk-summary-list__row")
        }
        for card in soup.select(".govuk-summary-card")
    ]


def _opened(received: ReceivedReferral, by: User, times: int, start: datetime = AT) -> None:
    share, shown = received.current_share(), received.as_handover()
    for day in range(times):
        open_share(share, shown=shown, by=by, at=start + timedelta(days=day))


def test_a_card_says_who_shared_what_with_whom_and_under_which_declaration(
    client: Client, case: Referral, received: ReceivedReferral, page: Page
) -> None:
    (card,) = _cards(page(client, _address("case_disclosures", case)))
    entry = DisclosureEvent.objects.get(referral=received.pk)

    assert card["title"].startswith("Shared with the service provider: ")
    assert card["Shared by"] == case.created_by.display_name
    assert card["Service provider"] == case.contract.prime.name
    assert (card["Reason"], card["Version"]) == ("Referral sent", "1")
    assert card["Declaration wording"] == f"Version {received.current_share().wording_version}"
    assert card["Content hash"] == received.current_share().content_hash
    assert card["Entry"] == f"1, hash {entry.hash}"
    assert "Identity details" in card["Information shared"]
    assert "Reason for referral" in card["Information shared"]
    assert card["No information shared"] != ""


def test_an_opening_says_who_and_that_it_was_all(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], page: Page
) -> None:
    _opened(received, personas["sp.caseworker"], 1, start=datetime.now(UTC) + timedelta(minutes=1))

    opened, shared = _cards(page(client, _address("case_disclosures", case)))

    assert opened["title"].startswith("Opened by the service provider: ")
    assert opened["Opened by"] == personas["sp.caseworker"].display_name
    assert opened["What was opened"] == "Everything that was shared in this version"
    assert "Information shared" not in opened
    assert "Reason" not in opened


def test_an_opening_of_something_else_names_it(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], page: Page
) -> None:
    """Details that nDelius did not have when the referral was sent are there later."""
    share = received.current_share()
    received.person_email = "" if received.person_email else "new@mail.example"
    open_share(share, shown=received.as_handover(share), by=personas["sp.caseworker"])

    opened = _cards(page(client, _address("case_disclosures", case)))[0]

    assert "What was opened" not in opened
    assert ("Email address" in opened["Information shared"]) == bool(received.person_email)


def test_the_record_of_a_person_is_of_all_their_cases_that_may_be_opened(
    as_persona: SignIn, case: Referral, personas: dict[str, User], page: Page
) -> None:
    """Not the first one, which a colleague sent; nor one of another person."""
    reader = as_persona("pp.colleague")
    first, second = (a_sent_referral(personas["pp.colleague"], crn=case.crn) for _ in range(2))
    a_sent_referral(personas["pp.colleague"], crn="X980026")

    cards = _cards(page(reader, _address("person_disclosures", first)))

    assert sorted(card["Referral"] for card in cards) == sorted(
        f"{one.reference}: {one.contract.title}" for one in (first, second)
    )
    assert len(_cards(page(reader, _address("case_disclosures", first)))) == 1


def test_many_entries_are_on_several_pages(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], page: Page
) -> None:
    _opened(received, personas["sp.caseworker"], PAGE_SIZE)

    first = page(client, _address("case_disclosures", case))
    second = page(client, _address("case_disclosures", case) + "?page=2")

    assert (len(_cards(first)), len(_cards(second))) == (PAGE_SIZE, 1)
    assert f"Showing 1 to {PAGE_SIZE} of {PAGE_SIZE + 1} entries" in first.get_text()


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_the_cost_is_the_same_for_one_entry_as_for_many(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], name: str
) -> None:
    costs = []
    for more in (1, 15):
        _opened(received, personas["sp.manager"], more, start=AT + timedelta(days=costs and 100 or 0))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_address(name, case)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert costs[0] < 20, "\n".join(query["sql"] for query in queries)


# --- As a file -------------------------------------------------------------------------------------


def _rows(client: Client, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return [*csv.DictReader(io.StringIO(answer.content.decode()))]


def test_the_file_has_a_row_for_each_entry_the_oldest_first(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User]
) -> None:
    _opened(received, personas["sp.caseworker"], 2, start=datetime.now(UTC) + timedelta(days=1))

    rows = _rows(client, _address("download_disclosures", case))

    assert tuple(rows[0]) == COLUMNS
    assert [(row["reference"], row["entry"]) for row in rows] == [
        (case.reference, str(number)) for number in (1, 2, 3)
    ]
    assert [row["previous_entry_hash"] for row in rows[1:]] == [row["entry_hash"] for row in rows[:2]]
    assert rows[0]["parts_shared"].startswith("Identity details; ")
    assert rows[1]["who"] == personas["sp.caseworker"].display_name
    assert all(len(row["content_hash"]) == 64 for row in rows)


@pytest.mark.parametrize("name", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], name: str
) -> None:
    disclosure = a_disclosure(by=personas["sp.caseworker"], by_name=name, referral=received.pk)
    record(replace(disclosure, once="again", subcontractors=[name], reason=name))

    rows = _rows(client, _address("download_disclosures", case))

    assert [row["who"] for row in rows if row["who"].startswith("'")] == [f"'{name}"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row.values())


def test_the_file_of_a_person_names_each_referral(
    client: Client, case: Referral, personas: dict[str, User]
) -> None:
    second = a_sent_referral(personas["pp"], crn=case.crn)

    rows = _rows(client, _address("download_person_disclosures", case))

    assert {case.reference, second.reference} <= {row["reference"] for row in rows}
    assert {row["crn"] for row in rows} == {case.crn}


# --- Who may, and that it is recorded ----------------------------------------------------------------


@pytest.mark.parametrize("name", [*PAGES, *FILES])
@pytest.mark.parametrize(
    ("persona", "status"),
    [("pp", 200), ("pp.colleague", 404), ("sp.caseworker", 403), ("admin", 403), ("anonymous", 302)],
)
def test_it_opens_to_who_follows_the_case(
    as_persona: SignIn, case: Referral, name: str, persona: str, status: int
) -> None:
    assert as_persona(persona).get(_address(name, case)).status_code == status


@pytest.mark.parametrize(
    ("names", "action"),
    [(PAGES, AuditAction.DISCLOSURES_VIEWED), (FILES, AuditAction.DISCLOSURES_DOWNLOADED)],
)
def test_reading_it_is_recorded(
    client: Client, case: Referral, names: tuple[str, ...], action: AuditAction
) -> None:
    for name in names:
        assert client.get(_address(name, case)).status_code == 200

    events = AuditEvent.objects.filter(action=action)
    assert [(event.referral, event.crn) for event in events] == [(case.pk, case.crn)] * 2


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_it_holds_no_text_of_the_referral(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], name: str
) -> None:
    _opened(received, personas["sp.caseworker"], 1)
    body = client.get(_address(name, case)).content.decode()

    texts = [received.reason_for_referral, received.current_share().self_harm_text, received.diversity]
    shared = [text for text in texts if len(text) > 3]
    assert shared
    assert [text for text in shared if text in body] == []


def test_links_lead_to_it(client: Client, case: Referral, page: Page) -> None:
    record_of_case, record_of_person = (_address(name, case) for name in PAGES)

    assert page(client, _address("case", case)).select_one(f"a[href='{record_of_case}']")
    assert page(client, _address("same_person", case)).select_one(f"a[href='{record_of_person}']")
    shown = page(client, record_of_case)
    assert shown.select_one(f"a[href='{record_of_person}']")
    assert shown.select_one(f"a[href='{_address('download_disclosures', case)}']")
    beside = page(client, record_of_person)
    assert beside.select_one(f"a[href='{_address('download_person_disclosures', case)}']")


def test_an_entry_of_a_case_without_any_is_said(client: Client, case: Referral, page: Page) -> None:
    """A referral that was sent before the record was kept."""
    Referral.objects.filter(pk=case.pk).update(received=_another(case))

    assert "There are no entries." in page(client, _address("case_disclosures", case)).get_text()


def _another(case: Referral) -> Any:
    from tests.factories.monitoring import many_received

    (made,) = many_received(case.contract, 1)
    assert isinstance(made.pk, UUID)
    return made
