"""Several delivery sessions arranged at once: the days, what is pointed out, all or none, and the two pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import OutOfDate, Refused, SentBefore
from monitoring.access.database_rights import supplier_rights
from monitoring.actions.arrange_sessions import SomeCannotBeArranged, arrange_sessions
from monitoring.models import Appointment, Method, ReceivedReferral, Stage
from monitoring.rules.appointments import Arrangement
from monitoring.rules.several_sessions import OVERLAPS, TWICE, days_from, next_day_like, on_day, pointed_out
from tests.conftest import Page
from tests.factories.monitoring import received
from tests.factories.monitoring_delivery import (
    assigned,
    with_end_requested,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

# A Saturday in November: nothing here depends on the day on which the tests run.
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
A_WEEK = timedelta(weeks=1)
TUESDAY_AT_TWO = Arrangement(datetime(2026, 11, 24, 14, tzinfo=UTC), minutes=60, method=Method.PHONE)
FORM = {
    "date_day": "24", "date_month": "11", "date_year": "2026", "weeks": "1", "how_many": "3", "hour": "2",
    "minute": "00", "half": "pm", "hours": "1", "minutes": "", "kind": "ONE_TO_ONE", "method": "PHONE_CALL",
}  # fmt: skip


# --- Rules ----------------------------------------------------------------------------------------


def test_the_same_weekday_every_week_or_every_other() -> None:
    first = date(2026, 12, 22)
    assert days_from(first, weeks=1, count=3) == [first, date(2026, 12, 29), date(2027, 1, 5)]
    assert days_from(first, weeks=2, count=2) == [first, date(2027, 1, 5)]


@pytest.mark.parametrize(
    ("last", "day"),
    [
        pytest.param(date(2026, 11, 17), date(2026, 11, 24), id="this week"),
        pytest.param(date(2026, 10, 6), date(2026, 11, 24), id="weeks ago"),
        pytest.param(date(2026, 11, 21), date(2026, 11, 28), id="today"),
        pytest.param(date(2026, 12, 1), date(2026, 12, 8), id="still to come"),
    ],
)
def test_the_next_day_like_the_last_session(last: date, day: date) -> None:
    assert next_day_like(last, today=NOW.date()) == day


def test_the_time_of_the_clock_stays_when_the_clocks_change() -> None:
    half_past_one = replace(TUESDAY_AT_TWO, starts_at=datetime(2027, 3, 21, 1, 30, tzinfo=UTC))

    after = on_day(TUESDAY_AT_TWO, date(2027, 4, 6))

    assert after is not None
    assert after.starts_at == datetime(2027, 4, 6, 13, tzinfo=UTC)
    assert on_day(half_past_one, date(2027, 3, 28)) is None


@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        pytest.param(datetime(2026, 12, 22, 14, tzinfo=UTC), [], id="a working day"),
        pytest.param(datetime(2026, 12, 25, 14, tzinfo=UTC), ["This is a bank holiday"], id="Christmas"),
        pytest.param(datetime(2026, 11, 28, 14, tzinfo=UTC), ["This is at the weekend"], id="a Saturday"),
        pytest.param(
            datetime(2027, 1, 5, 14, tzinfo=UTC),
            ["This is after the completion date, 31 December 2026"],
            id="after the completion date",
        ),
        pytest.param(
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            ["This is at the weekend", TWICE],
            id="the clocks go back",
        ),
    ],
)
def test_what_is_pointed_out(starts_at: datetime, said: list[str]) -> None:
    arrangement = replace(TUESDAY_AT_TWO, starts_at=starts_at)
    assert pointed_out(arrangement, completion_date=date(2026, 12, 31)) == said


# --- The action -----------------------------------------------------------------------------------


@pytest.fixture
def case(db: None) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield with_plan(assigned(received(at=NOW - 4 * A_WEEK, sent_at=NOW - 4 * A_WEEK)), sessions=4)


def worker_of(case: ReceivedReferral) -> User:
    return User.objects.get(pk=case.caseworker_id)


def arrange(case: ReceivedReferral, *starts: datetime, **changes: Any) -> list[Appointment]:
    facts: dict[str, Any] = {
        "arrangements": [replace(TUESDAY_AT_TWO, starts_at=at) for at in starts],
        "numbers": [1, 2, 3, 4],
        "form_key": uuid4(),
        "by": worker_of(case),
        **changes,
    }
    with supplier_rights(facts["by"]):
        return arrange_sessions(received=case, **facts)


FIRST, SECOND, THIRD = (TUESDAY_AT_TWO.starts_at + number * A_WEEK for number in range(3))


def test_all_are_arranged_in_order_once_and_nobody_is_emailed(
    case: ReceivedReferral, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    key = uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        made = arrange(case, FIRST, SECOND, form_key=key)

    assert [(one.session.number, one.starts_at) for one in made] == [(1, FIRST), (2, SECOND)]
    told = OutboxEntry.objects.filter(payload__appointment__isnull=False, referral=case.key).order_by(
        "created_at"
    )
    assert [entry.payload["appointment"] for entry in told] == [str(one.pk) for one in made]
    assert mail.outbox == []
    assert AuditEvent.objects.filter(action=AuditAction.APPOINTMENT_ARRANGED, referral=case.pk).count() == 2
    case.refresh_from_db()
    assert case.stage == Stage.HOLD_SESSION

    assert arrange(case, FIRST, SECOND, form_key=key) == made
    with pytest.raises(SentBefore):
        arrange(case, FIRST, THIRD, form_key=key)
    with pytest.raises(SentBefore):
        arrange(case, FIRST, form_key=key)
    assert case.appointments.filter(session__isnull=False).count() == 2


def test_one_that_cannot_be_arranged_stops_all_and_is_named(case: ReceivedReferral) -> None:
    with_session_arranged(
        with_plan(assigned(received(case.contract), to=worker_of(case))), 1, starts_at=SECOND
    )

    with pytest.raises(SomeCannotBeArranged) as refused:
        arrange(case, FIRST, SECOND, NOW - A_WEEK, NOW + 40 * A_WEEK)

    assert refused.value.problems[1].startswith("The caseworker has another appointment")
    assert refused.value.problems[2].startswith("This is in the past")
    assert refused.value.problems[3].startswith("Date must be on or before")
    assert 0 not in refused.value.problems
    assert not case.appointments.filter(session__isnull=False).exists()


def test_dates_that_overlap_each_other_are_refused_and_named(case: ReceivedReferral) -> None:
    half, an_hour = timedelta(minutes=30), timedelta(hours=1)

    with pytest.raises(SomeCannotBeArranged) as refused:
        arrange(case, FIRST, FIRST + an_hour, SECOND, FIRST + half)

    assert refused.value.problems == {3: OVERLAPS}
    assert not case.appointments.filter(session__isnull=False).exists()
    assert len(arrange(case, FIRST, FIRST + an_hour)) == 2  # one after the other is none


def test_somebody_else_was_faster_or_the_end_was_asked_for(case: ReceivedReferral) -> None:
    with_session_arranged(case, 1, starts_at=THIRD)
    with pytest.raises(OutOfDate):
        arrange(case, FIRST)
    assert [one.session.number for one in arrange(case, FIRST, numbers=[2, 3, 4])] == [2]

    with_end_requested(with_session(case, 1))
    with pytest.raises(Refused, match="stage"):
        arrange(case, SECOND, numbers=[3, 4])


# --- The pages ------------------------------------------------------------------------------------


def test_the_dates_are_checked_some_left_out_and_the_others_arranged(
    case: ReceivedReferral, page: Page
) -> None:
    """From the progress page and back to it; a clash is listed, not offered; the form sent twice arranges once."""
    client, url = Client(), reverse("monitoring:arrange_sessions", args=[case.pk])
    sign_in(client, worker_of(case))
    with_session_arranged(case, 1, starts_at=FIRST)

    progress = page(client, reverse("monitoring:progress", args=[case.pk]))
    assert progress.find("a", string="Arrange several sessions")["href"] == url
    form = page(client, url)
    said = form.main.get_text(" ", strip=True)
    assert "Sessions 2, 3 and 4 have no appointment." in said
    assert "copied from session 1 on 24 November 2026 at 2pm" in said
    copied = filled_in(form)
    assert (copied["date_day"], copied["hour"], copied["half"], copied["how_many"]) == ("1", "2", "pm", "3")

    wrong = page.post(client, url, copied | {"how_many": "4", "weeks": "1", "step": "details"}, status=422)
    assert "The action plan has only 3 sessions without an appointment" in wrong.main.get_text()

    check = page.post(client, url, copied | FORM | {"step": "details"}, status=200)
    said = check.main.get_text(" ", strip=True)
    assert "The person has another appointment at this time" in said
    assert [box["value"] for box in check.select("input[name=dates]")] == ["1", "2"]
    assert "sessions 2 and 3, in order" in said
    none = page.post(client, url, filled_in(check) | {"dates": [], "step": "confirm"}, status=422)
    assert "Select at least one date" in none.main.get_text()

    sent = filled_in(check) | {"dates": ["2"], "step": "confirm"}
    page.post(client, url, sent)
    page.post(client, url, sent)
    arranged = case.appointments.get(session__number=2)
    assert arranged.starts_at == THIRD
    progress = page(client, reverse("monitoring:progress", args=[case.pk]))
    assert "1 session arranged. The first is on 8 December 2026 at 2pm." in progress.main.get_text(
        " ", strip=True
    )


def test_a_date_taken_meanwhile_is_named_and_nothing_is_arranged(case: ReceivedReferral, page: Page) -> None:
    client, url = Client(), reverse("monitoring:arrange_sessions", args=[case.pk])
    sign_in(client, worker_of(case))
    check = page.post(client, url, filled_in(page(client, url)) | FORM | {"step": "details"}, status=200)
    other = with_plan(assigned(received(case.contract), to=worker_of(case)))
    with_session_arranged(other, 1, starts_at=SECOND)

    refused = page.post(client, url, filled_in(check) | {"step": "confirm"}, status=422)

    said = refused.select_one(".govuk-error-summary").get_text(" ", strip=True)
    assert "No sessions were arranged. Session 2 on 1 December 2026: The caseworker has another" in said
    assert not case.appointments.filter(session__isnull=False).exists()
    page.post(client, url, filled_in(refused) | {"step": "confirm"})
    assert [
        one.session.number for one in case.appointments.filter(session__isnull=False).order_by("starts_at")
    ] == [1, 2]


def test_nothing_to_arrange_is_refused(case: ReceivedReferral, page: Page) -> None:
    client = Client()
    sign_in(client, worker_of(case))
    for number in range(1, 5):
        with_session_arranged(case, number, starts_at=FIRST + number * A_WEEK)

    refused = page(client, reverse("monitoring:arrange_sessions", args=[case.pk]), status=403)

    assert "Every session of the action plan has an appointment" in refused.get_text()
