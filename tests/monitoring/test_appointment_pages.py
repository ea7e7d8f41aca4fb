"""The pages on which appointments are arranged and recorded: what they ask, say, keep and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.models import Contract, ProbationOffice
from monitoring.actions.give_feedback import emails_about
from monitoring.models import Appointment, Closed, Feedback, ReceivedReferral
from monitoring.presenters.appointment import said_after
from monitoring.rules.feedback import FeedbackAnswers
from tests.conftest import Page
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import (
    assigned,
    with_assessment_arranged,
    with_booking_refused,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
# A Saturday in November: nothing here depends on the day on which the tests run.
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
SENT_AT = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
MONDAY = {
    "date_day": "23", "date_month": "11", "date_year": "2026", "hour": "9", "minute": "30", "half": "am",
    "hours": "1", "minutes": "", "method": "PHONE_CALL",
}  # fmt: skip
YESTERDAY = MONDAY | {"date_day": "20"}
HELD = {
    "was_late": "NO", "what_was_done": "Viewed a flat.", "how_they_responded": "Well.", "notify": ["NOTHING"],
    "next_plans": "Look at the budget.",
}  # fmt: skip
MISSED = {"no_attendance_information": "Phoned three times.", "notify": "NO"}


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def case() -> ReceivedReferral:
    return assigned(received(a_contract(title="Somewhere to live"), at=SENT_AT, sent_at=SENT_AT))


@pytest.fixture
def client(case: ReceivedReferral) -> Client:
    signed_in = Client()
    worker = User.objects.get(pk=case.caseworker_id)
    sign_in(signed_in, worker)
    return signed_in


def arrange_address(case: ReceivedReferral, number: int = 0) -> str:
    if number:
        return reverse("monitoring:arrange_session", args=[case.pk, number])
    return reverse("monitoring:arrange_assessment", args=[case.pk])


def address(name: str, appointment: Appointment) -> str:
    return reverse(f"monitoring:{name}", args=[appointment.received_id, appointment.pk])


def text(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())


def errors(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".govuk-error-summary__list li")]


def heading(page: BeautifulSoup) -> str:
    return page.h1.get_text(strip=True)


class Way:
    """Somebody on the way through the pages of one address: each page is inspected."""

    def __init__(self, client: Client, page: Page, url: str) -> None:
        self.client, self.fetch, self.url = client, page, url
        self.page = page(client, url)

    def press(self, step: str, *, status: int = 200, **answers: Any) -> BeautifulSoup:
        """Fill in and press the button of that step."""
        fields = filled_in(self.page) | answers | {"step": step}
        self.response = self.client.post(self.url, fields)
        self.page = self.fetch.read(self.response, status=status)
        return self.page


def answered(
    client: Client, page: Page, url: str, answers: dict[str, Any], status: int = 302
) -> BeautifulSoup:
    """Open a page, fill it in and send it; once more, unchanged, when something is pointed out in it."""
    sent = client.post(url, filled_in(page(client, url)) | answers)
    if sent.status_code == 200 and (shown := page.read(sent, status=200)).select_one("#noticed"):
        return page.post(client, url, filled_in(shown), status=status)
    return page.read(sent, status=status)


def waiting(case: ReceivedReferral) -> Appointment:
    """An assessment that began an hour ago."""
    with_assessment_arranged(case, starts_at=NOW - AN_HOUR)
    return case.appointments.get()


# --- Arranging ------------------------------------------------------------------------------------


def test_arranging_an_assessment(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    assert heading(way.page) == "Add appointment details"
    assert "Type of session" not in text(way.page)

    check = way.press("details", **MONDAY)
    assert heading(check) == "Confirm appointment details"
    assert "Monday 23 November 2026" in text(check)
    assert "9:30am to 10:30am" in text(check)
    assert not case.appointments.exists()

    way.press("confirm", status=302)
    appointment = case.appointments.get()
    assert appointment.starts_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    shown = page(client, way.response["Location"])
    assert (
        "Supplier assessment appointment arranged."
        in shown.select_one(".govuk-notification-banner").get_text()
    )
    assert "Scheduled" in text(shown)
    assert "Waiting to update nDelius" in text(shown)


def test_going_back_to_the_details_keeps_them(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)

    details = way.press("change_details")

    assert filled_in(details)["minute"] == "30"
    way.press("details", hour="10")
    way.press("confirm", status=302)
    assert case.appointments.get().starts_at.hour == 10


def test_a_double_click_arranges_once(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)
    fields = filled_in(way.page) | {"step": "confirm"}

    first, second = client.post(way.url, fields), client.post(way.url, fields)

    assert first["Location"] == second["Location"]
    assert case.appointments.count() == 1


def test_arranging_a_group_session_at_an_office(client: Client, case: ReceivedReferral, page: Page) -> None:
    with_plan(case)
    region = case.contract.police_area.region
    office = ProbationOffice.objects.create(
        register_id=1, name="Alder House", address="1 Alder Row, Durham", region=region, delius_code="CRS0001"
    )
    way = Way(client, page, arrange_address(case, 2))

    check = way.press(
        "details",
        **MONDAY
        | {"kind": "GROUP", "method": "IN_PERSON_MEETING_PROBATION_OFFICE", "office": str(office.pk)},
    )
    assert "Session 2" in text(check)
    assert "Group session" in text(check)
    assert "Alder House" in text(check)
    way.press("confirm", status=302)

    appointment = case.sessions.get(number=2).appointments.get()
    assert (appointment.is_group, appointment.office) == (True, office)


def test_meeting_somewhere_else(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))

    way.press(
        "details",
        **MONDAY
        | {
            "method": "IN_PERSON_MEETING_OTHER",
            "address_line_1": "The <b>Hall</b>",
            "address_postcode": "zz991aa",
        },
    )
    assert "The <b>Hall</b>" in text(way.page)
    way.press("confirm", status=302)

    appointment = case.appointments.get()
    assert (appointment.address_line_1, appointment.address_postcode) == ("The <b>Hall</b>", "ZZ99 1AA")


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        pytest.param({"date_day": ""}, "Date must include a day", id="half a date"),
        pytest.param({"date_day": "31"}, "Date must be a real date", id="31 November"),
        pytest.param({"date_month": "10", "date_day": "19"}, "Date must be on or after 20 October 2026", id="early"),
        pytest.param({"date_month": "5", "date_day": "22", "date_year": "2027"}, "six months from today", id="late"),
        pytest.param({"hour": ""}, "Enter the hour of the start", id="no hour"),
        pytest.param({"hour": "13"}, "Hour must be between 1 and 12", id="24-hour clock"),
        pytest.param({"hour": "0"}, "Hour must be between 1 and 12", id="0am"),
        pytest.param({"minute": "60"}, "between 0 and 59", id="minute 60"),
        pytest.param({"minute": "half past"}, "must be a whole number", id="minute in words"),
        pytest.param({"half": ""}, "Select whether the start is am or pm", id="am or pm"),
        pytest.param({"hours": "", "minutes": ""}, "Enter how long", id="no length"),
        pytest.param({"hours": "0", "minutes": "0"}, "at least 1 minute", id="no time at all"),
        pytest.param({"minutes": "-5"}, "between 0 and 1,440", id="less than no time"),
        pytest.param({"method": ""}, "Select how you will meet", id="no method"),
        pytest.param({"method": "PIGEON"}, "Select how you will meet", id="another method"),
        pytest.param({"method": "IN_PERSON_MEETING_PROBATION_OFFICE"}, "Select a probation office", id="no office"),
        pytest.param(
            {"method": "IN_PERSON_MEETING_OTHER", "address_postcode": "ZZ99 1AA"}, "Enter address line 1", id="street"
        ),
        pytest.param(
            {"method": "IN_PERSON_MEETING_OTHER", "address_line_1": "1 Row", "address_postcode": "Durham"},
            "Enter a full UK postcode",
            id="no postcode",
        ),
        pytest.param({"form_key": "no key"}, "Part of this page was not sent", id="broken key"),
        pytest.param({"in_place_of": "nothing"}, "Part of this page was not sent", id="broken id"),
    ],
)  # fmt: skip
def test_wrong_details(
    client: Client, case: ReceivedReferral, page: Page, answers: dict[str, str], problem: str
) -> None:
    way = Way(client, page, arrange_address(case))

    again = way.press("details", status=422, **MONDAY | answers)

    assert any(problem in error for error in errors(again)), errors(again)
    for name in ("date_year", "minutes"):
        assert filled_in(again)[name] == (MONDAY | answers)[name], "what was typed stays"


def test_the_hour_that_spring_skips(client: Client, case: ReceivedReferral, page: Page) -> None:
    spring = MONDAY | {"date_day": "28", "date_month": "3", "date_year": "2027", "hour": "1"}

    again = Way(client, page, arrange_address(case)).press("details", status=422, **spring)

    assert errors(again) == [
        "This time does not exist on that day, because the clocks go forward. Enter a different time"
    ]


def test_the_hour_that_autumn_has_twice(client: Client, case: ReceivedReferral, page: Page) -> None:
    autumn = YESTERDAY | {"date_day": "25", "date_month": "10", "hour": "1"}

    check = Way(client, page, arrange_address(case)).press("details", **autumn)

    assert "this time happens twice" in text(check)


def test_midnight_is_12am(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))

    check = way.press("details", **MONDAY | {"hour": "12", "minute": "00"})

    assert "Midnight to 1am" in text(check)


def test_a_clash_is_said_at_once_and_names_no_case(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    other = assigned(received(case.contract, crn="X980011"), to=User.objects.get(pk=case.caseworker_id))
    with_assessment_arranged(other, starts_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC))

    again = Way(client, page, arrange_address(case)).press("details", status=422, **MONDAY)

    assert errors(again) == [
        "The caseworker has another appointment at this time. Choose a different date or time"
    ]
    assert other.reference not in str(again)
    assert "X980011" not in str(again)


def test_a_clash_that_came_while_checking_brings_back_the_form(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)
    other = assigned(received(case.contract), to=User.objects.get(pk=case.caseworker_id))
    with_assessment_arranged(other, starts_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC))

    again = way.press("confirm", status=422)

    assert "The caseworker has another appointment" in errors(again)[0]
    assert filled_in(again)["hour"] == "9"
    assert not case.appointments.exists()


# --- Carrying -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_carried_answers_hold_a_day(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)

    with time_machine.travel(NOW + timedelta(days=1, minutes=1), tick=False):
        client.force_login(
            User.objects.get(pk=case.caseworker_id), "django.contrib.auth.backends.ModelBackend"
        )
        gone = way.press("confirm", status=410)

    assert "more than a day old" in text(gone)
    assert not case.appointments.exists()


@pytest.mark.parametrize("spoil", [lambda text: text + "x", lambda text: "nothing", lambda text: text[5:]])
@pytest.mark.slow
def test_carried_answers_that_are_not_ours(
    client: Client, case: ReceivedReferral, page: Page, spoil: Callable[[str], str]
) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)

    way.press("confirm", status=410, carried=spoil(filled_in(way.page)["carried"]))


@pytest.mark.slow
def test_carried_answers_open_for_their_own_meeting_only(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)
    carried = filled_in(way.page)["carried"]
    with_plan(case)

    page.post(client, arrange_address(case, 1), {"step": "confirm", "carried": carried}, status=410)


@pytest.mark.parametrize(
    "step", ["confirm", "attendance", "feedback", "submit", "change_feedback", "nonsense"]
)
def test_a_step_without_answers_asks_for_them(
    client: Client, case: ReceivedReferral, page: Page, step: str
) -> None:
    asked = page.post(client, arrange_address(case), {"step": step}, status=422)

    assert errors(asked)
    assert not case.appointments.exists()


# --- Changing -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_rescheduling_asks_who_and_why(client: Client, case: ReceivedReferral, page: Page) -> None:
    with_assessment_arranged(case, starts_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    old = case.appointments.get()
    way = Way(client, page, arrange_address(case))
    assert heading(way.page) == "Change appointment details"
    assert filled_in(way.page)["date_day"] == "23"
    assert case.person_name in text(way.page)

    again = way.press("details", status=422, date_day="24")
    assert errors(again) == ["Select who asked for the change", "Enter why you are changing the appointment"]
    way.press("details", asked_by="PERSON_ON_PROBATION", reason="No bus.\n\nNone at all.")
    assert case.person_name in text(way.page)
    way.press("confirm", status=302)

    new = case.appointments.get(closed_as="")
    assert (new.replaces, new.reschedule_asked_by) == (old, "PERSON_ON_PROBATION")
    before = page(client, address("appointment", old))
    assert "This appointment was rescheduled" in text(before)
    assert "Change appointment details" not in text(before)
    now = page(client, address("appointment", new))
    assert "No bus." in text(now)
    assert "Rescheduled" in text(now)


def test_the_second_of_two_people_is_told(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **MONDAY)
    with_assessment_arranged(case, starts_at=datetime(2026, 11, 25, 9, 0, tzinfo=UTC))

    way.press("confirm", status=422)  # the form now asks why an appointment is changed

    assert case.appointments.count() == 1


@pytest.mark.slow
def test_two_people_change_the_same_one(client: Client, case: ReceivedReferral, page: Page) -> None:
    with_assessment_arranged(case, starts_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    ways = [Way(client, page, arrange_address(case)) for _ in range(2)]
    for way in ways:
        way.press("details", date_day="25", asked_by="SERVICE_PROVIDER", reason="Ill.")
    ways[0].press("confirm", status=302)

    told = ways[1].press("confirm", status=409)

    assert "Someone has arranged or changed this appointment" in text(told)


# --- In the past --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_in_the_past_is_saved_with_its_feedback(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    way = Way(client, page, arrange_address(case))
    assert "You chose a date and time in the past" in text(way.press("details", **YESTERDAY))
    assert heading(way.press("confirm")) == "Record appointment attendance"
    assert errors(way.press("attendance", status=422)) == ["Select yes if the appointment happened"]
    assert heading(way.press("attendance", happened="YES")) == "You told us that the appointment happened"
    assert "Enter what you did in the appointment" in errors(way.press("feedback", status=422))
    check = way.press("feedback", **HELD)
    assert heading(check) == "Confirm appointment feedback"
    assert "Viewed a flat." in text(check)
    assert not case.appointments.exists()
    assert not Feedback.objects.unscoped().exists()

    way.press("submit", status=302)

    appointment = case.appointments.get()
    assert appointment.feedback.next_plans == "Look at the budget."
    shown = page(client, way.response["Location"])
    assert "Feedback added." in shown.select_one(".govuk-notification-banner").get_text()
    assert "Completed" in text(shown)


@pytest.mark.slow
def test_changing_ones_mind_on_the_way(client: Client, case: ReceivedReferral, page: Page) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **YESTERDAY)
    way.press("confirm")
    way.press("attendance", happened="YES")
    way.press("feedback", **HELD)

    way.press("change_attendance")
    deletes = way.press("attendance", happened="NO", attended="NO")
    assert "Viewed a flat." in text(deletes)
    kept = way.press("change_feedback")  # "Keep my answers"
    assert filled_in(kept)["what_was_done"] == "Viewed a flat."
    way.press("change_attendance")
    way.press("attendance", happened="NO", attended="NO")
    asked = way.press("attendance")
    assert heading(asked) == "You told us that they did not come to the appointment"
    check = way.press("feedback", **MISSED)
    assert "Viewed a flat." not in text(check)
    way.press("submit", status=302)

    assert case.appointments.get().closed_as == Closed.MISSED
    assert Feedback.objects.unscoped().get().what_was_done == ""


@pytest.mark.slow
def test_going_back_from_feedback_keeps_what_was_typed_over_it(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **YESTERDAY)
    way.press("confirm")
    way.press("attendance", happened="YES")
    way.press("feedback", **HELD)
    way.press("change_feedback")

    way.press("change_attendance", what_was_done="Typed over it.")
    asked = way.press("attendance", happened="YES")

    assert filled_in(asked)["what_was_done"] == "Typed over it."


@pytest.mark.slow
def test_a_double_click_on_the_last_button_saves_once(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    way = Way(client, page, arrange_address(case))
    way.press("details", **YESTERDAY)
    way.press("confirm")
    way.press("attendance", happened="YES")
    way.press("feedback", **HELD)
    fields = filled_in(way.page) | {"step": "submit"}

    answers = [client.post(way.url, fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert case.appointments.count() == 1


# --- Feedback -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attendance", "answers", "status"),
    [
        pytest.param({"happened": "YES"}, HELD, "Completed", id="held"),
        pytest.param(
            {"happened": "NO", "attended": "YES"},
            {
                "reason": "LOGISTICS",
                "details_logistics": "Fire alarm.",
                "notify": "YES",
                "concerns": "A bruise.",
            },
            "Did not happen",
            id="not held",
        ),
        pytest.param({"happened": "NO", "attended": "NO"}, MISSED, "Did not attend", id="missed"),
    ],
)
@pytest.mark.slow
def test_giving_feedback(
    client: Client,
    case: ReceivedReferral,
    page: Page,
    attendance: dict[str, Any],
    answers: dict[str, Any],
    status: str,
) -> None:
    appointment = waiting(case)
    assert "Give feedback" in text(page(client, address("appointment", appointment)))

    answered(client, page, address("attendance", appointment), attendance)
    answered(client, page, address("feedback", appointment), answers)
    check = page(client, address("check_feedback", appointment))
    assert heading(check) == "Confirm appointment feedback"
    answered(client, page, address("check_feedback", appointment), {})

    shown = page(client, address("appointment", appointment))
    assert status in text(shown)
    assert "Recorded by" in text(shown)
    assert Feedback.objects.unscoped().get().submitted_at == NOW


@pytest.mark.parametrize(
    ("attendance", "answers", "problems"),
    [
        pytest.param({}, None, ["Select yes if the appointment happened"], id="nothing"),
        pytest.param({"happened": "NO"}, None, ["Select yes if Alex River came to the appointment"], id="came?"),
        pytest.param(
            {"happened": "YES"},
            {},
            [
                "Select yes if Alex River was late",
                "Enter what you did in the appointment",
                "Enter how Alex River responded",
                "Select whether the probation practitioner needs to know about any issues",
            ],
            id="held",
        ),
        pytest.param(
            {"happened": "YES"},
            HELD | {"was_late": "YES", "notify": ["BEHAVIOUR", "CONCERNS"]},
            ["Enter how late they were, and why if you know", "Enter how they behaved", "Enter what concerned you"],
            id="held, with every yes",
        ),
        pytest.param(
            {"happened": "YES"},
            HELD | {"notify": ["BEHAVIOUR", "NOTHING"]},
            ["on its own", "Enter how they behaved"],
            id="no, and yes",
        ),
        pytest.param(
            {"happened": "NO", "attended": "YES"},
            {},
            [
                "Select why the appointment did not happen",
                "Select yes if the probation practitioner needs to know about any issues",
            ],
            id="not held",
        ),
        pytest.param(
            {"happened": "NO", "attended": "YES"}, {"reason": "OTHER", "notify": "NO"},
            ["Select why the appointment did not happen"], id="a reason that is not offered",
        ),
        pytest.param(
            {"happened": "NO", "attended": "YES"}, {"reason": "LOGISTICS", "notify": "NO"},
            ["Enter what happened"], id="a reason without details",
        ),
        pytest.param(
            {"happened": "NO", "attended": "NO"}, {"notify": "YES"},
            ["Enter what you know about why they did not come", "Enter what concerned you"], id="missed",
        ),
        pytest.param(
            {"happened": "NO", "attended": "NO"}, MISSED | {"no_attendance_information": "x" * 4001},
            ["must be 4,000 characters or fewer"], id="too long",
        ),
    ],
)  # fmt: skip
def test_wrong_feedback(
    client: Client,
    case: ReceivedReferral,
    page: Page,
    attendance: dict[str, Any],
    answers: dict[str, Any] | None,
    problems: list[str],
) -> None:
    appointment = waiting(case)

    if answers is None:
        again = answered(client, page, address("attendance", appointment), attendance, status=422)
    else:
        answered(client, page, address("attendance", appointment), attendance)
        again = answered(client, page, address("feedback", appointment), answers, status=422)

    said = errors(again)
    assert len(said) == len(problems), said
    assert all(problem in error for problem, error in zip(problems, said, strict=True)), said


@pytest.mark.slow
def test_a_draft_is_there_again_the_next_day(client: Client, case: ReceivedReferral, page: Page) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "YES"})
    answered(client, page, address("feedback", appointment), HELD | {"what_was_done": "Line one.\nLine two."})

    fields = filled_in(page(client, address("feedback", appointment)))

    assert fields["what_was_done"] == "Line one.\nLine two."
    assert fields["notify"] == ["NOTHING"]
    assert fields["was_late"] == "NO"


def test_pages_ask_for_what_comes_first(client: Client, case: ReceivedReferral) -> None:
    appointment = waiting(case)

    for name in ("feedback", "check_feedback"):
        assert client.get(address(name, appointment))["Location"] == address("attendance", appointment)


def test_after_a_change_of_mind_the_second_page_is_asked_again(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "YES"})
    answered(client, page, address("feedback", appointment), HELD)

    asks = address("attendance", appointment)
    deletes = answered(client, page, asks, {"happened": "NO", "attended": "NO"}, status=200)
    assert "Viewed a flat." in text(deletes)
    page.post(client, asks, filled_in(deletes))

    assert client.get(address("check_feedback", appointment))["Location"] == address("feedback", appointment)
    assert "Viewed a flat." not in str(page(client, address("feedback", appointment)))


@pytest.mark.slow
def test_two_tabs(client: Client, case: ReceivedReferral, page: Page) -> None:
    """The second is told what is saved, keeps what it typed, and may save over it."""
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "YES"})
    url = address("feedback", appointment)
    one, two = (filled_in(page(client, url)) for _ in range(2))
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        page.post(client, url, one | HELD)

    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        told = page.post(client, url, two | HELD | {"what_was_done": "Something else."}, status=422)
        assert "Someone has saved different answers" in errors(told)[0]
        assert "Viewed a flat." in text(told)
        assert filled_in(told)["what_was_done"] == "Something else."
        page.post(client, url, filled_in(told))

    assert Feedback.objects.unscoped().get().what_was_done == "Something else."


@pytest.mark.slow
def test_what_was_changed_after_checking_is_not_sent(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "YES"})
    answered(client, page, address("feedback", appointment), HELD)
    shown = filled_in(page(client, address("check_feedback", appointment)))
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        answered(client, page, address("feedback", appointment), HELD | {"what_was_done": "Other."})

    page.post(client, address("check_feedback", appointment), shown, status=409)

    assert Feedback.objects.unscoped().get().submitted_at is None


def test_sending_twice_sends_once(client: Client, case: ReceivedReferral, page: Page) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "NO", "attended": "NO"})
    answered(client, page, address("feedback", appointment), MISSED)
    fields = filled_in(page(client, address("check_feedback", appointment)))

    answers = [client.post(address("check_feedback", appointment), fields) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {address("appointment", appointment)}
    assert AuditEvent.objects.filter(action=AuditAction.FEEDBACK_SUBMITTED).count() == 1
    assert client.get(address("attendance", appointment))["Location"] == address("appointment", appointment)


@pytest.mark.slow
def test_feedback_about_what_is_to_come_is_refused(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    with_assessment_arranged(case, starts_at=NOW + AN_HOUR)
    appointment = case.appointments.get()

    for name in ("attendance", "feedback", "check_feedback"):
        refused = page(client, address(name, appointment), status=403)
        assert "after the appointment starts" in text(refused)
        page.post(client, address(name, appointment), {"happened": "YES"}, status=403)
    assert "Give feedback" not in text(page(client, address("appointment", appointment)))


@pytest.mark.slow
def test_plans_are_offered_where_the_next_session_is_arranged_and_recorded(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    with_session(with_plan(case), 1, starts_at=NOW - timedelta(days=3))
    Feedback.objects.unscoped().filter(appointment__session__number=1).update(next_plans="Bring the letters.")

    assert "Bring the letters." in text(page(client, arrange_address(case, 2)))
    with_session_arranged(case, 2, starts_at=NOW - AN_HOUR)
    second = case.appointments.get(session__number=2)
    assert "Bring the letters." in text(page(client, address("appointment", second)))
    answered(client, page, address("attendance", second), {"happened": "YES"})
    assert "Bring the letters." in text(page(client, address("feedback", second)))


@pytest.mark.slow
def test_after_one_that_was_missed_the_form_says_so(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "NO", "attended": "NO"})
    answered(client, page, address("feedback", appointment), MISSED)
    answered(client, page, address("check_feedback", appointment), {})

    form = page(client, arrange_address(case))

    assert "Did not attend on 21 November 2026" in text(form)
    assert "Who asked for the change?" not in text(form)


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{{ 7 * 7 }} {% if %}", "Ŵyn 'n' \"quotes\" 👍 \u202eabc"]
)
@pytest.mark.slow
def test_text_is_text(client: Client, case: ReceivedReferral, page: Page, words: str) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "YES"})
    answered(client, page, address("feedback", appointment), HELD | {"what_was_done": words})

    assert words in text(page(client, address("check_feedback", appointment)))
    answered(client, page, address("check_feedback", appointment), {})
    assert words in text(page(client, address("appointment", appointment)))


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        pytest.param({}, "", id="nothing to tell"),
        pytest.param({"behaviour": True}, "they behaved poorly", id="behaviour"),
        pytest.param({"concerns": True}, "there are concerns", id="concerns only: the live service says nothing (Q19)"),
        pytest.param(
            {"behaviour": True, "concerns": True}, "they behaved poorly and that there are concerns", id="both"
        ),
        pytest.param({"missed": True}, "they did not come to the {meeting}", id="missed"),
        pytest.param(
            {"missed": True, "concerns": True}, "they did not come to the {meeting} and that there are concerns",
            id="missed, with concerns",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("meeting", ["appointment", "session"])
def test_after_feedback_the_banner_says_of_what_an_email_is_sent(
    meeting: str, answers: dict[str, bool], reasons: str
) -> None:
    came = not answers.get("missed", False)
    said = FeedbackAnswers(
        happened=came,
        attended=came,
        notify_of_behaviour=answers.get("behaviour", False),
        notify_of_concerns=answers.get("concerns", False),
    )

    shown = said_after(said, meeting=meeting)

    if reasons:
        expected = f"Feedback added. We will email the probation practitioner that {reasons.format(meeting=meeting)}."
    else:
        expected = "Feedback added. The probation practitioner can read it in this service."
    assert shown == expected
    assert bool(emails_about(said)) == bool(reasons)


# --- nDelius, calendar ----------------------------------------------------------------------------------


def test_what_ndelius_did_not_take_is_said_with_its_reason(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    appointment = waiting(case)
    with_booking_refused(case, reason="It clashes with another appointment in nDelius.")

    shown = text(page(client, address("appointment", appointment)))

    assert "Not accepted by nDelius. It clashes with another appointment in nDelius." in shown


@pytest.mark.parametrize(
    ("starts_at", "written"),
    [
        pytest.param(datetime(2026, 12, 1, 9, 0, tzinfo=UTC), "20261201T090000Z", id="winter"),
        pytest.param(datetime(2027, 4, 1, 8, 0, tzinfo=UTC), "20270401T080000Z", id="summer"),
    ],
)
def test_a_calendar_file(client: Client, case: ReceivedReferral, starts_at: datetime, written: str) -> None:
    with_assessment_arranged(case, starts_at=starts_at)
    appointment = case.appointments.get()

    response = client.get(address("appointment_calendar", appointment))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    file = response.content.decode()
    event = Calendar.from_ical(file).walk("VEVENT")[0]
    assert event.start == starts_at
    assert f"DTSTART:{written}\r\n" in file
    assert "TZID" not in file
    assert event["SUMMARY"] == "Supplier assessment"
    assert AuditEvent.objects.filter(action=AuditAction.APPOINTMENT_DOWNLOADED).count() == 1


def test_a_calendar_file_says_nothing_about_the_person(client: Client, case: ReceivedReferral) -> None:
    with_assessment_arranged(case, starts_at=NOW + AN_HOUR)
    appointment = case.appointments.get()
    Appointment.objects.unscoped().update(
        method="IN_PERSON_MEETING_OTHER", address_line_1="4 Rushy Glen", address_postcode="DH1 1AA",
        reschedule_reason="Caring for a child.",
    )  # fmt: skip

    file = client.get(address("appointment_calendar", appointment)).content.decode()

    for word in ("Alex", "River", case.crn, case.reference, "Rushy", "DH1", "child", "1990"):
        assert word not in file


@pytest.mark.slow
def test_a_moved_appointment_moves_in_the_calendar(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    with_assessment_arranged(case, starts_at=NOW + timedelta(days=2))
    old = case.appointments.get()
    first = Calendar.from_ical(client.get(address("appointment_calendar", old)).content).walk("VEVENT")[0]
    way = Way(client, page, arrange_address(case))
    way.press("details", date_day="25", asked_by="SERVICE_PROVIDER", reason="Ill.")
    way.press("confirm", status=302)
    new = case.appointments.get(closed_as="")

    second = Calendar.from_ical(client.get(address("appointment_calendar", new)).content).walk("VEVENT")[0]

    assert (second["UID"], second["SEQUENCE"]) == (first["UID"], first["SEQUENCE"] + 1)
    page(client, address("appointment_calendar", old), status=403)


# --- Who gets in ------------------------------------------------------------------------------------------

NAMES = ("appointment", "appointment_calendar", "attendance", "feedback", "check_feedback")


def _addresses(appointment: Appointment, session: int) -> list[str]:
    case = appointment.received
    return [
        arrange_address(case),
        arrange_address(case, session),
        *(address(name, appointment) for name in NAMES),
    ]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.caseworker", None, id="on the contract"),
        pytest.param("sp.other", 404, id="another provider"),
        pytest.param("sp.nogrant", 404, id="no contract"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_every_address_reading_and_writing(
    as_persona: SignIn, personas: dict[str, User], persona: str, status: int | None
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    contract = theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first()
    case = with_plan(assigned(received(contract, at=SENT_AT, sent_at=SENT_AT), to=personas["sp.caseworker"]))
    with_session_arranged(case, 1, starts_at=NOW - AN_HOUR)
    appointment = case.appointments.select_related("received").get(session__number=1)
    before = Appointment.objects.unscoped().values().order_by("pk")
    rows = list(before)
    client = as_persona(persona)

    for url in _addresses(appointment, 1):
        answers = [client.get(url), client.post(url, {"happened": "YES", "step": "confirm"})]
        for answer in answers:
            if status is None:
                assert answer.status_code in (200, 302, 403, 405, 422), url
            else:
                assert answer.status_code in (status, 405), url  # 405: a page that is only read
                assert case.crn.encode() not in answer.content
    assert list(before) == rows


@pytest.mark.slow
def test_an_appointment_of_another_case_is_not_found(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    other = assigned(received(case.contract))
    with_assessment_arranged(other, starts_at=NOW - AN_HOUR)
    theirs = other.appointments.get()

    for name in NAMES:
        url = reverse(f"monitoring:{name}", args=[case.pk, theirs.pk])
        page(client, url, status=404)
        assert client.post(url, {}).status_code in (404, 405)
        page(client, reverse(f"monitoring:{name}", args=[case.pk, uuid4()]), status=404)


def test_a_session_that_the_plan_does_not_have_is_not_found(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    with_plan(case, sessions=2)

    page(client, arrange_address(case, 3), status=404)
    page(client, f"/service-provider/referrals/{case.pk}/sessions/0/arrange", status=404)


@pytest.mark.slow
def test_a_page_that_the_stage_does_not_allow_says_why(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    with_session(with_plan(case), 1, starts_at=NOW - AN_HOUR)

    assert "took place and feedback was given" in text(page(client, arrange_address(case), status=403))
    assert "took place and feedback was given" in text(page(client, arrange_address(case, 1), status=403))
    page(client, arrange_address(case, 2))


def test_no_name_in_a_heading(client: Client, case: ReceivedReferral, page: Page) -> None:
    appointment = waiting(case)
    answered(client, page, address("attendance", appointment), {"happened": "NO", "attended": "NO"})

    for url in (*_addresses(appointment, 0)[2:3], *(address(name, appointment) for name in NAMES[2:4])):
        assert not re.search("Alex|River", heading(page(client, url)))
