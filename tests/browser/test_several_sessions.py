"""Several sessions arranged at once in the browser, and the week they stand in: with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.browser.visitor import Visitor
from tests.browser.working import fill_in, on_a_morning
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]


@pytest.fixture
def case(transactional_db: None, personas: dict[str, User]) -> ReceivedReferral:
    """A case with a plan of four sessions, of which the first was held."""
    referral = a_sent_referral(personas["pp"])
    then = timezone.now() - timedelta(days=30)
    ReceivedReferral.objects.unscoped().filter(pk=referral.received_id).update(sent_at=then, received_at=then)
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    return with_session(with_plan(assigned(received, to=personas["sp.caseworker"]), sessions=4), 1)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_three_sessions_with_one_date_left_out(
    visitor: Visitors, case: ReceivedReferral, scripts: bool
) -> None:
    # Given a caseworker who opens the form from the progress page
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:progress", args=[case.pk])).follows("Arrange several sessions").looks()
    me.presses("Check the dates", 422).looks()

    # When they ask for three weeks, and leave one date out
    me.opens(reverse("monitoring:arrange_sessions", args=[case.pk]))
    fill_in(me, on_a_morning(3)).chooses("Every week").chooses("Phone call")
    me.presses("Check the dates").looks()
    boxes = me.page.locator("input[name=dates]")
    assert boxes.count() == 3
    boxes.nth(1).uncheck()
    me.presses("Arrange these sessions").looks()

    # Then two are arranged, a fortnight apart, and stand in the agenda of their weeks
    assert "2 sessions arranged" in me.main
    first, second = case.appointments.filter(session__number__in=(2, 3)).order_by("starts_at")
    assert timezone.localdate(second.starts_at) - timezone.localdate(first.starts_at) == timedelta(weeks=2)
    me.opens(f"{reverse('monitoring:agenda')}?week={timezone.localdate(first.starts_at)}").looks()
    assert "Session 2" in me.main
    me.follows("Add your appointments to your calendar").presses("Create a calendar address").looks()
    assert "Copy this address now" in me.main
