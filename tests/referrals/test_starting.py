"""What stops a referral to a service that has ended, and what only warns: from the first page until it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from events.refusals import Gone
from integrations.ndelius import client as ndelius
from interventions.models import Contract
from measurements.page_cost import statements_of
from monitoring.models import ReceivedReferral
from referrals.actions.send_referral import send_referral
from referrals.actions.start_referral import start_referral
from referrals.models import Referral
from referrals.sensitive_details.undecided import count_undecided
from tests.conftest import Page
from tests.factories.monitoring_work import ended
from tests.factories.referrals import a_declared_draft, a_draft, a_sent_referral
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
KEZIA = "X980010"
WEST_YORKSHIRE_HOMES = "Finding and keeping a home in West Yorkshire"


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _warnings(page: BeautifulSoup) -> list[str]:
    return [_text(one).removeprefix("! Warning ") for one in page.select("main .govuk-warning-text")]


def _confirmation(client: Client, page: Page, crn: str, reference: str) -> BeautifulSoup:
    """The page that asks whether it is the right person, for this service."""
    start = reverse("referrals:start", args=[Contract.objects.get(reference=reference).pk])
    page.post(client, start, {"crn": crn})
    return page(client, f"{start}/confirm")


def _opens(draft: Referral | Contract, *, in_days: int) -> None:
    contract = draft if isinstance(draft, Contract) else draft.contract
    Contract.objects.filter(pk=contract.pk).update(opens_on=timezone.localdate() + timedelta(days=in_days))


def _ended_yesterday(contract: Contract) -> None:
    Contract.objects.filter(pk=contract.pk).update(closes_on=timezone.localdate() - timedelta(days=1))


# --- The CRN


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("X980010\u00a0", id="a space that does not break"),
        pytest.param("X\u2009980\u202f010", id="narrow spaces"),
        pytest.param("\u200bX980010\ufeff", id="signs without a width, as copied from a message"),
        pytest.param("\tx980010\r\n", id="tab and line break"),
    ],
)
def test_what_cannot_be_seen_in_a_copied_crn_is_forgiven(
    as_persona: AsPersona, page: Page, typed: str
) -> None:
    client = as_persona("pp")
    start = reverse("referrals:start", args=[Contract.objects.get(reference="DEMO_0001").pk])

    page.post(client, start, {"crn": typed})

    assert "Kezia Brackenridge" in _text(page(client, f"{start}/confirm"))


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0\u200b\u2003", "\n"])
@pytest.mark.parametrize("where", ["from a service", "from a person"])
def test_a_crn_of_nothing_but_spaces_is_asked_for_again_and_nobody_is_looked_up(
    as_persona: AsPersona, page: Page, where: str, typed: str
) -> None:
    client = as_persona("pp")
    contract = Contract.objects.get(reference="DEMO_0001")
    start = reverse("referrals:start", args=[contract.pk])
    address = start if where == "from a service" else reverse("referrals:find_person")

    again = page.post(client, address, {"crn": typed}, status=422)

    assert _text(again.select_one(".govuk-error-summary__list")) == "Enter a CRN"
    assert adapter.state().calls("ndelius", "") == []


# --- A service that has ended


@pytest.mark.parametrize("where", ["referrals:start", "referrals:confirm_person"])
def test_a_kept_address_of_a_service_that_ended_starts_nothing(
    as_persona: AsPersona, page: Page, where: str
) -> None:
    client = as_persona("pp")
    confirmed = _confirmation(client, page, KEZIA, "DEMO_0001")
    contract = Contract.objects.get(reference="DEMO_0001")
    _ended_yesterday(contract)
    address = reverse(where, args=[contract.pk])

    for answered in (
        page(client, address, status=410),
        page.post(client, address, {"crn": KEZIA, **filled_in(confirmed)}, status=410),
    ):
        assert f"{WEST_YORKSHIRE_HOMES} stopped taking referrals after" in _text(answered)
    assert not Referral.objects.exists()


def test_the_action_refuses_too(personas: dict[str, User]) -> None:
    contract = Contract.objects.get(reference="DEMO_0011")

    with pytest.raises(Gone) as gone:
        start_referral(by=personas["pp"], contract=contract, person=ndelius.person(KEZIA), form_key=uuid4())
    assert gone.value.reason.startswith("Housing help in Cleveland stopped taking referrals after")


def test_a_draft_whose_service_ended_stops_at_the_task_list_and_loses_nothing(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_declared_draft(personas["pp"], crn=KEZIA)
    _ended_yesterday(draft.contract)
    client = as_persona("pp")
    tasks = reverse("referrals:tasks", args=[draft.pk])

    assert client.get(reverse("referrals:resume", args=[draft.pk]))["Location"] == tasks
    said = _text(page(client, tasks).main)
    assert f"{WEST_YORKSHIRE_HOMES} stopped taking referrals after" in said
    assert "This referral cannot be sent. What you wrote is kept" in said
    assert "does not take referrals" not in said  # said once
    check = page(client, reverse("referrals:check_answers", args=[draft.pk]))
    assert "You cannot send the referral today." in _text(check.main)
    assert not check.find("button", string=lambda text: text and "Send the referral" in text)
    refused = page.post(client, reverse("referrals:send", args=[draft.pk]), status=410)
    assert "stopped taking referrals after" in _text(refused)
    kept = Referral.objects.get(pk=draft.pk)
    assert not kept.is_sent
    assert kept.reason_for_referral == draft.reason_for_referral


def test_a_service_whose_last_day_is_today_still_takes_referrals(personas: dict[str, User]) -> None:
    draft = a_declared_draft(personas["pp"], crn=KEZIA)
    Contract.objects.filter(pk=draft.contract_id).update(closes_on=timezone.localdate())

    assert send_referral(draft=draft, by=personas["pp"]).is_sent


# --- A service that opens later


def test_a_service_that_opens_later_can_be_prepared_for_and_sent_from_its_first_day(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    client = as_persona("pp")
    contract = Contract.objects.get(reference="DEMO_0001")
    _opens(contract, in_days=1)
    confirmed = _confirmation(client, page, KEZIA, "DEMO_0001")
    assert any("does not take referrals before" in one for one in _warnings(confirmed))

    page.post(client, reverse("referrals:confirm_person", args=[contract.pk]), filled_in(confirmed))
    draft = Referral.objects.get()
    said = _text(page(client, reverse("referrals:tasks", args=[draft.pk])).main)
    assert "You can prepare the referral now and send it from that day." in said

    prepared = a_declared_draft(personas["pp"], crn="X980001")
    refused = page.post(client, reverse("referrals:send", args=[prepared.pk]), status=410)
    assert "takes referrals from" in _text(refused)
    _opens(contract, in_days=0)
    undecided = str(count_undecided(prepared, personas["pp"]).total)
    page.post(client, reverse("referrals:send", args=[prepared.pk]), {"left_undecided": undecided})
    assert Referral.objects.get(pk=prepared.pk).is_sent


# --- What only warns


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        pytest.param(
            "DEMO_0003", "This service is for men only, and nDelius says the person is female.", id="sex"
        ),
        pytest.param("DEMO_0005", "This service is for people aged 18 to 25, and the person is", id="age"),
        pytest.param("DEMO_0014", "This service is for Wales, and the person is supervised in", id="area"),
    ],
)
def test_a_service_that_does_not_fit_warns_and_can_be_gone_on_with(
    as_persona: AsPersona, page: Page, reference: str, reason: str
) -> None:
    client = as_persona("pp")
    confirmed = _confirmation(client, page, KEZIA, reference)

    (warning,) = (one for one in _warnings(confirmed) if one.startswith(reason))
    assert warning.endswith("You can continue if you think the referral is right.")
    confirm = reverse("referrals:confirm_person", args=[Contract.objects.get(reference=reference).pk])
    page.post(client, confirm, filled_in(confirmed))
    tasks = page(client, reverse("referrals:tasks", args=[Referral.objects.get().pk]))
    # The area is not asked for again.
    assert any(one.startswith(reason) for one in _warnings(tasks)) is (reference != "DEMO_0014")


def test_a_service_that_fits_warns_of_nothing(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")

    assert _warnings(_confirmation(client, page, KEZIA, "DEMO_0001")) == []


def test_what_speaks_against_it_is_said_again_before_sending(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_declared_draft(personas["pp"], crn=KEZIA)
    Contract.objects.filter(pk=draft.contract_id).update(allows_female=False)

    check = page(as_persona("pp"), reverse("referrals:check_answers", args=[draft.pk]))

    assert any(one.startswith("This service is for men only") for one in _warnings(check))


def test_without_the_manager_the_confirmation_is_there_without_the_area(
    as_persona: AsPersona, page: Page
) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/responsible-officer$", status=503))

    assert _warnings(_confirmation(as_persona("pp"), page, KEZIA, "DEMO_0014")) == []


# --- A referral that there is already


def test_a_draft_of_theirs_for_the_same_person_and_service_is_pointed_to(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    earlier = a_draft(personas["pp"], crn=KEZIA)
    a_draft(personas["pp.colleague"], crn=KEZIA)
    client = as_persona("pp")

    confirmed = _confirmation(client, page, KEZIA, "DEMO_0001")

    (warning,) = _warnings(confirmed)
    assert warning.startswith("You started a referral of this person to this service on")
    link = confirmed.find("a", string="Continue that draft")
    assert link["href"] == reverse("referrals:resume", args=[earlier.pk])
    page.post(client, reverse("referrals:confirm_person", args=[earlier.contract_id]), filled_in(confirmed))
    assert Referral.objects.drafts_of(personas["pp"]).count() == 2  # warned, never refused


@pytest.mark.parametrize(
    ("crn", "reference"),
    [
        pytest.param("X980001", "DEMO_0001", id="another person"),
        pytest.param(KEZIA, "DEMO_0002", id="another service"),
    ],
)
def test_a_referral_of_something_else_is_no_reason_to_warn(
    as_persona: AsPersona, personas: dict[str, User], page: Page, crn: str, reference: str
) -> None:
    a_draft(personas["pp"], crn=crn, contract=reference)
    a_sent_referral(personas["pp"], crn=crn, contract=reference)

    assert _warnings(_confirmation(as_persona("pp"), page, KEZIA, "DEMO_0001")) == []


@pytest.mark.parametrize(
    ("sender", "reader", "said", "link"),
    [
        pytest.param("pp", "pp", "You referred this person", "referrals:case", id="their own"),
        pytest.param(
            "pp.colleague",
            "pp",
            "Another practitioner referred this person",
            "referrals:case",
            id="they manage the person",
        ),
        pytest.param(
            "pp",
            "pp.colleague",
            "Another practitioner referred this person",
            "referrals:open_by_crn",
            id="a reason is needed",
        ),
    ],
)
def test_an_open_referral_is_warned_of_with_the_way_to_it(
    as_persona: AsPersona,
    personas: dict[str, User],
    page: Page,
    sender: str,
    reader: str,
    said: str,
    link: str,
) -> None:
    sent = a_sent_referral(personas[sender], crn=KEZIA)
    client = as_persona(reader)

    confirmed = _confirmation(client, page, KEZIA, "DEMO_0001")

    (warning,) = _warnings(confirmed)
    assert warning.startswith(f"{said} to this service on")
    assert "that referral is still open" in warning
    href = confirmed.select_one("main .govuk-warning-text a")["href"]
    assert href == reverse(link, args=[sent.pk] if link == "referrals:case" else [])
    page(client, href)  # they may open it
    assert (sent.reference in _text(confirmed)) is (link == "referrals:case")


def test_a_referral_that_is_over_is_not_warned_of(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    sent = a_sent_referral(personas["pp"], crn=KEZIA)
    ended(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])

    assert _warnings(_confirmation(as_persona("pp"), page, KEZIA, "DEMO_0001")) == []


def test_the_task_list_warns_of_another_referral_and_not_of_itself(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp"], crn=KEZIA)
    client, tasks = as_persona("pp"), reverse("referrals:tasks", args=[draft.pk])
    assert _warnings(page(client, tasks)) == []

    a_sent_referral(personas["pp.colleague"], crn=KEZIA)

    (warning,) = _warnings(page(client, tasks))
    assert warning.startswith("Another practitioner referred this person")


def test_what_there_is_already_costs_one_statement_however_much_it_is(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    draft = a_draft(personas["pp"], crn=KEZIA)
    client, tasks = as_persona("pp"), reverse("referrals:tasks", args=[draft.pk])
    statements_of(client, tasks)
    alone = len(statements_of(client, tasks))
    for _ in range(10):
        a_draft(personas["pp"], crn=KEZIA)

    assert len(statements_of(client, tasks)) == alone <= 12
