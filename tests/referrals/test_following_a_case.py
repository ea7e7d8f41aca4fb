"""The practitioner's pages on a sent case: progress, case notes, questions, openings; and who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup, Tag
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Audience, User
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from monitoring.actions.ask_question import ask_question
from monitoring.actions.open_share import open_share
from monitoring.actions.write_case_note import write_case_note
from monitoring.models import CaseNote, Question, ReceivedReferral, Stage
from monitoring.rules import stages
from referrals.desk.lists import LISTS
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import (
    BUILDERS,
    again,
    assigned,
    with_assessment_arranged,
    with_booking_refused,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NOTE = {"subject": "Moved in", "body": "Has the keys.", "tell_other_side": "YES"}


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def received(case: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.received_id)


@pytest.fixture
def client(as_persona: SignIn) -> Client:
    return as_persona("pp")


@pytest.fixture
def worker(personas: dict[str, User]) -> User:
    return personas["sp.caseworker"]


def _address(name: str, case: Referral, *args: object) -> str:
    return reverse(f"referrals:{name}", args=[case.pk, *args])


def _asked(received: ReceivedReferral, by: User) -> Question:
    return ask_question(
        received=received, about="needs", kind="MISSING", text="What about work?", form_key=uuid4(), by=by
    )


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def _by_heading(soup: BeautifulSoup) -> list[dict[str, str]]:
    """The rows of a list, each cell by its column's heading."""
    headings = [one.get_text(strip=True) for one in soup.select("thead th")]
    return [
        dict(zip(headings, (cell.get_text(" ", strip=True) for cell in row.select("th, td")), strict=True))
        for row in soup.select("tbody tr")
    ]


# --- Progress ------------------------------------------------------------------------------------


def test_progress_says_the_practitioners_next_step(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    for go_on in (lambda: received, lambda: with_session(with_plan(assigned(received, to=worker)), 1)):
        now = go_on()
        said = _text(page(client, _address("case_progress", case)))
        assert f"Next step {stages.next_step(now, for_supplier=False)} Whose turn Service provider" in said
    assert "Action plan Done Delivery sessions Now" in said
    assert f"{worker.display_name}, {worker.email}" in said
    assert "Session 1 of" in said
    event = AuditEvent.objects.filter(action=AuditAction.PROGRESS_VIEWED).first()
    assert (event.referral, event.crn) == (case.pk, case.crn)


def test_progress_has_every_appointment_with_its_status_and_the_way_to_it(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    """The tables that the service provider has, with links to the practitioner's own pages."""
    now = received.received_at
    standing = with_plan(assigned(received, to=worker), sessions=4)
    standing = with_session(standing, 1)
    standing = with_session(standing, 2, attended=False)
    with_session_arranged(standing, 3, starts_at=now + timedelta(days=3))

    soup = page(client, _address("case_progress", case))

    said = {
        caption: [(_cell(row, 0), _cell(row, 2 if caption == "Delivery sessions" else 1)) for row in rows]
        for caption, rows in _tables(soup).items()
        if caption in ("Supplier assessment appointments", "Delivery sessions", "Versions of the action plan")
    }
    assert [status for _, status in said["Supplier assessment appointments"]] == ["Completed"]
    assert said["Versions of the action plan"] == [("Version 1", "Approved")]
    assert said["Delivery sessions"] == [
        ("Session 1", "Completed"),
        ("Session 2", "Did not attend"),
        ("Session 3", "Scheduled"),
        ("Session 4", "Not scheduled"),
    ]
    for appointment in standing.appointments.all():
        assert soup.select_one(f"main table a[href='{_address('case_appointment', case, appointment.pk)}']")
    assert soup.select_one(f"main table a[href='{_address('case_action_plan_version', case, 1)}']")


def _tables(soup: BeautifulSoup) -> dict[str, list[Tag]]:
    return {table.caption.get_text(strip=True): table.select("tbody tr") for table in soup.select("table")}


def _cell(row: Tag, number: int) -> str:
    return " ".join(row.select("th, td")[number].get_text(" ").split())


def test_a_draft_plan_is_not_the_practitioners_to_see(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    assigned(received, to=worker).action_plans.create(
        number=1, created_by=worker, created_at=received.received_at
    )

    assert "Version 1" not in _text(page(client, _address("case_progress", case)))


def test_the_case_pages_lead_to_each_other(client: Client, case: Referral, page: Page) -> None:
    for name in ("case_progress", "case", "case_notes", "case_questions"):
        soup = page(client, _address(name, case))
        assert [one.get_text() for one in soup.select(".rm-places a")] == [
            "Progress", "Referral details", "Case notes", "Questions", "Change log",
        ]  # fmt: skip
        assert soup.select_one(".rm-places a[aria-current]")["href"] == _address(name, case)


def _said_of(soup: BeautifulSoup, question: str) -> str:
    """An answer of the progress page's first list; nothing when it does not ask."""
    found = next((one for one in soup.select("dt") if one.get_text(strip=True) == question), None)
    return " ".join(found.find_next_sibling("dd").get_text(" ").split()) if found else ""


def test_the_details_are_the_cards_that_the_service_provider_reads(
    client: Client, case: Referral, as_persona: SignIn, page: Page
) -> None:
    """In the live service's order, without the levels of risk, which were never shared (decision R1)."""
    cards = [
        "Identity details", "Current location", "Intervention details", "Accommodation service",
        "Probation practitioner", "Back-up contact", "Last known address and contact details",
        "Personal details", "Needs and requirements", "Risk information",
    ]  # fmt: skip
    theirs = reverse("monitoring:referral_details", args=[case.received_id])

    for reader, address in ((client, _address("case", case)), (as_persona("sp.caseworker"), theirs)):
        headings = [one.get_text(strip=True) for one in page(reader, address).select("main h2")]
        assert [heading for heading in headings if heading in cards] == cards
        assert headings[-len(cards) :] == cards


def test_each_link_of_the_details_stands_under_a_heading_and_says_what_it_does(
    client: Client, case: Referral, page: Page
) -> None:
    main = page(client, _address("case", case)).main
    said = {
        "Correct or recall what you shared": {
            "correct_risk": "the service provider will only see the new version",
            "recall_risk": "the service provider stops seeing it immediately",
        },
        "Other referrals for this person": {"same_person": "see their status and what happened"},
    }
    for heading, links in said.items():
        for name, words in links.items():
            link = main.find("a", href=_address(name, case))
            assert link.find_previous("h2").get_text(strip=True) == heading
            assert words in link.parent.get_text()


@pytest.mark.parametrize("stage", list(Stage))
def test_the_list_says_where_a_case_stands_as_its_progress_page_does(
    client: Client, case: Referral, received: ReceivedReferral, page: Page, stage: Stage
) -> None:
    """Decision M4: status, next step, whose turn, and due date."""
    ReceivedReferral.objects.unscoped().filter(pk=received.pk).update(
        received_at=received.received_at - timedelta(days=30)
    )
    assert BUILDERS[stage](again(received)).stage == stage

    progress = page(client, _address("case_progress", case))
    slug = next(one.slug for one in LISTS if stage in one.stages)
    (listed,) = _by_heading(page(client, reverse("referrals:case_list", args=[slug])))

    assert listed["Status"].removesuffix(" Waiting to update nDelius") == _said_of(progress, "Status")
    turn = {"Service provider": "Service provider’s turn", "Nobody": ""}[_said_of(progress, "Whose turn")]
    assert listed["Next step"] == f"{_said_of(progress, 'Next step')} {turn}".strip()
    if slug == "open":
        by_when = _said_of(progress, "Due date")
        assert (listed["Due"] != "–") is bool(by_when)
        assert ("Overdue" in listed["Due"]) is ("Overdue" in by_when)


def test_the_list_says_that_ndelius_did_not_accept_an_appointment(
    client: Client, received: ReceivedReferral, page: Page
) -> None:
    with_booking_refused(with_assessment_arranged(received), reason="It clashes.")

    said = _text(page(client, reverse("referrals:cases")))

    assert f"{stages.WAIT_FOR_ANOTHER} It clashes. Service provider’s turn" in said


# --- Case notes ----------------------------------------------------------------------------------


def test_a_note_is_written_for_both_sides(
    client: Client, as_persona: SignIn, case: Referral, received: ReceivedReferral, page: Page
) -> None:
    add = _address("add_case_note", case)
    check = page.post(client, add, filled_in(page(client, add)) | NOTE, status=200)
    assert "Email the caseworker about this case note Yes" in _text(check)

    page.post(client, add, filled_in(check) | {"do": "save"})

    (note,) = received.case_notes.all()
    assert (note.side, note.body) == (Audience.PRACTITIONER, "Has the keys.")
    assert "Has the keys." in _text(page(client, _address("case_note", case, note.pk)))
    supplier = page(as_persona("sp.caseworker"), reverse("monitoring:case_notes", args=[received.pk]))
    assert "Has the keys." in _text(supplier)


def test_a_wrong_note_is_kept_on_the_page(client: Client, case: Referral, page: Page) -> None:
    sent = NOTE | {"subject": "", "form_key": str(uuid4())}

    soup = page.post(client, _address("add_case_note", case), sent, status=422)

    assert "Enter the subject" in soup.select_one(".govuk-error-summary").get_text()
    assert "Has the keys." in soup.select_one("textarea").get_text()


# --- Questions -----------------------------------------------------------------------------------


def test_open_questions_are_counted_where_the_practitioner_looks(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    places = [reverse("referrals:cases"), _address("case", case), _address("case_progress", case)]
    assert not [place for place in places if "question needs" in _text(page(client, place))]

    question = _asked(received, worker)

    assert "1 open question" in _text(page(client, places[0]))
    assert "1 question needs your answer" in _text(page(client, places[1]))
    assert "1 question needs your answer" in _text(page(client, places[2]))
    answer = _address("answer_question", case, question.pk)
    task = page(client, places[2]).select_one("#next-step ~ a.govuk-button")
    assert (task.get_text(strip=True), task["href"]) == ("Answer the question", answer)
    assert page(client, _address("case_questions", case)).select_one(f"a[href='{answer}']")

    page.post(client, answer, {"answer": "None at the moment."})

    assert "open question" not in _text(page(client, places[0]))
    said = _text(page(client, _address("case_questions", case)))
    assert "Status Answered" in said
    assert "None at the moment." in said


@pytest.mark.parametrize("answer", ["", "x" * 4001], ids=["no answer", "too long"])
def test_a_wrong_answer_says_so(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page, answer: str
) -> None:
    question = _asked(received, worker)

    page.post(client, _address("answer_question", case, question.pk), {"answer": answer}, status=422)

    question.refresh_from_db()
    assert question.answered_at is None


def test_the_second_of_two_answers_is_told_and_shown_both(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    address = _address("answer_question", case, _asked(received, worker).pk)
    page.post(client, address, {"answer": "The first."})
    page.post(client, address, {"answer": "The first."})

    soup = page.post(client, address, {"answer": "The second."}, status=409)

    assert "This question has already been answered" in _text(soup)
    assert "The first." in _text(soup)
    assert "The second." in soup.select_one("textarea").get_text()
    page(client, address, status=302)


def test_the_answer_page_says_that_it_changes_nothing(
    client: Client, case: Referral, received: ReceivedReferral, worker: User, page: Page
) -> None:
    soup = page(client, _address("answer_question", case, _asked(received, worker).pk))

    assert "Your answer does not change what you shared" in _text(soup)
    assert "What about work?" in _text(soup)


def test_the_list_of_cases_costs_no_more_for_many_questions(
    client: Client, case: Referral, received: ReceivedReferral, worker: User
) -> None:
    costs = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("referrals:cases")).status_code == 200
        costs.append(len(queries))
        for _ in range(4):
            _asked(received, worker)

    assert costs[1] == costs[2]


# --- Emails --------------------------------------------------------------------------------------


def test_the_practitioner_gets_links_and_no_word_of_the_case(
    case: Referral, received: ReceivedReferral, worker: User
) -> None:
    note = write_case_note(
        received=received, subject="Secret", body="Secret", tell_other_side=True, form_key=uuid4(), by=worker
    )
    _asked(received, worker)
    about_this = ("email.case_note", "email.question")
    entries = [
        entry for entry in OutboxEntry.objects.order_by("created_at") if entry.kind.startswith(about_this)
    ]
    OutboxEntry.objects.exclude(pk__in=[entry.pk for entry in entries]).update(
        state=OutboxEntry.State.DELIVERED
    )

    for entry in entries:
        assert outbox.deliver_entry(entry.pk)

    assert [email.to for email in mail.outbox] == [[received.practitioner_email]] * 2
    assert _address("case_note", case, note.pk) in mail.outbox[0].body
    assert _address("case_questions", case) in mail.outbox[1].body
    said = "".join(email.subject + email.body for email in mail.outbox)
    assert not [word for word in ("Secret", "work", case.last_name, case.crn) if word in said]


# --- Openings ------------------------------------------------------------------------------------


def test_the_practitioner_sees_who_opened_what_and_when(
    client: Client, case: Referral, received: ReceivedReferral, personas: dict[str, User], page: Page
) -> None:
    openings = _address("case_openings", case)
    assert "No one has opened it yet." in _text(page(client, openings))
    first, last = datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 8, 15, 30, tzinfo=UTC)
    share, shown = received.current_share(), received.as_handover()
    worker, manager = personas["sp.caseworker"], personas["sp.manager"]
    open_share(share, shown=shown, by=worker, at=first)
    open_share(share, shown=shown, by=manager, at=first + timedelta(hours=1))
    open_share(share, shown=shown, by=worker, at=last)

    soup = page(client, openings)

    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in soup.select("tbody tr")
    ]
    assert rows == [
        [f"{worker.display_name} {worker.email}", "1 June 2026 at 10am", "8 June 2026 at 4:30pm"],
        [f"{manager.display_name} {manager.email}", "1 June 2026 at 11am", "1 June 2026 at 11am"],
    ]
    assert "Version 1" in _text(soup)
    assert "current version" in _text(soup)
    assert page(client, _address("case", case)).select_one(f"a[href='{openings}']")


# --- Who gets in ---------------------------------------------------------------------------------

WHO = [
    pytest.param("pp", 200, id="who sent it"),
    pytest.param("sp.caseworker", 403, id="supplier"),
    pytest.param("admin", 403, id="administrator"),
    pytest.param("anonymous", 302, id="nobody"),
]


@pytest.mark.parametrize(("persona", "status"), WHO)
def test_a_case_opens_to_who_follows_it(
    as_persona: SignIn,
    case: Referral,
    received: ReceivedReferral,
    worker: User,
    page: Page,
    persona: str,
    status: int,
) -> None:
    reader = as_persona(persona)
    question = _asked(received, worker)
    note = write_case_note(
        received=received, subject="A", body="B", tell_other_side=False, form_key=uuid4(), by=worker
    )

    for name in ("case_progress", "case_notes", "add_case_note", "case_questions", "case_openings"):
        page(reader, _address(name, case), status=status)
    page(reader, _address("case_note", case, note.pk), status=status)
    page(reader, _address("answer_question", case, question.pk), status=status)
    then = 302 if status == 200 else status
    sent = NOTE | {"form_key": str(uuid4()), "do": "save"}
    page.post(reader, _address("add_case_note", case), sent, status=then)
    page.post(reader, _address("answer_question", case, question.pk), {"answer": "No."}, status=then)

    question.refresh_from_db()
    assert (question.answered_at is not None) == (status == 200)
    assert CaseNote.objects.unscoped().count() == (2 if status == 200 else 1)


def test_what_belongs_to_another_case_is_not_found(
    as_persona: SignIn,
    personas: dict[str, User],
    case: Referral,
    received: ReceivedReferral,
    worker: User,
    page: Page,
) -> None:
    """A note or a question of somebody else's case, asked for through a case of one's own, and through theirs."""
    reader = as_persona("pp.colleague")
    own = a_sent_referral(personas["pp.colleague"])
    question = _asked(received, worker)
    note = write_case_note(
        received=received, subject="A", body="B", tell_other_side=False, form_key=uuid4(), by=worker
    )
    page(reader, _address("case_progress", own))

    for through in (own, case):
        page(reader, _address("case_note", through, note.pk), status=404)
        page(reader, _address("answer_question", through, question.pk), status=404)
        page.post(reader, _address("answer_question", through, question.pk), {"answer": "No."}, status=404)
    for name in ("case_progress", "case_notes", "add_case_note", "case_questions", "case_openings"):
        page(reader, _address(name, case), status=404)
    page.post(
        reader, _address("add_case_note", case), NOTE | {"form_key": str(uuid4()), "do": "save"}, status=404
    )

    question.refresh_from_db()
    assert question.answered_at is None
    assert CaseNote.objects.unscoped().count() == 1
