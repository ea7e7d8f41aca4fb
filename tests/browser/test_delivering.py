"""Action plan, report, pauses and ending, in the browser: accessible in every state, and without scripts as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from monitoring.models import ReceivedReferral, Stage
from referrals.models import Referral
from tests.browser.visitor import Visitor
from tests.factories.monitoring_delivery import assessed, assigned, with_plan, with_session
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]


@pytest.fixture
def referral(transactional_db: None, personas: dict[str, User]) -> Referral:
    """Sent a month ago and assessed."""
    referral = a_sent_referral(personas["pp"])
    then = timezone.now() - timedelta(days=30)
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    rows.update(sent_at=then, received_at=then)
    assessed(assigned(rows.get(), to=personas["sp.caseworker"]))
    return referral


def _case(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


def _supplier(referral: Referral, name: str, *args: object) -> str:
    return reverse(f"monitoring:{name}", args=[referral.received_id, *args])


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_writing_an_action_plan(visitor: Visitors, referral: Referral, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(_supplier(referral, "progress")).follows("Create an action plan").looks()
    me.presses("Create an action plan").looks()

    me.follows("Add an activity").looks().presses("Save and continue", 422).looks()
    me.page.locator("input[name=outcome]").first.check()
    me.fills("What will be done?", "View flats together.").presses("Save and continue").looks()
    me.follows("Change activity 1").looks().presses("Save and continue")
    me.follows("Remove activity 1").looks().follows("Keep it")
    me.follows("Add (Delivery sessions)").looks().presses("Save and continue", 422).looks()
    me.fills("How many delivery sessions will there be?", "2").presses("Save and continue").looks()
    me.presses("Continue").looks().presses("Submit the action plan").looks()

    me.opens(_supplier(referral, "action_plan")).looks().follows("Version 1").looks()
    assert _case(referral).stage == Stage.ARRANGE_SESSION


def test_reporting_and_pausing(visitor: Visitors, referral: Referral) -> None:
    with_session(with_plan(_case(referral), sessions=1), 1)
    me = visitor().signs_in("sp.caseworker")

    me.opens(_supplier(referral, "pauses")).looks().presses("Pause the time limits").looks()
    today = timezone.localdate()
    me.presses("Pause", 422).looks()
    me.fills("Day", str(today.day)).fills("Month", str(today.month)).fills("Year", str(today.year))
    me.fills("Why are the time limits paused?", "In hospital.").presses("Pause").looks()
    me.presses("End the pause").looks()

    me.opens(_supplier(referral, "end_of_service_report")).looks().presses("Create the report").looks()
    me.presses("Save and continue", 422).looks()
    while "/outcomes/" in me.page.url:
        me.chooses("Partially achieved").fills("Describe their progress on this outcome", "Found a room.")
        me.presses("Save and continue")
    me.looks().presses("Save and continue").looks()
    me.presses("Submit the report").looks()
    me.opens(_supplier(referral, "end_of_service_report")).looks()
    assert _case(referral).stage == Stage.COMPLETED


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_following_asking_and_ending(visitor: Visitors, referral: Referral, scripts: bool) -> None:
    with_session(with_plan(_case(referral)), 1)
    me = visitor(scripts=scripts).signs_in("pp")

    me.opens(reverse("referrals:case_action_plan", args=[referral.pk])).looks()
    me.follows("Version 1").looks().opens(reverse("referrals:case_action_plan", args=[referral.pk]))
    me.follows("Request a change").looks().presses("Request change", 422).looks()
    me.fills("What should change in the action plan, and why?", "Add budgeting.")
    me.presses("Request change").looks()
    me.opens(reverse("referrals:case_pauses", args=[referral.pk])).looks()

    me.opens(reverse("referrals:case_progress", args=[referral.pk])).follows("End the referral").looks()
    me.presses("Continue", 422).looks()
    me.chooses("Moved out of service area").fills("Tell the service provider more about this reason", "York.")
    me.presses("Continue").looks().presses("Change your answers").looks().presses("Continue")
    assert "You are withdrawing this referral after its first session." in me.main
    me.presses("Continue", 422).looks()
    me.chooses("Yes, end this referral").presses("Continue").looks()
    assert "The service provider still needs to submit the end of service report by" in me.main
    assert _case(referral).stage == Stage.REPORT
