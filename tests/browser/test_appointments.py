"""Arranging an appointment and recording it, in the browser: accessible in every state, and without scripts as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.browser.visitor import Visitor
from tests.browser.working import fill_in, on_a_morning
from tests.factories.monitoring_delivery import assigned, with_plan, with_session_arranged
from tests.factories.referrals import a_sent_referral
from tests.stories.delivering import Caseworker

Visitors = Callable[..., Visitor]
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def case(transactional_db: None, personas: dict[str, User]) -> ReceivedReferral:
    """A case with a plan, sent a month ago, with a session that began an hour ago."""
    referral = a_sent_referral(personas["pp"])
    then = timezone.now() - timedelta(days=30)
    ReceivedReferral.objects.unscoped().filter(pk=referral.received_id).update(sent_at=then, received_at=then)
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    return with_session_arranged(
        with_plan(assigned(received, to=personas["sp.caseworker"])), 1, starts_at=timezone.now() - AN_HOUR
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_arranging_a_session_and_moving_it(visitor: Visitors, case: ReceivedReferral, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:arrange_session", args=[case.pk, 2])).looks()
    me.presses("Save and continue", 422).looks()

    fill_in(me, on_a_morning(3))
    me.chooses("In person at a probation office").looks()
    me.page.get_by_label("Probation office", exact=True).select_option(index=1)
    me.presses("Save and continue").looks()
    me.presses("Change the details").presses("Save and continue")
    me.presses("Confirm").looks()
    assert me.heading == "Session 2"

    me.follows("Change appointment details").looks()
    me.presses("Save and continue", 422).looks()
    me.chooses("In person somewhere else").fills("Address line 1", "The library").fills(
        "Postcode", "zz99 1aa"
    )
    me.chooses("The service provider").fills(
        "Why are you changing the appointment?", "The room is taken."
    ).looks()
    me.presses("Save and continue").presses("Confirm").looks()
    assert "ZZ99 1AA" in me.main


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_recording_a_session(visitor: Visitors, case: ReceivedReferral, scripts: bool) -> None:
    appointment = case.appointments.get(session__number=1)
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:appointment", args=[case.pk, appointment.pk])).looks()
    me.follows("Give feedback").looks()
    me.presses("Save and continue", 422).looks()
    me.page.locator("input[name=happened][value=NO]").check()
    me.page.locator("input[name=attended][value=YES]").check()
    me.looks().presses("Save and continue").looks()
    me.presses("Save and continue", 422).looks()

    me.opens(reverse("monitoring:attendance", args=[case.pk, appointment.pk]))
    me.page.locator("input[name=happened][value=YES]").check()
    me.presses("Save and continue").looks()
    me.page.locator("input[name=was_late][value=YES]").check()
    me.page.locator("input[name=notify][value=BEHAVIOUR]").check()
    me.page.locator("input[name=notify][value=CONCERNS]").check()
    me.looks().presses("Save and continue", 422).looks()
    for name in ("late_reason", "what_was_done", "how_they_responded", "behaviour", "concerns", "next_plans"):
        me.page.locator(f"textarea[name={name}]").fill("Words about it.")
    me.presses("Save and continue").looks()
    me.presses("Confirm and send").looks()
    assert "Completed" in me.main


def test_one_in_the_past_and_the_practitioners_page(
    visitor: Visitors, case: ReceivedReferral, as_persona: Callable[[str], Client]
) -> None:
    me = visitor().signs_in("sp.caseworker")
    me.opens(reverse("monitoring:arrange_session", args=[case.pk, 2]))
    fill_in(me, on_a_morning(-2)).chooses("Phone call")
    me.presses("Save and continue").looks()
    me.presses("Continue to attendance").looks()
    me.page.locator("input[name=happened][value=NO]").check()
    me.page.locator("input[name=attended][value=NO]").check()
    me.presses("Continue").looks()
    me.page.locator("textarea[name=no_attendance_information]").fill("Phoned.")
    me.page.locator("input[name=notify][value=NO]").check()
    me.presses("Continue").looks()
    me.presses("Confirm and send").looks()

    Caseworker(as_persona("sp.caseworker"), case.pk).arranges(on_a_morning(4), session=2)
    you = visitor().signs_in("pp")
    appointment = case.appointments.get(closed_as="MISSED")
    you.opens(reverse("referrals:case_appointment", args=[case.key, appointment.pk])).looks()
