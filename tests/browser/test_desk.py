"""A practitioner begins at their desk, with and without scripts: what needs them, a search, and covering."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from monitoring.models import ReceivedReferral
from referrals.actions.cover_for_colleague import note_team
from tests.browser.visitor import Visitor
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.referrals import a_draft, a_sent_referral


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_day_begins_at_the_desk(
    visitor: Callable[..., Visitor], personas: dict[str, User], scripts: bool
) -> None:
    referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    with_session(with_plan(assigned(received, to=personas["sp.caseworker"])), 1, attended=False)
    a_draft(personas["pp"])
    a_sent_referral(personas["pp.colleague"], crn="X980022")
    note_team(personas["pp.colleague"])

    me = visitor(scripts=scripts).signs_in("pp").looks(thoroughly=scripts)
    assert "Missed appointments: 1 case" in me.main
    me.follows("Missed appointments").looks(thoroughly=scripts)
    me.presses("Mark all as read")
    assert "No action needed today" in me.main

    me.follows("Open cases (1)").follows("Sent").looks(thoroughly=scripts)
    me.presses("Search", 422).looks(thoroughly=scripts)
    me.fills("Search this list", referral.last_name[:4].lower()).presses("Search")
    assert "1 case found" in me.main
    me.follows(referral.person_name).follows("Referral details")
    me.follows("View all referrals for this person").looks(thoroughly=scripts)
    assert "Action plan submitted" in me.main
    assert "Your draft referrals" in me.main

    me.opens("/").follows("Cover for a colleague").presses("Cover for this colleague", 422)
    me.looks(thoroughly=scripts)
    me.chooses(personas["pp.colleague"].display_name).presses("Cover for this colleague")
    me.looks(thoroughly=scripts)
    assert f"You are covering for {personas['pp.colleague'].display_name}" in me.main
    assert "Showing 1 to 2 of 2 cases" in me.main
