"""A referral on its whole way: completed, ended early, re-planned, and ended before anybody came.

Every step but the assignment goes through the web client; the clock goes on from appointment to appointment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from monitoring.models import ReceivedReferral, Stage
from referrals.models import Referral
from tests.factories.monitoring_delivery import assigned
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.signing_in import MODEL_BACKEND
from tests.stories.delivering import Caseworker
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The day on which the referral is sent; appointments move it on."""
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@dataclass
class Follower:
    """The practitioner who sent the referral, following it."""

    client: Client
    referral_id: UUID

    def address(self, name: str, *args: object) -> str:
        """The address of a page of the case."""
        return reverse(f"referrals:{name}", args=[self.referral_id, *args])

    def open(self, name: str, *args: object, status: int = 200) -> BeautifulSoup:
        """Fetch a page of the case, inspected."""
        return assert_page(self.client.get(self.address(name, *args)), status)

    def reads(self, name: str, *args: object) -> str:
        """The words of a page."""
        return " ".join(self.open(name, *args).select_one("main").get_text(" ").split())

    def asks_for_change(self, text: str) -> None:
        """Request a change to the action plan."""
        fields = filled_in(self.open("ask_for_plan_change")) | {"text": text}
        assert self.client.post(self.address("ask_for_plan_change"), fields).status_code == 302

    def ends(self, reason: str, comments: str) -> None:
        """End the referral: say why, check, confirm."""
        address = self.address("end_case")
        shown = assert_page(
            self.client.post(
                address, filled_in(self.open("end_case")) | {"reason": reason, "comments": comments}
            )
        )
        answers = {box["name"]: box["value"] for box in shown.select("main form input[type=hidden]")}
        assert self.client.post(address, answers | {"do": "save", "confirmed": "YES"}).status_code == 302


@dataclass
class Meetings:
    """Appointments of one case: each is arranged for tomorrow, and recorded when it is over."""

    worker: Caseworker
    clock: time_machine.Traveller
    clients: tuple[tuple[Client, User], ...]

    def are_held(self, session: int | None = None, **answers: object) -> None:
        """Arrange one, let it pass, record it. Without a session: the supplier assessment."""
        starts_at = (timezone.now() + A_DAY).replace(hour=14, minute=0)
        appointment = self.worker.arranges(starts_at, session=session)
        self.clock.move_to(starts_at + AN_HOUR)
        for client, user in self.clients:  # a day later the web session has ended
            client.force_login(user, MODEL_BACKEND)
        self.worker.records(appointment, **answers)


@pytest.fixture
def referral(personas: dict[str, User], clock: time_machine.Traveller) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def practitioner(referral: Referral, as_persona: Callable[[str], Client]) -> Follower:
    return Follower(as_persona("pp"), referral.pk)


@pytest.fixture
def caseworker(
    referral: Referral, as_persona: Callable[[str], Client], personas: dict[str, User]
) -> Caseworker:
    """At work on the referral, which is assigned to them."""
    sam = Caseworker(as_persona("sp.caseworker"), referral.received_id)  # type: ignore[arg-type]
    assert sam.case.stage == Stage.ASSIGN
    assigned(sam.case, to=personas["sp.caseworker"], at=timezone.now())
    return sam


@pytest.fixture
def meetings(
    caseworker: Caseworker, practitioner: Follower, personas: dict[str, User], clock: time_machine.Traveller
) -> Meetings:
    """Appointments of the referral; the supplier assessment was held."""
    clients = ((caseworker.client, personas["sp.caseworker"]), (practitioner.client, personas["pp"]))
    meetings = Meetings(caseworker, clock, clients)
    meetings.are_held()
    assert caseworker.case.stage == Stage.PLAN
    return meetings


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())


@pytest.fixture(autouse=True)
def _stages_hold_at_the_end(db: None):  # type: ignore[no-untyped-def]
    """Whatever a story did, the stored columns are what the facts say."""
    yield
    call_command("check_stages", verbosity=0)


@pytest.mark.slow
def test_from_receipt_to_completed(
    practitioner: Follower, caseworker: Caseworker, meetings: Meetings
) -> None:
    # Given a referral whose assessment was held, the plan is next, and both sides read so
    assert "Submit the action plan" in _words(caseworker.open("progress"))
    assert "Wait for the action plan" in practitioner.reads("case_progress")

    # When the plan is written and submitted, it is approved at once
    number = caseworker.writes_plan(sessions=2, texts=("View flats together.", "Write a budget."))
    assert "There is no action plan yet." in practitioner.reads("case_action_plan"), "no draft is seen"
    caseworker.submits_plan(number)
    assert "Write a budget." in practitioner.reads("case_action_plan_version", number)
    assert "Arrange the next session" in _words(caseworker.open("progress"))

    # And the sessions are held, one of them missed
    meetings.are_held(1, how_they_responded="Found a room he likes.")
    assert "can write the end of service report after all sessions are recorded" in _words(
        caseworker.open("end_of_service_report")
    )
    meetings.are_held(2, attended=False)

    # Then the report is due, and submitting it completes the referral
    assert caseworker.case.stage == Stage.REPORT
    caseworker.post("start_end_of_service_report")
    assert "Found a room he likes." in caseworker.open("report_outcome", 1).get_text()
    caseworker.reports(progress="Moved in on Monday.")
    case = caseworker.case
    assert (case.stage, case.conclusion, case.end_requested_at) == (Stage.COMPLETED, "COMPLETED", None)
    assert "Moved in on Monday." in practitioner.reads("case_end_of_service_report")
    assert "Completed" in practitioner.reads("case_progress")

    # And nothing more can be done on it
    caseworker.post("start_action_plan", status=403)
    caseworker.open("pause_case", status=403)
    practitioner.open("ask_for_plan_change", status=403)
    practitioner.open("end_case", status=403)


@pytest.mark.slow
def test_ended_early(practitioner: Follower, caseworker: Caseworker, meetings: Meetings) -> None:
    # Given one attended session of three
    caseworker.submits_plan(caseworker.writes_plan(sessions=3))
    meetings.are_held(1)

    # When the practitioner closes the referral early
    practitioner.ends("EAR", "He has found a flat by himself.")

    # Then nothing new begins, and the report is due
    assert caseworker.case.stage == Stage.REPORT
    said = _words(caseworker.open("progress"))
    assert "He has found a flat by himself." in said
    assert "Submit the end of service report" in said
    caseworker.post("start_action_plan", status=403)

    # And submitting it ends the referral early
    caseworker.reports(level="PARTIALLY_ACHIEVED")
    assert (caseworker.case.stage, caseworker.case.conclusion) == (Stage.ENDED_EARLY, "ENDED_EARLY")
    assert "Partially achieved" in practitioner.reads("case_end_of_service_report")


@pytest.mark.slow
def test_planned_anew(practitioner: Follower, caseworker: Caseworker, meetings: Meetings) -> None:
    # Given a plan in force, with one session held
    caseworker.submits_plan(caseworker.writes_plan(sessions=2))
    meetings.are_held(1)

    # When the practitioner asks for a change, the supplier reads why
    practitioner.asks_for_change("He also needs help with debts.")
    assert caseworker.case.stage == Stage.CHANGE_PLAN
    assert "He also needs help with debts." in _words(caseworker.open("action_plan"))

    # And writes a new version, which starts as a copy, while the old one stays in force
    number = caseworker.writes_plan(sessions=4, texts=("Meet the debt adviser.",))
    assert number == 2
    assert "Version 1" in practitioner.reads("case_action_plan")
    assert "Version 2" not in practitioner.reads("case_action_plan")
    caseworker.submits_plan(number)

    # Then the new version is in force, the request is answered, and the sessions have grown
    assert caseworker.case.stage == Stage.ARRANGE_SESSION
    second = practitioner.reads("case_action_plan_version", 2)
    assert "View flats together." in second
    assert "Meet the debt adviser." in second
    assert "not the current version" in practitioner.reads("case_action_plan_version", 1)
    assert "With a new version on" in practitioner.reads("case_action_plan")
    assert caseworker.case.sessions.count() == 4


@pytest.mark.slow
def test_ended_before_anybody_came(
    practitioner: Follower, caseworker: Caseworker, meetings: Meetings
) -> None:
    # Given a plan, and a first session that was missed
    caseworker.submits_plan(caseworker.writes_plan(sessions=2))
    meetings.are_held(1, attended=False)

    # When the practitioner ends the referral, it is cancelled at once, without a report
    practitioner.ends("NOT", "He never answered.")

    assert (caseworker.case.stage, caseworker.case.conclusion) == (Stage.CANCELLED, "CANCELLED")
    assert "He never answered." in _words(caseworker.open("progress"))
    caseworker.post("start_end_of_service_report", status=403)
    assert ReceivedReferral.objects.unscoped().filter(stage=Stage.CANCELLED).count() == 1
