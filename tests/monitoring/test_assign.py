"""Giving a case to a caseworker: the action's rules, the pages, and who may use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import OutOfDate, Refused
from interventions.models import Contract, ContractGrant
from monitoring.actions.assign_caseworker import CASE_ASSIGNED, CannotBeAssigned, assign
from monitoring.lists.colleagues import colleagues_on
from monitoring.models import Assignment, ReceivedReferral, Stage
from monitoring.rules.stages import ENDED
from tests.conftest import Page
from tests.factories.accounts import (
    AdministratorFactory,
    MembershipFactory,
    PractitionerFactory,
    ProviderFactory,
    SupplierUserFactory,
)
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, many_received, received
from tests.factories.monitoring_delivery import at_stage
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def manager(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Mona", last_name="Manager")


@pytest.fixture
def sam(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def ted(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Ted", last_name="Tarn")


@pytest.fixture
def case(contract: Contract) -> ReceivedReferral:
    return received(contract)


@pytest.fixture
def client(manager: User) -> Client:
    return _signed_in(manager)


def _signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def _give(case: ReceivedReferral, to: User, by: User, **more: Any) -> Assignment:
    return assign(received=case, caseworker=to, by=by, **{"form_key": uuid4(), **more})


def _rows(case: ReceivedReferral) -> list[tuple[int, bool]]:
    """Caseworker and whether in force, oldest first."""
    found = case.assignments.order_by("assigned_at")
    return [(row.caseworker_id, row.superseded_at is None) for row in found]


# --- The action ---------------------------------------------------------------------------------


def test_a_first_caseworker_moves_the_case_on(case: ReceivedReferral, manager: User, sam: User) -> None:
    at = datetime(2026, 3, 3, 10, tzinfo=UTC)

    assignment = _give(case, sam, manager, at=at)

    case.refresh_from_db()
    assert (case.caseworker_id, case.stage) == (sam.pk, Stage.ARRANGE_ASSESSMENT)
    assert (assignment.assigned_at, assignment.assigned_by_id) == (at, manager.pk)
    event = AuditEvent.objects.get(action=AuditAction.CASE_ASSIGNED)
    assert (event.user, event.referral, event.crn) == (manager, case.pk, case.crn)
    assert event.facts == {"caseworker": sam.pk, "is_first": True}


def test_the_caseworker_before_stays_in_the_history(
    case: ReceivedReferral, manager: User, sam: User, ted: User
) -> None:
    for person in (sam, ted, sam):
        _give(case, person, manager)

    case.refresh_from_db()
    assert case.caseworker_id == sam.pk
    assert _rows(case) == [(sam.pk, False), (ted.pk, False), (sam.pk, True)]


def test_the_same_form_again_changes_nothing(
    case: ReceivedReferral, manager: User, sam: User, ted: User
) -> None:
    key = uuid4()
    first = _give(case, sam, manager, form_key=key)
    _give(case, ted, manager)

    again = _give(case, sam, manager, form_key=key)

    assert again == first
    assert _rows(case) == [(sam.pk, False), (ted.pk, True)]
    assert OutboxEntry.objects.filter(kind=CASE_ASSIGNED).count() == 2


def test_choosing_who_has_the_case_changes_nothing(case: ReceivedReferral, manager: User, sam: User) -> None:
    first = _give(case, sam, manager)

    assert _give(case, sam, manager) == first
    assert OutboxEntry.objects.filter(kind=CASE_ASSIGNED).count() == 1


@pytest.mark.parametrize(
    ("seen", "is_refused"),
    [
        pytest.param("nobody", True, id="the page showed nobody"),
        pytest.param("ted", True, id="the page showed somebody else"),
        pytest.param("sam", False, id="the page showed who it is"),
    ],
)
def test_whoever_saves_second_is_told(
    case: ReceivedReferral,
    manager: User,
    sam: User,
    ted: User,
    contract: Contract,
    seen: str,
    is_refused: bool,
) -> None:
    _give(case, sam, manager)
    chosen = caseworker_on(contract)
    in_place_of = {"nobody": None, "ted": ted.pk, "sam": sam.pk}[seen]

    if is_refused:
        with pytest.raises(OutOfDate):
            _give(case, chosen, manager, in_place_of=in_place_of)
        assert _rows(case) == [(sam.pk, True)]
    else:
        _give(case, chosen, manager, in_place_of=in_place_of)
        assert _rows(case) == [(sam.pk, False), (chosen.pk, True)]


def _of_a_subcontractor(contract: Contract) -> User:
    provider, person = ProviderFactory(), SupplierUserFactory()
    contract.subcontractors.add(provider)
    MembershipFactory(user=person, provider=provider)
    ContractGrantFactory(user=person, contract=contract)
    return person


def _revoked(contract: Contract) -> User:
    person = caseworker_on(contract)
    person.contract_grants.update(revoked_at=timezone.now(), revoked_by=AdministratorFactory())
    return person


def _left(contract: Contract) -> User:
    person = caseworker_on(contract)
    person.memberships.update(ended_at=timezone.now())
    return person


def _without_a_grant(contract: Contract) -> User:
    person = SupplierUserFactory()
    MembershipFactory(user=person, provider=contract.prime)
    return person


CHOICES = [
    pytest.param(caseworker_on, True, id="a colleague with a grant"),
    pytest.param(_without_a_grant, False, id="a colleague without a grant"),
    pytest.param(_revoked, False, id="a colleague whose grant was revoked"),
    pytest.param(_left, False, id="somebody who left"),
    pytest.param(lambda contract: caseworker_on(contract, is_active=False), False, id="a closed account"),
    pytest.param(_of_a_subcontractor, False, id="somebody of the other provider on the contract"),
    pytest.param(lambda contract: caseworker_on(a_contract()), False, id="a stranger"),
    pytest.param(lambda contract: PractitionerFactory(), False, id="a practitioner"),
    pytest.param(lambda contract: AdministratorFactory(), False, id="an administrator"),
]


@pytest.mark.parametrize(("somebody", "is_colleague"), CHOICES)
def test_who_can_be_given_a_case(
    contract: Contract,
    case: ReceivedReferral,
    manager: User,
    somebody: Callable[[Contract], User],
    is_colleague: bool,
) -> None:
    person = somebody(contract)

    assert (person in colleagues_on(contract, manager)) == is_colleague
    if is_colleague:
        _give(case, person, manager)
    else:
        with pytest.raises(CannotBeAssigned):
            _give(case, person, manager)
        assert _rows(case) == []


def test_somebody_who_is_no_supplier_can_choose_of_both_providers(contract: Contract, sam: User) -> None:
    of_the_other = _of_a_subcontractor(contract)

    assert {*colleagues_on(contract, AdministratorFactory())} == {sam, of_the_other}


def test_a_supplier_elsewhere_can_give_nothing(case: ReceivedReferral, sam: User) -> None:
    with pytest.raises(Refused):
        _give(case, sam, caseworker_on(a_contract()))
    assert _rows(case) == []


@pytest.mark.parametrize("stage", list(Stage))
def test_cases_are_given_while_they_are_open(
    contract: Contract, manager: User, sam: User, page: Page, stage: Stage
) -> None:
    case = at_stage(stage, contract=contract)
    client = _signed_in(manager)

    page(client, _choose(case), status=403 if stage in ENDED else 200)
    if stage in ENDED:
        with pytest.raises(Refused, match="stage"):
            _give(case, sam, manager)
        page.post(client, _confirm(case, sam), {"form_key": uuid4()}, status=403)
    else:
        _give(case, sam, manager)
        case.refresh_from_db()
        assert case.caseworker_id == sam.pk


# --- The email ----------------------------------------------------------------------------------


def test_the_new_caseworker_gets_a_link_and_nothing_of_the_case(
    case: ReceivedReferral, manager: User, sam: User
) -> None:
    _give(case, sam, manager)
    entry = OutboxEntry.objects.get(kind=CASE_ASSIGNED)

    assert outbox.deliver_entry(entry.pk)

    (email,) = mail.outbox
    assert email.to == [sam.email]
    assert reverse("monitoring:referral_details", args=[case.pk]) in email.body
    said = email.subject + email.body
    for private in (case.person_first_name, case.person_last_name, case.crn, case.reference):
        assert private not in said


@pytest.mark.parametrize(
    "change", [pytest.param({"is_active": False}, id="closed"), pytest.param({"email": ""}, id="no address")]
)
def test_for_an_account_that_cannot_be_written_to_the_team_is_told(
    case: ReceivedReferral, manager: User, sam: User, change: dict[str, Any]
) -> None:
    _give(case, sam, manager)
    User.objects.filter(pk=sam.pk).update(**change)

    assert outbox.deliver_entry(OutboxEntry.objects.get(kind=CASE_ASSIGNED).pk)
    assert [email.to for email in mail.outbox] == [[case.contract.incoming_email]]


# --- The pages ----------------------------------------------------------------------------------


def _choose(case: ReceivedReferral) -> str:
    return reverse("monitoring:choose_caseworker", args=[case.pk])


def _confirm(case: ReceivedReferral, person: User) -> str:
    return reverse("monitoring:confirm_caseworker", args=[case.pk, person.pk])


def _assigned(case: ReceivedReferral) -> str:
    return reverse("monitoring:caseworker_assigned", args=[case.pk])


def _hidden(soup: Any) -> dict[str, str]:
    return {box["name"]: box["value"] for box in soup.select("main form input[type=hidden]")}


def _text(soup: Any) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def test_choose_confirm_done(
    client: Client, case: ReceivedReferral, sam: User, ted: User, manager: User, page: Page
) -> None:
    _give(received(case.contract), sam, manager)

    soup = page(client, _choose(case))
    offered = {
        item.label.get_text(strip=True): item.select_one(".govuk-hint").get_text(strip=True)
        for item in soup.select(".govuk-radios__item")
    }
    assert offered == {"Mona Manager": "0 open cases", "Sam Sand": "1 open case", "Ted Tarn": "0 open cases"}
    assert "This case is not assigned to a caseworker" in _text(soup)

    response = client.post(_choose(case), {"caseworker": sam.pk})
    assert response.headers["Location"] == _confirm(case, sam)
    soup = page(client, _confirm(case, sam))
    assert "Sam Sand" in _text(soup)
    assert not case.assignments.exists()

    response = client.post(_confirm(case, sam), _hidden(soup))
    assert response.headers["Location"] == _assigned(case)
    said = _text(page(client, _assigned(case)))
    assert "Caseworker assigned" in said
    assert "Sam Sand" in said
    assert "by Mona Manager" in said


def test_the_history_is_shown_and_the_caseworker_is_not_offered_again(
    client: Client, case: ReceivedReferral, sam: User, ted: User, manager: User, page: Page
) -> None:
    start = datetime(2026, 3, 3, 10, tzinfo=UTC)
    _give(case, sam, manager, at=start)
    _give(case, ted, sam, at=start + timedelta(days=1))

    soup = page(client, _choose(case))

    assert soup.h1.get_text() == "Change the caseworker"
    assert [item.get_text(strip=True) for item in soup.select(".govuk-radios__label")] == [
        "Mona Manager",
        "Sam Sand",
    ]
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in soup.select("tbody tr")
    ]
    assert rows == [
        ["Ted Tarn", "4 March 2026 at 10am", "Current caseworker", "Sam Sand"],
        ["Sam Sand", "3 March 2026 at 10am", "4 March 2026 at 10am", "Mona Manager"],
    ]


@pytest.mark.parametrize(
    ("colleagues", "control"),
    [
        pytest.param(10, "input[type=radio]", id="ten: radios"),
        pytest.param(11, "select option[value]:not([value=''])", id="eleven: a list"),
    ],
)
def test_radios_for_a_few_a_list_for_many(
    client: Client, contract: Contract, case: ReceivedReferral, page: Page, colleagues: int, control: str
) -> None:
    for _ in range(colleagues - 1):  # whoever asks is one of them
        caseworker_on(contract)

    assert len(page(client, _choose(case)).select(f"main {control}")) == colleagues


@pytest.mark.parametrize("chosen", ["", "abc", "0", "999999", "-1", "\x00", "9" * 400])
def test_a_choice_that_was_not_offered_is_an_error(
    client: Client, case: ReceivedReferral, page: Page, chosen: str
) -> None:
    soup = page.post(client, _choose(case), {"caseworker": chosen}, status=422)

    assert "Select who will be the caseworker" in _text(soup)


def test_alone_at_the_provider_one_can_take_the_case_or_ask(
    client: Client, case: ReceivedReferral, manager: User, page: Page
) -> None:
    assert "Mona Manager" in _text(page(client, _choose(case)))

    _give(case, manager, manager)

    soup = page(client, _choose(case))
    assert "No one else in your organisation can see" in _text(soup)
    assert not soup.select("main form button")


def test_a_grant_revoked_before_saving_is_an_error_and_saves_nothing(
    client: Client, case: ReceivedReferral, sam: User, ted: User, page: Page
) -> None:
    hidden = _hidden(page(client, _confirm(case, sam)))
    ContractGrant.objects.filter(user=sam).update(
        revoked_at=timezone.now(), revoked_by=AdministratorFactory()
    )

    soup = page.post(client, _confirm(case, sam), hidden, status=422)

    assert "cannot assign cases on this contract" in _text(soup)
    assert "Sam Sand" not in _text(soup)
    assert _rows(case) == []
    page(client, _confirm(case, sam), status=404)


def test_somebody_faster_is_said_with_a_page(
    client: Client, case: ReceivedReferral, sam: User, ted: User, manager: User, page: Page
) -> None:
    hidden = _hidden(page(client, _confirm(case, sam)))
    _give(case, ted, manager)

    soup = page.post(client, _confirm(case, sam), hidden, status=409)

    assert "Someone else has changed the caseworker" in _text(soup)
    assert _rows(case) == [(ted.pk, True)]


@pytest.mark.parametrize("key", ["", "not a key", "\x00", str(UUID(int=1)) + "0"])
def test_a_form_without_its_key_saves_nothing(
    client: Client, case: ReceivedReferral, sam: User, page: Page, key: str
) -> None:
    page.post(client, _confirm(case, sam), {"form_key": key}, status=422)

    assert _rows(case) == []


def test_nothing_to_confirm_as_done_before_it_is(client: Client, case: ReceivedReferral, page: Page) -> None:
    page(client, _assigned(case), status=404)


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
def test_the_pages_open_to_those_on_the_contract(
    as_persona: SignIn, personas: dict[str, User], page: Page, persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    contract = theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first()
    assert contract is not None
    case, client = received(contract), as_persona(persona)
    worker, colleague = personas["sp.caseworker"], caseworker_on(contract)
    _give(case, worker, AdministratorFactory())
    provider = worker.memberships.get().provider
    if provider != contract.prime:
        MembershipFactory(user=colleague, provider=provider)

    for address in (_choose(case), _confirm(case, colleague), _assigned(case)):
        page(client, address, status=status)
    is_in = status == 200
    page.post(client, _choose(case), {"caseworker": colleague.pk}, status=302 if is_in else status)
    page.post(client, _confirm(case, colleague), {"form_key": uuid4(), "in_place_of": worker.pk},
              status=302 if is_in else status)  # fmt: skip
    assert len(_rows(case)) == (2 if is_in else 1)
    assert client.post(_assigned(case)).status_code == (405 if is_in or status == 404 else status)


@pytest.mark.parametrize("cases", [pytest.param(5, id="5 cases"), pytest.param(500, id="500 cases")])
def test_choosing_costs_the_same_for_few_as_for_many(
    client: Client, contract: Contract, manager: User, sam: User, cases: int
) -> None:
    busy = many_received(contract, cases)
    ReceivedReferral.objects.unscoped().filter(contract=contract).update(caseworker=sam)
    ReceivedReferral.objects.unscoped().filter(pk=busy[0].pk).update(caseworker=None)
    _give(busy[0], sam, manager)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(_choose(busy[0])).status_code == 200

    data = [one["sql"] for one in queries if one["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    # Session with its user, case, contract, colleagues, load, assignments, names, kept text, audit;
    # and on PostgreSQL what is granted, which the policies on rows are told.
    assert len(data) == 10, "\n".join(data)
