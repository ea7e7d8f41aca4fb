"""The supplier's pages: who gets in, what they read, and what reading leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Audience, User
from events.models import AuditAction, AuditEvent
from integrations.risk_answers import SharedAnswer
from interventions.models import Contract, ContractGrant
from monitoring.access.sqlite_authorizer import _may
from monitoring.handover.contents import SharedContact, SharedCriminogenicNeed, SharedRiskSection
from monitoring.models import ReceivedReferral, ShareOpening
from monitoring.rules.risk_sections import RISK_LABELS
from tests.addresses import PageAddress, addresses
from tests.conftest import Page
from tests.factories.interventions import AdministratorFactory, caseworker_on
from tests.factories.monitoring import (
    a_contract,
    a_handover,
    a_person,
    a_risk,
    many_received,
    received,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

ALL_CASES = "/service-provider/"
REPORTING = "/service-provider/reporting"
SignIn = Callable[[str], Client]


def _details(case: ReceivedReferral) -> str:
    return reverse("monitoring:referral_details", args=[case.pk])


def _signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


@pytest.fixture
def contract() -> Contract:
    return a_contract(title="Somewhere to live")


@pytest.fixture
def caseworker(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def client(caseworker: User) -> Client:
    return _signed_in(caseworker)


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- Who gets in --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.caseworker", 200, id="on the contract"),
        pytest.param("sp.other", 404, id="another provider"),
        pytest.param("sp.nogrant", 404, id="no contract"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_a_referral_opens_to_those_on_its_contract(
    as_persona: SignIn, personas: dict[str, User], page: Page, persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    case = received(theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first())

    soup = page(as_persona(persona), _details(case), status=status)

    assert ("X980010" in str(soup)) == (status == 200)


@pytest.mark.parametrize("address", [ALL_CASES, REPORTING])
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
    page(as_persona(persona), address, status=status)


def test_a_revoked_grant_closes_the_referral_at_once(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)
    page(client, _details(case))

    ContractGrant.objects.update(revoked_at=timezone.now(), revoked_by=AdministratorFactory())

    page(client, _details(case), status=404)
    assert case.reference not in str(page(client, ALL_CASES))


def test_leaving_the_provider_closes_the_referral(
    client: Client, caseworker: User, contract: Contract, page: Page
) -> None:
    case = received(contract)

    caseworker.memberships.update(ended_at=timezone.now())

    page(client, _details(case), status=404)


def test_a_referral_that_never_was_is_not_found(client: Client, page: Page) -> None:
    page(client, f"/service-provider/referrals/{uuid4()}/details", status=404)


def test_what_is_refused_is_audited_and_counts_as_no_opening(
    client: Client, caseworker: User, page: Page
) -> None:
    page(client, _details(received()), status=404)

    events = AuditEvent.objects.filter(user=caseworker).exclude(action=AuditAction.SIGNED_IN)
    assert [(event.action, event.outcome) for event in events] == [
        (AuditAction.ACCESS_REFUSED, AuditEvent.Outcome.REFUSED)
    ]
    assert not ShareOpening.objects.unscoped().exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_read_by_another_method(client: Client, contract: Contract, method: str) -> None:
    """Only GET is recorded as having read a page."""
    for address in (ALL_CASES, REPORTING, _details(received(contract))):
        assert getattr(client, method)(address).status_code == 405


def _address(pattern: PageAddress, case: ReceivedReferral) -> str:
    """An address that the pattern answers: of the case, and of no object on it (which is then not found)."""
    made_up = {
        "UUIDConverter": uuid4(),
        "IntConverter": 1,
        "SlugConverter": "open",
        "StringConverter": "open",
    }
    converters = pattern.converters
    values = {name: made_up[type(converter).__name__] for name, converter in converters.items()}
    if "received_id" in values:
        values["received_id"] = case.pk
    return reverse(f"monitoring:{pattern.name}", kwargs=values)


PAGES = [pattern for name, pattern in addresses() if name.startswith("monitoring:")]


def test_every_address_of_the_suppliers_side_is_for_suppliers() -> None:
    assert {pattern.callback.audiences for pattern in PAGES} == {frozenset({Audience.SUPPLIER})}


@pytest.mark.parametrize("pattern", PAGES, ids=lambda pattern: pattern.name)
def test_every_page_runs_with_the_suppliers_database_rights(
    client: Client, contract: Contract, monkeypatch: pytest.MonkeyPatch, pattern: PageAddress
) -> None:
    address = _address(pattern, received(contract))
    asked: list[int] = []

    def may(action: int, *about: str | None) -> int:
        asked.append(action)
        return _may(action, *about)

    monkeypatch.setattr("monitoring.access.sqlite_authorizer._may", may)
    with CaptureQueriesContext(connection) as queries:
        status = client.get(address).status_code

    assert status in (200, 302, 403, 404, 405)
    took_the_role = [query for query in queries if query["sql"].startswith("SET LOCAL ROLE")]
    if status != 405:  # answers nothing to reading, so reads nothing
        assert took_the_role if connection.vendor == "postgresql" else asked


# --- The lists (the rest is in test_case_lists.py) -------------------------------------------------


@pytest.mark.parametrize("address", [ALL_CASES, REPORTING])
def test_somebody_without_a_contract_is_told_what_to_do(as_persona: SignIn, page: Page, address: str) -> None:
    said = _text(page(as_persona("sp.nogrant"), address))

    assert "your account is not set up for a contract" in said
    assert "Ask the person who manages accounts in your organisation" in said


# --- One referral -------------------------------------------------------------------------------


def test_the_page_shows_what_was_shared_as_it_was_declared(
    client: Client, contract: Contract, page: Page
) -> None:
    soup = page(client, _details(received(contract)))

    rows = {
        row.select_one("dt").get_text(strip=True): row.select_one("dd").get_text("\n", strip=True)
        for row in soup.select(".govuk-summary-list__row")
    }
    assert {label: rows[label] for label in RISK_LABELS.values()} == {
        "Who is at risk": "Staff who visit alone.",
        "What is the nature of the risk": "Shouting and threats.",
        "When is the risk likely to be greatest": "When housing falls through.",
        "Concerns in relation to self-harm": "Yes\nCut arms in 2024.",
        "Concerns in relation to suicide": "No",
        "Concerns in relation to coping in a hostel setting": "Don’t know",
        "Concerns in relation to vulnerability": "No identified risk",
        "Additional information": "No information shared",
    }
    assert "RoSH" not in str(soup)
    assert "Alex River" in soup.select_one(".rm-person").get_text()
    assert "tell the probation practitioner as soon as you can" in _text(soup)
    assert soup.select_one("h1").get_text() == "Referral details"


def test_opening_is_recorded_with_the_version(
    client: Client, caseworker: User, contract: Contract, page: Page
) -> None:
    case = received(contract)

    page(client, _details(case))
    page(client, _details(case))

    events = AuditEvent.objects.filter(action=AuditAction.REFERRAL_VIEWED, user=caseworker)
    assert {(event.referral, event.crn, event.share_version) for event in events} == {(case.pk, "X980010", 1)}
    assert events.count() == 2
    (opening,) = case.current_share().openings.all()
    assert opening.user == caseworker
    assert opening.first_opened_at < opening.last_opened_at


def test_listing_is_recorded(client: Client, caseworker: User, page: Page) -> None:
    page(client, ALL_CASES)

    assert AuditEvent.objects.filter(action=AuditAction.REFERRAL_LISTED, user=caseworker).count() == 1


HOSTILE = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param('"><img src=x onerror=alert(1)>', id="attribute"),
    pytest.param("{{ 7 * 7 }}{% raw %}{{ received }}", id="template marks"),
    pytest.param("O'Neill & Sons <b>bold</b> &amp; \\n", id="quotes and entities"),
    pytest.param("\u202eright to left \u2067שלום\u2069 مرحبا", id="right to left"),
    pytest.param("🙂👩‍👩‍👧 Tŷ Gwyn ŵŷ", id="emoji and Welsh"),
    pytest.param("W" * 4000, id="4,000 characters without a space"),
    pytest.param("None", id="None"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_text_wherever_it_stands(client: Client, contract: Contract, page: Page, text: str) -> None:
    case = received(
        contract,
        intervention_title=text,
        person=a_person(
            first_name=text, last_name=text, ethnicity=text, disabilities=(text, text), email=text
        ),
        needs=replace(
            a_handover().needs, criminogenic=(SharedCriminogenicNeed(name=text, comment=""),), diversity=text
        ),
        reason_for_referral=text,
        practitioner=SharedContact(name=text, email=text, phone=text, team_phone=text, pdu=text, office=text),
        risk=a_risk(
            who_is_at_risk=SharedRiskSection(text=text),
            suicide=SharedRiskSection(answer=SharedAnswer.YES, text=text),
        ),
    )

    soup = page(client, _details(case))

    assert soup.select_one(".govuk-summary-card dd p").get_text() == text
    assert soup.get_text().count(text) >= 12
    assert soup.select("main script, main img, main b") == []
    assert text in page(client, ALL_CASES).get_text()


# --- Figures ------------------------------------------------------------------------------------


def test_the_figures_count_ones_own_referrals(client: Client, contract: Contract, page: Page) -> None:
    now = timezone.now()
    received(contract, at=now)
    received(contract, at=now)
    received(contract, at=now - timedelta(days=500))
    received(at=now)

    soup = page(client, REPORTING)

    tables = [
        [
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in table.select("tbody tr")
        ]
        for table in soup.select("table")
    ]
    stages, contracts, months = tables
    assert stages[0] == ["New", "3"]
    assert {count for _, count in stages[1:]} == {"0"}
    assert contracts == [[f"Somewhere to live {contract.reference}", "3"]]
    assert len(months) == 12
    assert months[0] == [f"{timezone.localtime(now):%B %Y}", "2"]
    assert {count for _, count in months[1:]} == {"0"}


# --- What it costs ------------------------------------------------------------------------------

#: Statements that read or write rows. Transactions, savepoints and taking a role are not among them.
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def _data_statements(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries if query["sql"].lstrip("(").startswith(DATA)]


@pytest.mark.parametrize("cases", [pytest.param(5, id="5 cases"), pytest.param(500, id="500 cases")])
def test_a_referral_costs_the_same_among_5_as_among_500(
    client: Client, contract: Contract, cases: int
) -> None:
    many_received(contract, cases - 1)
    case = received(contract)

    # Session with its user, contracts, case with when its details changed, services, outcomes, needs, share, opening,
    # audit; and whether the disclosure record has it already, which it has but for the first time of the day: then the
    # contract, its service providers, where the user works, a place in the chain, and two entries.
    for statements_of_record in (10, 1, 1):
        statements = _data_statements(client, _details(case))
        assert len(statements) == 9 + statements_of_record, "\n".join(statements)


def test_the_figures_cost_the_same_for_few_as_for_many(client: Client, contract: Contract) -> None:
    costs = set()
    for cases in (5, 495):
        many_received(contract, cases)
        costs.add(len(_data_statements(client, REPORTING)))

    # Session with its user, contracts, months, what is open and what ended in one, audit.
    assert costs == {5}
