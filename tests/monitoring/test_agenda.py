"""A caseworker's appointments of a week, and the private calendar address that says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.models import ContractGrant, ProviderTerm
from monitoring.access import calendar_limits
from monitoring.lists.agenda import Week
from monitoring.models import CalendarFeed, Closed, ReceivedReferral, Stage
from monitoring.models.calendar_feeds import GOOD_FOR
from monitoring.views import agenda
from tests.canary.sweeping import watch
from tests.conftest import Page
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import (
    assigned,
    with_assessment_arranged,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.monitoring.test_calendar_file import read_calendars
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)  # a Wednesday
A_DAY = timedelta(days=1)
TWO_DAYS_AGO, YESTERDAY, TOMORROW = NOW - 2 * A_DAY, NOW - A_DAY, NOW + A_DAY
URL, CALENDAR = "/service-provider/agenda", "/service-provider/agenda/calendar"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def case() -> ReceivedReferral:
    """With a session that was held, one that needs feedback, and one that is to come."""
    sent = NOW - 30 * A_DAY
    case = with_plan(assigned(received(a_contract(), at=sent, sent_at=sent)), sessions=3)
    case = with_session(case, 1, starts_at=TWO_DAYS_AGO)
    case = with_session_arranged(case, 2, starts_at=YESTERDAY)
    return with_session_arranged(case, 3, starts_at=TOMORROW)


@pytest.fixture
def worker(case: ReceivedReferral) -> User:
    return User.objects.get(pk=case.caseworker_id)


@pytest.fixture
def client(worker: User) -> Client:
    client = Client()
    sign_in(client, worker)
    return client


def headings(shown: object) -> list[str]:
    return [heading.get_text(strip=True) for heading in shown.select("main h2")]  # type: ignore[attr-defined]


# --- The agenda -----------------------------------------------------------------------------------


def test_a_week_begins_on_monday() -> None:
    week = Week.of(date(2026, 11, 29))
    assert (week.days[0], week.days[-1]) == (date(2026, 11, 23), date(2026, 11, 29))
    assert week.moved(-1).monday == date(2026, 11, 16)


def test_a_provider_that_came_later_sees_nothing_of_cases_that_had_ended(
    client: Client, case: ReceivedReferral, worker: User, page: Page
) -> None:
    provider = worker.memberships.get().provider
    ProviderTerm.objects.create(contract=case.contract, provider=provider, is_prime=True, began_at=YESTERDAY)
    address = f"{URL}?whose=team"
    assert case.reference in page(client, address).main.get_text()

    ended = {"concluded_at": TWO_DAYS_AGO, "stage": Stage.COMPLETED, "conclusion": "COMPLETED"}
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(**ended)

    assert case.reference not in page(client, address).main.get_text()


@pytest.mark.slow
def test_the_week_of_ones_own_cases_with_what_needs_feedback_first(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    """A colleague's appointments are the team's, another contract's are nobody's here."""
    colleague = caseworker_on(case.contract)
    with_assessment_arranged(assigned(received(case.contract), to=colleague), starts_at=TOMORROW)
    with_assessment_arranged(assigned(received(a_contract())), starts_at=TOMORROW)

    shown = page(client, URL)

    assert headings(shown)[:3] == ["Feedback needed", "Monday 23 November 2026", "Tuesday 24 November 2026"]
    assert headings(shown)[-1] == "Friday 27 November 2026"
    said = shown.main.get_text(" ", strip=True)
    assert (
        said.count("Session 2") == 4
    )  # needing feedback, and on its day; each with hidden words of its link
    assert "Completed" in said
    assert "Supplier assessment" not in said
    give = reverse("monitoring:attendance", args=[case.pk, _session(case, 2)])
    assert shown.select_one(f"main table a[href='{give}']").get_text().startswith("Give feedback")

    team = page(client, f"{URL}?whose=team").main.get_text(" ", strip=True)
    assert team.count("Supplier assessment") == 1
    assert colleague.display_name in team
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert f"{colleague.display_name} (account closed)" in page(client, f"{URL}?whose=team").main.get_text(
        " "
    )


@pytest.mark.slow
def test_other_weeks_and_addresses_that_are_none(client: Client, page: Page) -> None:
    following = page(client, page(client, URL).find("a", string="Next week")["href"])
    assert "30 November 2026 to 6 December 2026" in following.main.get_text()
    assert following.find("a", string="This week") is not None
    for odd in ("yesterday", "9999-12-31", "0001-01-01", "2026-W48"):
        assert "23 November 2026 to 29 November 2026" in page(client, f"{URL}?week={odd}").main.get_text()


@pytest.mark.slow
def test_a_longer_week_costs_no_more_statements(client: Client, case: ReceivedReferral, worker: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(f"{URL}?whose=team")
        return len(asked)

    before = cost()
    for number in range(5):
        other = assigned(received(case.contract), to=caseworker_on(case.contract))
        with_assessment_arranged(other, starts_at=NOW - (number % 3) * A_DAY)
    assert cost() == before


def test_appointments_that_need_feedback_are_paged(
    client: Client, case: ReceivedReferral, worker: User, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest first, whatever week is shown."""
    monkeypatch.setattr(agenda, "WAITING_A_PAGE", 1)
    with_assessment_arranged(assigned(received(case.contract), to=worker), starts_at=TWO_DAYS_AGO)

    shown = page(client, f"{URL}?week=2026-12-01")
    assert "Supplier assessment" in shown.select_one("main table").get_text()
    more = shown.select_one("nav[aria-label='Pages of appointments that need feedback'] a[rel=next]")

    following = page(client, f"{URL}{more['href'].removeprefix(URL)}")
    assert "30 November 2026 to 6 December 2026" in following.main.get_text()
    assert "Session 2" in following.select_one("main table").get_text()
    assert "Showing 2 to 2 of 2 appointments that need feedback" in following.main.get_text()


def _session(case: ReceivedReferral, number: int) -> object:
    return case.appointments.get(session__number=number).pk


# --- The calendar ---------------------------------------------------------------------------------


def made_by(client: Client, page: Page, at: str = CALENDAR) -> str:
    """The address as the page shows it, once."""
    shown = page.post(client, at, status=200)
    return str(shown.select_one(".rm-address").get_text(strip=True))


@pytest.mark.slow
def test_a_calendar_program_reads_the_agenda_without_a_name(
    client: Client, case: ReceivedReferral, worker: User, page: Page
) -> None:
    """Read with a second program. The secret stands in no log, in no table, and on no page again."""
    with watch() as seen:
        address = made_by(client, page)
        read = Client().get(address)
        assert Client().get(address.replace(".ics", "x.ics")).status_code == 404

    assert read["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in read["Cache-Control"]
    assert "private" in read["Cache-Control"]
    text = read.content.decode()
    starts = [start for start, _ in read_calendars([text])[0]]
    assert starts[1:] == [TWO_DAYS_AGO, YESTERDAY, TOMORROW]  # after the supplier assessment
    events = Calendar.from_ical(text).walk("VEVENT")
    assert str(events[1]["summary"]) == f"Delivery session 1, {case.reference}"
    assert str(events[1]["location"]) == "Phone call"
    for hidden in (case.person_first_name, case.person_last_name, case.crn, case.contract_type):
        assert hidden not in text
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert secret not in seen.log.getvalue()
    assert secret not in str([*CalendarFeed.objects.unscoped().values(), *AuditEvent.objects.values()])
    assert secret not in page(client, CALENDAR).get_text()
    assert "A calendar last read it on 25 November 2026" in page(client, CALENDAR).get_text()


@pytest.mark.slow
def test_a_meeting_is_one_in_the_calendar_however_it_came_there(
    client: Client, case: ReceivedReferral, page: Page
) -> None:
    """By the address and by its own file: the same id and version, before and after it was arranged again."""

    def both() -> list[tuple[str, int]]:
        own = reverse(
            "monitoring:appointment_calendar",
            args=[case.pk, case.appointments.get(session=session, closed_as="").pk],
        )
        texts = [Client().get(address).content, client.get(own).content]
        events = [one for text in texts for one in Calendar.from_ical(text).walk("VEVENT")]
        found = [one for one in events if one["summary"].startswith(f"Delivery session {session.number}")]
        return [(str(one["uid"]), int(one["sequence"])) for one in found]

    address, session = made_by(client, page), case.sessions.get(number=3)
    (uid, version), *others = both()
    assert (others, version) == ([(uid, 0)], 0)

    for again, (why, version) in enumerate(((Closed.REPLACED, 1), (Closed.MISSED, 2)), 1):
        old = case.appointments.get(session=session, closed_as="")
        old.closed_as, old.closed_at = why, NOW
        old.save()
        with_session_arranged(case, 3, starts_at=TOMORROW + again * A_DAY)
        assert both() == [(uid, version)] * 2


def test_reading_is_audited_once_a_day(client: Client, worker: User, page: Page) -> None:
    address = made_by(client, page)
    for later in (0, 1, 25):
        with time_machine.travel(NOW + timedelta(hours=later), tick=False):
            assert Client().get(address).status_code == 200
    assert AuditEvent.objects.filter(action=AuditAction.CALENDAR_FEED_READ, user=worker).count() == 2


@pytest.mark.slow
def test_an_address_ends_when_it_is_replaced_or_deleted_which_is_asked_first(
    client: Client, page: Page
) -> None:
    replace, delete = f"{CALENDAR}/replace", f"{CALENDAR}/delete"
    for asks in (replace, delete):
        assert client.get(asks)["Location"] == CALENDAR, "there is nothing to replace or delete"
    first = made_by(client, page)
    links = [link["href"] for link in page(client, CALENDAR).select("main li a")]
    assert links == [replace, delete]

    for asks, heading in (
        (replace, "Are you sure you want to replace your calendar address?"),
        (delete, "Are you sure you want to delete your calendar address?"),
    ):
        asked = page(client, asks)
        assert asked.h1.get_text(strip=True) == heading
        assert asked.find("a", string="Keep it")["href"] == CALENDAR
    assert client.post(CALENDAR)["Location"] == replace, "another one is asked about, too"
    assert Client().get(first).status_code == 200, "asking stops nothing"

    second = made_by(client, page, at=replace)
    assert [Client().get(address).status_code for address in (first, second)] == [404, 200]
    page.post(client, delete)
    assert Client().get(second).status_code == 404
    assert "You have deleted your calendar address" in page(client, CALENDAR).get_text()


@pytest.mark.parametrize("ends", ["account", "grant", "a year"])
def test_an_address_ends_with_its_owners_access(client: Client, worker: User, page: Page, ends: str) -> None:
    address, later = made_by(client, page), NOW
    if ends == "account":
        User.objects.filter(pk=worker.pk).update(is_active=False)
    elif ends == "grant":
        ContractGrant.objects.filter(user=worker).update(revoked_at=NOW, revoked_by=worker)
    else:
        later = NOW + GOOD_FOR
    with time_machine.travel(later, tick=False):
        assert Client().get(address).status_code == 404


def test_only_cases_that_are_theirs_now(client: Client, case: ReceivedReferral, page: Page) -> None:
    address = made_by(client, page)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(caseworker=caseworker_on(case.contract))
    assert b"VEVENT" not in Client().get(address).content


def test_who_guesses_or_asks_too_often_is_not_answered(
    client: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = made_by(client, page)
    monkeypatch.setattr(calendar_limits, "MOST_READS", 2)
    monkeypatch.setattr(calendar_limits, "MOST_GUESSES", 2)
    assert [Client().get(address).status_code for _ in range(3)] == [200, 200, 429]
    guess = reverse("calendars:feed", args=["nobodys"])
    assert [Client().get(guess).status_code for _ in range(3)] == [404, 404, 429]


@pytest.mark.slow
def test_wrong_addresses_stand_in_nobodys_way(
    client: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calendars of many people ask from one place, and some go on asking at addresses that were ended."""
    address = made_by(client, page)
    monkeypatch.setattr(calendar_limits, "MOST_GUESSES", 1)
    ended = reverse("calendars:feed", args=["ended"])
    assert [Client().get(ended).status_code for _ in range(2)] == [404, 429]
    assert Client().get(address).status_code == 200
