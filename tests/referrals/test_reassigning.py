"""An administrator gives the cases of a practitioner who leaves to another: shown first, then done just so, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from govuk.template_filters import date
from monitoring.models import ReceivedReferral
from referrals.actions import reassign_cases
from referrals.actions.open_case import open_cases
from referrals.actions.reassign_cases import plan, reassign
from referrals.cases.responsible import CONTACT_LEFT
from referrals.deliveries.emails import address_today
from referrals.models import Reassignment, Referral
from tests.factories.monitoring_delivery import assigned, with_end_requested
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_draft, a_sent_referral

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ADD = "/admin/referrals/reassignment/add/"


@pytest.fixture
def cases(personas: dict[str, User]) -> list[Referral]:
    """Two open cases of ``pp``, of one of which the service provider has them as the contact; one ended; one draft."""
    pp = personas["pp"]
    sent = [a_sent_referral(pp, crn="X980001"), a_sent_referral(pp, crn="X980017"), a_sent_referral(pp)]
    rows = ReceivedReferral.objects.unscoped()
    rows.filter(pk=sent[0].received_id).update(practitioner_email=pp.email, practitioner_phone="01632 960001")
    assigned(rows.get(pk=sent[0].received_id), to=personas["sp.caseworker"])
    with_end_requested(rows.get(pk=sent[2].received_id))
    a_draft(pp)
    deliver_all()
    mail.outbox.clear()
    return sent


@pytest.mark.slow
def test_what_is_shown_is_done_and_done_once(
    personas: dict[str, User], cases: list[Referral], as_persona: SignIn
) -> None:
    leaver, successor, admin = personas["pp"], personas["pp.colleague"], as_persona("admin")
    User.objects.filter(pk=leaver.pk).update(is_active=False)

    # Closed accounts with open cases are shown, and what would be done, before anything is
    assert "pp: 2" in admin.get(ADD).content.decode()
    answers = {"leaver": "pp", "successor": "pp.colleague", "reason": "Left the service."}
    shown = admin.post(ADD, answers).content.decode()
    assert "Reassign 2 cases" in shown
    assert [case.reference in shown for case in cases] == [True, True, False]
    assert "1 draft referral stays" in shown
    assert not Reassignment.objects.exists()

    # Meanwhile the page of the case says that the contact of the service provider has left
    details = reverse("referrals:case", args=[cases[0].pk])
    open_cases(crn="X980001", by=successor, reason="I was asked about it.")
    assert CONTACT_LEFT in as_persona("pp.colleague").get(details).content.decode()

    # Done just so
    seen = plan(leaver=leaver, successor=successor).seen_as
    assert seen in shown
    assert admin.post(ADD, answers | {"seen": seen}).status_code == 302
    given = Reassignment.objects.in_force()
    assert {*given.values_list("referral", flat=True)} == {case.pk for case in cases[:2]}
    assert AuditEvent.objects.filter(action=AuditAction.CASE_REASSIGNED, user=personas["admin"]).count() == 2

    # The successor follows them, the service provider has the new contact, and the caseworker is told
    follower = as_persona("pp.colleague")
    for case, status in ((cases[0], 200), (cases[1], 200), (cases[2], 404)):
        assert follower.get(reverse("referrals:case_progress", args=[case.pk])).status_code == status
    shown = follower.get(details).content.decode()
    assert f"{successor.display_name}, on {date(timezone.now())}" in shown
    assert CONTACT_LEFT not in shown
    received = ReceivedReferral.objects.unscoped().get(pk=cases[0].received_id)
    assert (received.practitioner_name, received.practitioner_phone) == (successor.display_name, "")
    assert received.changes.get().by == personas["admin"]
    deliver_all()
    assert [email.to for email in mail.outbox] == [[personas["sp.caseworker"].email]]
    assert address_today(Referral.objects.get(pk=cases[0].pk)) == successor.email

    # And once more it changes nothing
    again = admin.post(ADD, answers | {"seen": seen}).content.decode()
    assert "The cases have changed since you checked them" in again
    assert "Reassign 2 cases" not in again
    assert Reassignment.objects.count() == 2
    assert received.changes.count() == 1


def test_nobody_is_given_a_person_whom_they_may_not_see(
    personas: dict[str, User], cases: list[Referral]
) -> None:
    planned = plan(leaver=personas["pp"], successor=personas["pp.barred"])

    assert [case.crn for case in planned.cases] == ["X980001"]
    assert planned.kept_back == 1


def test_a_contact_that_was_changed_meanwhile_is_not_overwritten(
    personas: dict[str, User], cases: list[Referral], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that after the plan was worked out a colleague changes the number of the team
    leaver, successor = personas["pp"], personas["pp.colleague"]
    planned = plan(leaver=leaver, successor=successor)
    ReceivedReferral.objects.unscoped().filter(pk=cases[0].received_id).update(
        practitioner_team_phone="01632 960099"
    )
    monkeypatch.setattr(reassign_cases, "plan", lambda **_: planned)

    reassign(leaver=leaver, successor=successor, seen=planned.seen_as, reason="Left.", by=personas["admin"])

    received = ReceivedReferral.objects.unscoped().get(pk=cases[0].received_id)
    assert received.practitioner_name == successor.display_name
    assert received.practitioner_team_phone == "01632 960099"


def test_a_case_that_has_ended_meanwhile_is_not_given(
    personas: dict[str, User], cases: list[Referral], monkeypatch: pytest.MonkeyPatch
) -> None:
    leaver, successor = personas["pp"], personas["pp.colleague"]
    planned = plan(leaver=leaver, successor=successor)
    with_end_requested(ReceivedReferral.objects.unscoped().get(pk=cases[0].received_id))
    monkeypatch.setattr(reassign_cases, "plan", lambda **_: planned)

    given = reassign(
        leaver=leaver, successor=successor, seen=planned.seen_as, reason="Left.", by=personas["admin"]
    )

    assert given == 1
    assert [*Reassignment.objects.values_list("referral", flat=True)] == [cases[1].pk]


@pytest.mark.parametrize(
    ("leaver", "successor", "by"),
    [
        pytest.param("pp", "pp", "admin", id="to themselves"),
        pytest.param("pp", "sp.caseworker", "admin", id="to a service provider"),
        pytest.param("pp", "pp.colleague", "pp.colleague", id="by a practitioner"),
    ],
)
def test_who_cannot_give_or_take(personas: dict[str, User], leaver: str, successor: str, by: str) -> None:
    with pytest.raises(Refused):
        reassign(
            leaver=personas[leaver], successor=personas[successor], seen="", reason="Left.", by=personas[by]
        )
