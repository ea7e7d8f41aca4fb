"""Sessions compared with the referral's enforceable days, and outcomes that nothing is done towards. Nothing blocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from monitoring.models import Appointment, Closed, Feedback, PlanActivity, Purpose, ReceivedReferral
from monitoring.presenters import action_plan
from monitoring.presenters.enforceable_days import in_words, warning
from monitoring.rules.enforceable_days import days_used
from tests.conftest import Page
from tests.factories.monitoring import received
from tests.factories.monitoring_delivery import (
    assigned,
    outcomes_of,
    with_plan,
    with_session,
    with_session_arranged,
)
from tests.factories.monitoring_work import with_draft_plan
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def session(
    day: int, came: bool | None = None, *, hour: int = 0, purpose: str = Purpose.SESSION
) -> Appointment:
    """An appointment on that day; without ``came`` nothing was recorded."""
    one = Appointment(purpose=purpose, starts_at=NOON + day * A_DAY + timedelta(hours=hour))
    one.closed_as = Closed.MISSED if came is False else ""
    one.feedback = Feedback(happened=came, attended=came, submitted_at=None if came is None else NOON)
    return one


@pytest.mark.parametrize(
    ("appointments", "words", "is_over"),
    [
        pytest.param([], "0 used, of a maximum of 2", False, id="none"),
        pytest.param(
            [session(1, True), session(2)], "1 used and 1 arranged, of a maximum of 2", False, id="both"
        ),
        pytest.param(
            [session(1, True), session(1, True, hour=3)], "1 used, of a maximum of 2", False, id="one day"
        ),
        pytest.param(
            [session(1, True), session(1, hour=3)], "1 used, of a maximum of 2", False, id="again that day"
        ),
        pytest.param([session(1, False)], "0 used, of a maximum of 2", False, id="missed"),
        pytest.param(
            [session(1, True, purpose=Purpose.ASSESSMENT)],
            "0 used, of a maximum of 2",
            False,
            id="the assessment",
        ),
        pytest.param(
            [session(day) for day in range(3)],
            "0 used and 3 arranged, of a maximum of 2",
            True,
            id="too many",
        ),
    ],
)
def test_days_that_are_used(appointments: list[Appointment], words: str, is_over: bool) -> None:
    days = days_used(appointments, most=2)
    assert in_words(days) == words
    assert bool(warning(days)) == is_over


@pytest.fixture
def case(db: None) -> ReceivedReferral:
    """One day of two is used, and one is arranged; another session has no appointment."""
    case = with_session(with_plan(assigned(received(at=timezone.now() - 30 * A_DAY)), sessions=3), 1)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(enforceable_days=2)
    return with_session_arranged(case, 2, starts_at=timezone.now() + A_DAY)


def test_progress_says_the_days_and_arranging_warns(case: ReceivedReferral, page: Page) -> None:
    client, url = Client(), reverse("monitoring:arrange_session", args=[case.pk, 3])
    sign_in(client, User.objects.get(pk=case.caseworker_id))
    progress = page(client, reverse("monitoring:progress", args=[case.pk]))
    assert "Enforceable days: 1 used and 1 arranged, of a maximum of 2." in progress.main.get_text(" ")

    day = timezone.localdate() + 3 * A_DAY
    details = {
        "date_day": day.day, "date_month": day.month, "date_year": day.year, "hour": "9", "minute": "30",
        "half": "am", "hours": "1", "kind": "ONE_TO_ONE", "method": "PHONE_CALL", "step": "details",
    }  # fmt: skip
    check = page.post(client, url, filled_in(page(client, url)) | details, status=200)

    warned = " ".join(check.select_one(".govuk-warning-text").get_text(" ").split())
    assert "delivery sessions will be on 3 days, but the referral allows 2 enforceable days" in warned
    page.post(client, url, filled_in(check) | {"step": "confirm"})


def test_a_draft_says_which_outcomes_have_no_activities(case: ReceivedReferral) -> None:
    draft = with_draft_plan(case)
    assert len(outcomes_of(case)) == 2
    draft.sessions = 2
    assert action_plan.present(draft).warnings == ()
    PlanActivity.objects.unscoped().filter(plan=draft, outcome=outcomes_of(case)[1]).delete()

    assert action_plan.present(draft).warnings == ("Outcome 2 has no activities. Check that this is right.",)
    assert action_plan.present(case.plan_in_force()).warnings == ()
