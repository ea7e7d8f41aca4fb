"""Check your answers: the live service's cards, every answer in one, each with its way back; and its printing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts.models import User
from demo import referrals as demo
from interventions.models import Contract, ServiceCategory
from measurements.many_cases import MOST_STATEMENTS
from measurements.page_cost import statements_of
from referrals.journey import answers
from referrals.journey.questions.risk import RiskPage
from referrals.journey.structure import Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters.check_answers import cards
from risk.actions import change_section as changing
from risk.actions import pull_risk_information as pulling
from risk.models import SectionKey, SectionState
from tests.factories.referrals import a_declared_draft, a_draft, a_sent_referral
from tests.referrals.test_branches import BRANCHES, ONE_SERVICE, SEVERAL_SERVICES, filled_in, on_branch, say
from tests.stories.referring import Practitioner
from tests.stories.referring import filled_in as fields_of

AsPersona = Callable[[str], Client]
A, B, C, D = BRANCHES
RISK = "OASys risk information that will be shared"
PEOPLE = ["Probation practitioner", "Back-up contact"]
CONTACT = ["Main point of contact"]
INFORMATION = ["Last known address and contact details", "Personal details", "Needs and requirements"]
RELEASE = "Current location and release"
TITLES = {
    A: ("Current location", PEOPLE),
    B: (RELEASE, PEOPLE),
    C: (RELEASE, CONTACT),
    D: (RELEASE, CONTACT),
}
ROWS = {
    A: {
        "Identity details": ["First name", "Last name", "Date of birth", "CRN"],
        "Current location": [
            "Allocated community probation practitioner", "Location when referred",
        ],
        "Probation practitioner": [
            "Full name", "Email address", "Phone number", "Probation delivery unit (PDU)", "Probation office",
            "Team phone number",
        ],
        "Back-up contact": ["Full name", "Email address", "Phone number"],
        "Last known address and contact details": [
            "Last known address", "Phone number", "Mobile number", "Email address",
        ],
        "Personal details": ["Sex", "Ethnicity", "Preferred language", "Religion or belief", "Disabilities"],
        "Needs and requirements": [
            "Criminogenic needs", "Additional needs", "Mobility, disability or accessibility needs",
            "Interpreter needed", "Preferred language", "Caring or employment responsibilities",
            "When they are unavailable", "Diversity considerations",
        ],
        "Intervention details": [
            "Intervention type", "Sentence", "Subcategory", "Sentence end date",
            "Maximum number of enforceable days", "Completion date",
        ],
    },
    B: {
        "Identity details": ["First name", "Last name", "Date of birth", "CRN", "Prison number"],
        RELEASE: [
            "Allocated community probation practitioner", "Location when referred", "Establishment",
            "Expected release date",
        ],
    },
    C: {
        "Identity details": ["First name", "Last name", "Date of birth", "CRN", "Prison number"],
        RELEASE: [
            "Allocated community probation practitioner", "Location when referred",
            "Released during the intervention", "Establishment", "Expected release date",
            "Expected probation office", "Why the probation office is not known",
        ],
        "Main point of contact": [
            "Full name", "Role or job title", "Email address", "Phone number", "Place of work",
            "Reason for referring before a practitioner is allocated",
        ],
    },
    D: {
        RELEASE: [
            "Allocated community probation practitioner", "Location when referred",
            "Released during the intervention", "Establishment",
        ],
        "Main point of contact": [
            "Full name", "Role or job title", "Email address", "Phone number", "Place of work",
        ],
    },
}  # fmt: skip


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def progress_of(draft: Referral, by: User) -> Progress:
    return MAKE_A_REFERRAL.on(Referral.objects.get(pk=draft.pk), by, timezone.localdate())


def dealt(draft: Referral, by: User) -> dict[str, list[str]]:
    return {card.title: [row.label for row in card.rows] for card in cards(progress_of(draft, by))}


def declared(draft: Referral, by: User) -> Referral:
    """Everything that risk needs before the answers can be checked."""
    pulling.pull(risk=draft.risk, by=by)
    for section in draft.risk.in_order():
        if section.needs_decision and section.state == SectionState.UNREVIEWED:
            changing.remove_section(risk=draft.risk, key=section.key, by=by)
    demo.declare(draft, by)
    return Referral.objects.get(pk=draft.pk)


def card_of(page: BeautifulSoup, title: str) -> dict[str, str]:
    """Label and value of one card's rows, as the page shows them."""
    shown = {" ".join(one.h2.get_text().split()): one for one in page.select(".govuk-summary-card") if one.h2}
    return {
        row.dt.get_text(strip=True): " ".join(row.dd.get_text(" ").split())
        for row in shown[title].select(".govuk-summary-list__row")
        if row.dt and row.dd
    }


# --- The cards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"])
def test_cards_and_rows_in_the_live_services_order(pp: User, branch: str, contract: str) -> None:
    draft = filled_in(pp, branch, contract)
    location, people = TITLES[branch]
    names = [service.category.name for service in draft.services.all()]
    several = [f"{draft.contract.contract_type.name} intervention"] if contract == SEVERAL_SERVICES else []
    found = dealt(draft, pp)

    assert list(found) == [
        "Identity details", location, "Intervention details", *several, *(f"{name} service" for name in names),
        *people, *INFORMATION,
    ]  # fmt: skip
    assert {title: found[title] for title in ROWS[branch]} == ROWS[branch]
    reasons = ["Reason for referral", "Further information"]
    of_service = ["Complexity level", "Desired outcomes"]
    if several:
        # Live service: several services, and the further information is not shown
        assert found[several[0]] == [*reasons, "Selected services"]
    expected = of_service if several else [*reasons, *of_service]
    assert [found[f"{name} service"] for name in names] == [expected] * len(names)


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"])
def test_every_answer_is_in_a_card_with_its_way_back(pp: User, branch: str, contract: str) -> None:
    progress = progress_of(filled_in(pp, branch, contract), pp)
    asked = {
        (row.label, row.value)
        for placed in progress.steps
        if placed.page is not RiskPage
        for row in progress.rows(placed)
    }
    shown = [(card.title, row) for card in cards(progress) for row in card.rows]

    assert asked - {(row.label, row.value) for _, row in shown} == set()
    without = {(title, row.label) for title, row in shown if not row.href}
    assert without <= {("Identity details", label) for label in ROWS[B]["Identity details"]} | {
        ("Intervention details", "Intervention type")
    }
    assert all("?return=check" in row.href for _, row in shown if row.href)
    names = [row.change_text for _, row in shown if row.href]
    ours = [name for name in names if " service)" not in name]
    assert len(ours) == len(set(ours)), "no two links have one name"


def test_what_is_kept_on_sending_is_every_answer(pp: User) -> None:
    sent = a_sent_referral(pp)
    assert sent.answers_as_sent is not None
    kept = [one["label"] for one in sent.answers_as_sent]
    progress = progress_of(sent, pp)

    assert kept == [row.label for placed in progress.steps for row in progress.rows(placed)]
    assert kept.count("Desired outcomes") == kept.count("Complexity level") == sent.services.count()


# --- The page ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_change_returns_to_the_check_page(as_persona: AsPersona, pp: User) -> None:
    me = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))
    page = me.open(me.address("check_answers"))
    links = {str(link["href"]) for link in page.select(".govuk-summary-list__actions a")}
    ways = {link for link in links if link.endswith("?return=check")}

    assert links - ways == {me.address("risk_section", key.slug) for key in SectionKey}
    for way in sorted(ways):
        answer = me.post(way, fields_of(me.open(way)) | _but_for(way))
        assert answer["Location"] == me.address("check_answers"), way


def _but_for(way: str) -> dict[str, str]:
    """The stub's addresses are of no government."""
    return {"practitioner_email": "p.okonjo@justice.gov.uk"} if "email-address" in way else {}


def test_what_risk_information_will_be_shared_is_read_section_by_section(
    as_persona: AsPersona, pp: User
) -> None:
    draft = a_declared_draft(pp, crn="X980001")
    me = Practitioner(as_persona("pp"), str(draft.pk))

    rows = card_of(me.open(me.address("check_answers")), RISK)

    assert list(rows) == [key.label for key in SectionKey]
    for section in draft.risk.in_order():
        removed = section.state == SectionState.REMOVED
        expected = "No information shared" if removed else " ".join(section.source_text.split())
        assert expected in rows[section.section_key.label]
    assert "High" not in rows.values(), "levels are not shared"


def test_an_incomplete_draft_is_sent_to_its_task_list_and_says_why(as_persona: AsPersona, pp: User) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))
    answer = me.client.get(me.address("check_answers"))
    assert answer["Location"] == me.address("tasks")

    page = " ".join(me.open(me.address("tasks")).get_text(" ").split())

    assert "Still to do: Does the person have an allocated community probation practitioner?" in page


@pytest.mark.parametrize("name", ["check_answers", "preview"])
def test_pages_can_be_printed_with_javascript_only(as_persona: AsPersona, pp: User, name: str) -> None:
    me = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))

    _can_be_printed(me.open(me.address(name)))


def test_the_confirmation_says_who_has_it_and_when_they_are_in_touch(as_persona: AsPersona, pp: User) -> None:
    sent = a_sent_referral(pp)
    me = Practitioner(as_persona("pp"), str(sent.pk))

    page = me.open(me.address("sent"))

    text = " ".join(page.get_text(" ").split())
    assert sent.reference in text
    assert f"{sent.contract.prime.name} has received the referral" in text
    assert "The supplier assessment must take place within 10 working days of receiving the referral." in text
    _can_be_printed(page)


def _can_be_printed(page: BeautifulSoup) -> None:
    button = page.select_one("button[data-print]")
    assert button is not None
    assert (button["type"], button.has_attr("hidden")) == ("button", True)
    assert [script for script in page.select("script[src]") if "print" in str(script["src"])]


# --- What it costs -----------------------------------------------------------------------------------


def _with_services(by: User, count: int) -> Referral:
    """A complete draft on branch A with this many services."""
    contract = Contract.objects.get(reference=SEVERAL_SERVICES)
    more = ServiceCategory.objects.exclude(pk__in=contract.categories())
    contract.contract_type.categories.add(*more[: max(0, 8 - contract.categories().count())])
    draft = on_branch(by, A, SEVERAL_SERVICES)
    chosen = tuple(sorted(one.pk for one in contract.categories())[:count])
    say(draft, by, "services", answers.Services(chosen))
    slugs = [step.slug for step, _ in MAKE_A_REFERRAL.declared_steps()]
    demo.answer(draft, by, only=[slug for slug in slugs if slug not in (*BRANCHES[A][0], "services")])
    assert draft.services.count() == count
    return declared(draft, by)


@pytest.mark.parametrize("page", ["check_answers", "preview"])
@pytest.mark.slow
def test_eight_services_cost_as_many_statements_as_one(as_persona: AsPersona, pp: User, page: str) -> None:
    client = as_persona("pp")
    needed = {}
    for count in (1, 8):
        me = Practitioner(client, str(_with_services(pp, count).pk))
        statements_of(client, me.address(page))  # who may see the person is kept from now on
        needed[count] = len(statements_of(client, me.address(page)))

    assert needed[8] == needed[1] <= MOST_STATEMENTS
