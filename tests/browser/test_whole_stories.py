"""Two referrals from receipt to their end, in the browser, with both sides at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from monitoring.models import Closed, ReceivedReferral, Stage
from referrals.models import Referral
from tests.browser.visitor import Visitor, normalised
from tests.browser.working import Working
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]


@pytest.fixture
def referral(transactional_db: None, personas: dict[str, User]) -> Referral:
    """Just sent."""
    return a_sent_referral(personas["pp"])


@pytest.fixture
def sorrel(visitor: Visitors, referral: Referral, personas: dict[str, User]) -> Working:
    """The caseworker, to whom the manager has given the case, which is new in the list of unassigned ones."""
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    manager = visitor().signs_in("sp.manager").opens(reverse("monitoring:case_list", args=["unassigned"]))
    manager.follows(received.person_name).follows("Assign a caseworker")
    manager.chooses(personas["sp.caseworker"].display_name).presses("Continue").presses("Confirm caseworker")
    assert manager.heading == "Caseworker assigned"

    me = visitor().signs_in("sp.caseworker")
    assert (me.heading, received.person_name in me.main) == ("Your cases", True)
    me.follows(received.person_name).follows("Progress")
    return Working(me, received.pk)


def test_from_receipt_to_completed(visitor: Visitors, referral: Referral, sorrel: Working) -> None:
    sorrel.stands_at(Stage.ARRANGE_ASSESSMENT)
    sorrel.is_held(sorrel.arranges("assessment", "Arrange the supplier assessment"))
    sorrel.stands_at(Stage.PLAN)
    sorrel.plans(sessions=2)
    for number in (1, 2):
        sorrel.stands_at(Stage.ARRANGE_SESSION)
        sorrel.is_held(sorrel.arranges("session", f"Arrange session {number}"))
    sorrel.stands_at(Stage.REPORT)
    sorrel.reports()
    sorrel.stands_at(Stage.COMPLETED)
    sorrel.me.looks()

    you = visitor().signs_in("pp").opens(reverse("referrals:case_list", args=["completed"]))
    you.follows(referral.person_name).looks()
    assert "Completed on" in you.main
    you.follows("View feedback of session 2")
    assert "Looked at flats." in you.main
    you.follows("Progress").follows("View version 1 of the action plan")
    assert "View flats together." in you.main
    you.follows("Progress").follows("View the end of service report")
    assert "Found a room." in you.main


def test_missed_then_held_then_ended_early(visitor: Visitors, referral: Referral, sorrel: Working) -> None:
    sorrel.is_missed(sorrel.arranges("assessment", "Arrange the supplier assessment"))
    sorrel.stands_at(Stage.ARRANGE_ASSESSMENT)
    sorrel.is_held(sorrel.arranges("assessment", "Reschedule the supplier assessment"))
    sorrel.plans(sessions=3)
    sorrel.stands_at(Stage.ARRANGE_SESSION)
    sorrel.is_missed(sorrel.arranges("session", "Arrange session 1"))
    sorrel.is_held(sorrel.arranges("session", "Reschedule session 1"))
    to_come = sorrel.arranges("session", "Arrange session 2")
    sorrel.stands_at(Stage.HOLD_SESSION)

    you = visitor().signs_in("pp").opens(reverse("referrals:case_progress", args=[referral.pk]))
    you.follows("End the referral").chooses("Moved out of service area")
    you.fills("Tell the service provider more about this reason", "Has moved to York.").presses("Continue")
    you.looks()
    assert "This appointment will be cancelled: Session 2 on" in normalised(you.main)
    you.chooses("Yes, end this referral").presses("Continue").looks()
    assert "Cancelled because the referral ended" in you.main

    sorrel.stands_at(Stage.REPORT)
    sorrel.me.looks()
    to_come.refresh_from_db()
    assert to_come.closed_as == Closed.ENDED
    assert "Has moved to York." in sorrel.me.main
    sorrel.reports()
    sorrel.stands_at(Stage.ENDED_EARLY)
    you.opens(reverse("referrals:case_progress", args=[referral.pk])).follows(
        "View the end of service report"
    )
