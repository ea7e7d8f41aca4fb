"""The progress page: what is next at every stage, the tables, the history, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.models import Contract
from monitoring.models import (
    Appointment,
    Closed,
    Method,
    Pause,
    Purpose,
    ReceivedReferral,
    Stage,
    Turn,
)
from monitoring.presenters.progress import present
from monitoring.presenters.progress_actions import SupplierActions
from monitoring.presenters.progress_records import progress_of
from monitoring.rules import stages
from tests.conftest import Page
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import (
    assessed,
    assigned,
    at_stage,
    with_booking_refused,
    with_change_asked,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand", email="sam.sand@provider.example")


@pytest.fixture
def client(worker: User) -> Client:
    client = Client()
    sign_in(client, worker)
    return client


def _progress(case: ReceivedReferral) -> str:
    return reverse("monitoring:progress", args=[case.pk])


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def _rows(soup: BeautifulSoup, caption: str) -> list[list[str]]:
    table = next(one for one in soup.select("table") if one.caption.get_text(strip=True) == caption)
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")
    ]


# --- At every stage ------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_says_what_is_next(client: Client, contract: Contract, page: Page, stage: Stage) -> None:
    case = at_stage(stage, contract=contract)

    said = _text(page(client, _progress(case)))

    turn = "Yours" if case.whose_turn == Turn.SUPPLIER else Turn(case.whose_turn).label
    assert (
        f"Status {stage.label} Next step {stages.next_step(case, for_supplier=True)} Whose turn {turn}"
        in said
    )
    assert ("Due date" in said) == (case.due_on is not None)
    assert ("Overdue" in said) == (case.due_on is not None and case.due_on < timezone.localdate())


D, N, T, X = "Done", "Now", "To come", "Not done"


@pytest.mark.parametrize(
    ("stage", "way", "task"),
    [
        pytest.param(Stage.ASSIGN, [N, T, T, T, T], "Assign a caseworker", id="new"),
        pytest.param(
            Stage.ARRANGE_ASSESSMENT, [D, N, T, T, T], "Arrange the supplier assessment", id="assigned"
        ),
        pytest.param(
            Stage.HOLD_ASSESSMENT, [D, N, T, T, T], "Give feedback on the supplier assessment", id="arranged"
        ),
        pytest.param(Stage.PLAN, [D, D, N, T, T], "Write the action plan", id="assessed"),
        pytest.param(
            Stage.CHANGE_PLAN,
            [D, D, N, T, T],
            "Write a new version of the action plan",
            id="change asked for",
        ),
        pytest.param(Stage.ARRANGE_SESSION, [D, D, D, N, T], "Arrange session 2", id="delivering"),
        pytest.param(
            Stage.HOLD_SESSION, [D, D, D, N, T], "Give feedback on session 1", id="session arranged"
        ),
        pytest.param(Stage.REPORT, [D, D, D, D, N], "Write the end of service report", id="report due"),
        pytest.param(Stage.COMPLETED, [D, D, D, D, D], None, id="completed"),
    ],
)
def test_the_way_of_a_case_is_said_in_words_and_its_next_task_is_a_button(
    client: Client, contract: Contract, page: Page, stage: Stage, way: list[str], task: str | None
) -> None:
    soup = page(client, _progress(at_stage(stage, contract=contract)))

    parts = soup.select("main ol[aria-label='Stages of this case'] > li")
    assert [part.select_one(".rm-stages__state").get_text() for part in parts] == way
    assert [part.get("aria-current") for part in parts] == ["step" if one == N else None for one in way]
    button = soup.select_one("#next-step ~ a.govuk-button")
    assert (button.get_text(strip=True) if button else None) == task
    if button:
        page(client, button["href"])


def test_what_an_early_end_left_out_is_not_done(client: Client, contract: Contract, page: Page) -> None:
    soup = page(client, _progress(at_stage(Stage.CANCELLED, contract=contract)))

    states = [state.get_text() for state in soup.select(".rm-stages__state")]
    assert states[-1] == X
    assert not {N, T} & {*states}


def test_before_an_appointment_there_is_nothing_to_do_but_read(
    client: Client, contract: Contract, page: Page
) -> None:
    soon = timezone.now() + timedelta(days=1)
    case = with_session_arranged(with_plan(received(contract)), 1, starts_at=soon)

    button = page(client, _progress(case)).select_one("#next-step ~ a.govuk-button")

    assert button.get_text(strip=True) == "View the details of session 1"
    assert "session 1" in page(client, button["href"]).h1.get_text().lower()


def test_what_ndelius_refused_is_arranged_again(client: Client, contract: Contract, page: Page) -> None:
    case = with_booking_refused(with_session_arranged(with_plan(received(contract)), 1))

    button = page(client, _progress(case)).select_one("#next-step ~ a.govuk-button")

    assert button.get_text(strip=True) == "Arrange session 1 again"
    page(client, button["href"])


def test_after_something_was_done_the_next_task_is_one_click_away(
    client: Client, contract: Contract, page: Page
) -> None:
    case = assigned(received(contract))
    ask = reverse("monitoring:ask_question", args=[case.pk])
    form = page(client, ask).select_one("main form[method=post]")
    answers = {box["name"]: box.get("value", "") for box in form.select("input[type=hidden]")}
    answers |= {"about": form.select("select option[value]")[1]["value"], "text": "When?"}
    answers["kind"] = form.select_one("input[type=radio]")["value"]

    soup = page.read(client.post(ask, answers, follow=True), status=200)

    link = soup.select_one("[role=alert] a")
    assert link.get_text() == "Arrange the supplier assessment"
    page(client, link["href"])
    assert soup.select_one("[role=alert]").get_text().count("Your question was sent") == 1


def test_the_case_pages_lead_to_each_other(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)

    for name in ("progress", "referral_details", "case_notes", "questions"):
        soup = page(client, reverse(f"monitoring:{name}", args=[case.pk]))
        links = {link.get_text(): link["href"] for link in soup.select(".rm-places a")}
        assert list(links) == ["Progress", "Referral details", "Case notes", "Questions", "Change log"]
        current = soup.select_one(".rm-places a[aria-current]")
        assert current["href"] == reverse(f"monitoring:{name}", args=[case.pk])
        assert "Alex River" in soup.select_one(".rm-person").get_text()


def test_referral_details_stand_as_a_link_on_the_page(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)

    links = [
        link
        for link in page(client, _progress(case)).select("main p a")
        if link.get_text() == "Referral details"
    ]

    assert [link["href"] for link in links] == [reverse("monitoring:referral_details", args=[case.pk])]


def test_looking_at_it_is_recorded(client: Client, contract: Contract, worker: User, page: Page) -> None:
    case = received(contract)

    page(client, _progress(case))

    event = AuditEvent.objects.get(action=AuditAction.PROGRESS_VIEWED)
    assert (event.user, event.referral, event.crn) == (worker, case.pk, case.crn)


@pytest.mark.parametrize("is_over", [False, True], ids=["going on", "over"])
def test_a_pause_stands_beside_the_due_date(
    client: Client, contract: Contract, worker: User, page: Page, is_over: bool
) -> None:
    case, today = received(contract), timezone.localdate()
    Pause.objects.unscoped().create(
        form_key=uuid4(), received=case, starts_on=today, ends_on=today if is_over else None, reason="Ill",
        set_by=worker, set_at=timezone.now(),
    )  # fmt: skip

    said = _text(page(client, _progress(case)))

    assert (f"Paused since {today.day} {today:%B %Y}" in said) != is_over


# --- The tables ----------------------------------------------------------------------------------


def test_the_caseworker_is_named_with_an_address_to_write_to(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = received(contract)
    assert "Not assigned to a caseworker" in _text(page(client, _progress(case)))

    soup = page(client, _progress(assigned(case, to=worker)))

    assert "Sam Sand, sam.sand@provider.example" in _text(soup)
    assert soup.select_one("a[href='mailto:sam.sand@provider.example']")


def _moved(case: ReceivedReferral, *, to: datetime) -> Appointment:
    """The first session's appointment moved to another time."""
    old = case.appointments.get(purpose=Purpose.SESSION, closed_as="")
    old.closed_as, old.closed_at = Closed.REPLACED, to - timedelta(days=2)
    old.save()
    return Appointment.objects.unscoped().create(
        form_key=uuid4(), received=case, purpose=Purpose.SESSION, session=old.session, starts_at=to, minutes=45,
        method=Method.VIDEO, scheduled_by=old.scheduled_by, scheduled_at=to - timedelta(days=2), replaces=old,
    )  # fmt: skip


def test_sessions_show_how_they_stand_and_what_came_before(
    client: Client, contract: Contract, page: Page
) -> None:
    case = with_plan(received(contract, at=MONDAY), sessions=3)
    case = with_session_arranged(case, 1, starts_at=MONDAY + timedelta(days=10))
    _moved(case, to=MONDAY + timedelta(days=12))
    case = with_session(case, 2, starts_at=MONDAY + timedelta(days=14), attended=False)

    soup = page(client, _progress(case))

    rows = [row[:3] for row in _rows(soup, "Delivery sessions")]
    assert rows == [
        ["Session 1", "14 March 2026 at 9:30am Video call, 45 minutes", "Needs feedback"],
        ["Session 2", "16 March 2026 at 9:30am Phone call, 60 minutes", "Did not attend"],
        ["Session 3", "Not arranged", "Not scheduled"],
    ]
    assert [one.get_text(strip=True) for one in soup.select("details summary")] == ["Session 1 history"]
    earlier = _rows(soup, "Session 1: earlier appointments")
    assert [row[:2] for row in earlier] == [["12 March 2026 at 9:30am Phone call, 60 minutes", "Rescheduled"]]


def test_an_assessment_that_was_missed_stays_in_its_table(
    client: Client, contract: Contract, page: Page
) -> None:
    case = assessed(received(contract, at=MONDAY), happened=False, attended=False)
    case = assessed(case, starts_at=MONDAY + timedelta(days=7))

    soup = page(client, _progress(case))

    assert [row[:2] for row in _rows(soup, "Supplier assessment appointments")] == [
        ["9 March 2026 at 9:30am Phone call, 60 minutes", "Completed"],
        ["7 March 2026 at 9:30am Phone call, 60 minutes", "Did not attend"],
    ]
    assert "The supplier assessment took place" in _text(soup)


def test_a_booking_that_ndelius_refused_says_why(client: Client, contract: Contract, page: Page) -> None:
    case = with_session_arranged(with_plan(received(contract)), 1)
    with_booking_refused(case, reason="Clashes with another appointment")

    said = _text(page(client, _progress(case)))

    assert "Not accepted by nDelius: Clashes with another appointment" in said


def test_plans_show_which_version_is_in_force_and_what_was_asked(
    client: Client, contract: Contract, page: Page
) -> None:
    case = with_plan(received(contract, at=MONDAY), sessions=2)
    case = with_plan(case, sessions=4, at=MONDAY + timedelta(days=9))
    case = with_change_asked(case)

    soup = page(client, _progress(case))

    assert [row[:4] for row in _rows(soup, "Versions of the action plan")] == [
        ["Version 2", "Approved", "4", "11 March 2026"],
        ["Version 1", "Replaced on 11 March 2026", "2", "9 March 2026"],
    ]
    assert "asked for a change on 10 March 2026. The current version applies" in _text(soup)


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        pytest.param(Stage.ASSIGN, "can be arranged once a caseworker is assigned", id="unassigned"),
        pytest.param(
            Stage.ARRANGE_ASSESSMENT, "within 10 working days of receiving the referral", id="not arranged"
        ),
        pytest.param(Stage.HOLD_ASSESSMENT, "Feedback is due on the same day", id="arranged"),
        pytest.param(
            Stage.PLAN,
            "within 5 working days of the supplier assessment. It is approved when it is submitted.",
            id="held",
        ),
        pytest.param(Stage.CANCELLED, "The supplier assessment did not take place", id="cancelled"),
    ],
)
def test_time_limits_are_said(
    client: Client, contract: Contract, page: Page, stage: Stage, says: str
) -> None:
    assert says in _text(page(client, _progress(at_stage(stage, contract=contract))))


def test_a_case_that_was_ended_says_by_whom_and_why(client: Client, contract: Contract, page: Page) -> None:
    said = _text(page(client, _progress(at_stage(Stage.CANCELLED, contract=contract))))

    assert "withdrew this referral before its first session on" in said
    no_report = "The service provider does not need to write an end of service report."
    assert f"Reason: Moved out of service area. {no_report}" in said


# --- The history ---------------------------------------------------------------------------------


def test_what_happened_stands_in_its_order(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = assigned(received(contract, at=MONDAY), to=worker)
    case = with_session(with_plan(case, sessions=1), 1)

    told = [what for _, what in _rows(page(client, _progress(case)), "History, oldest first")]

    assert told == [
        "Referral received Sent by Bernard Beaks",
        "Case assigned to Sam Sand",
        "Supplier assessment arranged for 7 March 2026 at 9:30am Sam Sand",
        "Supplier assessment of 7 March 2026 recorded: completed Sam Sand",
        "Action plan version 1 submitted and approved, with 1 session Sam Sand",
        "Session 1 arranged for 12 March 2026 at 9:30am Sam Sand",
        "Session 1 of 12 March 2026 recorded: completed Sam Sand",
    ]


def test_what_is_over_depends_on_the_moment(contract: Contract) -> None:
    case = with_session_arranged(
        with_plan(received(contract, at=MONDAY)), 1, starts_at=MONDAY + timedelta(days=10)
    )

    def status(now: datetime) -> str:
        shown = present(progress_of(case), actions=SupplierActions(case), for_supplier=True, now=now)
        return shown.sessions[0].now.status

    start = MONDAY + timedelta(days=10)
    assert status(start - timedelta(seconds=1)) == "Scheduled"
    assert status(start) == "Needs feedback"


# --- Who gets in, and what it costs --------------------------------------------------------------


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
def test_progress_opens_to_those_on_the_contract(
    as_persona: SignIn, personas: dict[str, User], page: Page, persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    case = received(theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first())

    soup = page(as_persona(persona), _progress(case), status=status)

    assert ("Alex River" in str(soup)) == (status == 200)


def test_the_page_costs_the_same_for_a_short_and_a_long_case(client: Client, contract: Contract) -> None:
    short = assigned(received(contract))
    long = with_plan(received(contract, at=MONDAY), sessions=12)
    for number in range(1, 11):
        long = with_session(long, number)
    long = with_change_asked(with_plan(long, sessions=14))

    costs = set()
    for case in (short, long):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_progress(case)).status_code == 200
        data = [
            one["sql"] for one in queries if one["sql"].lstrip("(").startswith(("SELECT", "INSERT", "UPDATE", "WITH"))
        ]
        costs.add(len(data))

    assert costs == {13}


# --- What may be done from here ------------------------------------------------------------------

CASEWORKER = "Assign to someone else"
ARRANGE, RESCHEDULE, FEEDBACK = "Arrange", "Reschedule", "Give feedback"
NEW_PLAN, FIRST_PLAN = "Create a new version of the action plan", "Create an action plan"
CHANGES = (CASEWORKER, "Assign a caseworker", ARRANGE, RESCHEDULE, FEEDBACK, NEW_PLAN, FIRST_PLAN, "Create")


@pytest.mark.parametrize(
    ("stage", "offered"),
    [
        pytest.param(Stage.ASSIGN, {"Assign a caseworker"}, id="new"),
        pytest.param(Stage.ARRANGE_ASSESSMENT, {CASEWORKER, ARRANGE, FIRST_PLAN}, id="assigned"),
        pytest.param(
            Stage.HOLD_ASSESSMENT, {CASEWORKER, FEEDBACK, RESCHEDULE, FIRST_PLAN}, id="arranged, and over"
        ),
        pytest.param(Stage.PLAN, {CASEWORKER, FIRST_PLAN}, id="assessed"),
        pytest.param(Stage.CHANGE_PLAN, {CASEWORKER, ARRANGE, NEW_PLAN}, id="change asked for"),
        pytest.param(Stage.ARRANGE_SESSION, {CASEWORKER, ARRANGE, NEW_PLAN}, id="delivering"),
        pytest.param(
            Stage.HOLD_SESSION, {CASEWORKER, ARRANGE, RESCHEDULE, FEEDBACK, NEW_PLAN}, id="session over"
        ),
        pytest.param(
            Stage.REPORT, {CASEWORKER, RESCHEDULE, NEW_PLAN, "Create"}, id="all recorded, one missed"
        ),
        *(pytest.param(stage, set(), id=stage.label) for stage in stages.ENDED),
    ],
)
def test_the_page_offers_what_the_stage_allows(
    client: Client, contract: Contract, page: Page, stage: Stage, offered: set[str]
) -> None:
    soup = page(client, _progress(at_stage(stage, contract=contract)))

    links = {link.find(string=True, recursive=False).strip(): link["href"] for link in soup.select("main a")}
    assert {text for text in links if text in CHANGES} == offered
    for text in offered:
        page(client, links[text])


@pytest.mark.slow
def test_every_link_of_the_page_leads_somewhere(client: Client, contract: Contract, page: Page) -> None:
    case = with_session(with_plan(received(contract, at=MONDAY)), 1, attended=False)
    case = with_session_arranged(with_change_asked(case), 2)

    for link in page(client, _progress(case)).select("main a[href^='/']"):
        page(client, link["href"])
