"""A practitioner withdraws a referral before its first session or after, or closes it early (decision M3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.models import ReceivedReferral, Stage
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@dataclass(frozen=True)
class Ending:
    """A case as it is, why it ends, and what everybody reads of that."""

    build: Callable[[ReceivedReferral], ReceivedReferral]
    reason: str
    warns: str
    stage: Stage
    meaning: str
    done: str
    both_read: tuple[str, ...]
    email: str


ENDINGS = {
    "withdrawn before the first session": Ending(
        lambda case: with_session(with_plan(case), 1, attended=False),
        "MOV",
        "You are withdrawing this referral before its first session.",
        Stage.CANCELLED,
        "withdrawn_before_first_session",
        "You have withdrawn the referral.",
        ("withdrew this referral before its first session", "The service provider does not need to do anything else."),
        "A referral was withdrawn – ",
    ),
    "withdrawn after the first session": Ending(
        lambda case: with_session(with_plan(case), 1),
        "RET",
        "You are withdrawing this referral after its first session.",
        Stage.REPORT,
        "withdrawn_after_first_session",
        "The service provider will now write the end of service report.",
        ("withdrew this referral after its first session", "still needs to submit the end of service report by"),
        "A referral was withdrawn after its first session – ",
    ),
    "closed early": Ending(
        lambda case: with_session(with_plan(case), 1),
        "EAR",
        "You are closing this referral early, because the intervention has been completed.",
        Stage.REPORT,
        "closed_early",
        "You have closed the referral early.",
        ("closed this referral early", "still needs to submit the end of service report by"),
        "A referral was closed early – ",
    ),
}  # fmt: skip


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())


@pytest.mark.parametrize("ending", [pytest.param(one, id=name) for name, one in ENDINGS.items()])
@pytest.mark.slow
def test_a_referral_is_ended(ending: Ending, personas: dict[str, User], as_persona: SignIn) -> None:
    # Given a case with a caseworker, and everybody told of everything so far
    referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    ending.build(assigned(received, to=personas["sp.caseworker"]))
    deliver_all()
    mail.outbox.clear()
    client, address = as_persona("pp"), reverse("referrals:end_case", args=[referral.pk])

    # When the practitioner says why, in one tab and in another
    typed = filled_in(assert_page(client.get(address))) | {"reason": ending.reason, "comments": "As agreed."}
    checking = assert_page(client.post(address, typed))
    assert ending.warns in _words(checking)
    hidden = {box["name"]: box["value"] for box in checking.select("main form input[type=hidden]")}

    # And confirms in one of them
    yes = hidden | {"do": "save", "confirmed": "YES", "meaning": "withdrawn_before_first_session"}
    ended = assert_page(client.post(address, yes, follow=True))
    assert ending.done in _words(ended)

    # Then the other is told by whom it was ended, and nothing is changed by it
    again = assert_page(client.post(address, typed | {"comments": "Something else."}), 403)
    assert f"{personas['pp'].display_name} ended this referral on" in _words(again)
    assert "Something else." in _words(again)
    case = ReceivedReferral.objects.unscoped().get(pk=received.pk)
    assert (case.stage, case.end_reason, case.end_comments) == (ending.stage, ending.reason, "As agreed.")

    # And both sides read what it means, and what remains for the service provider
    sp = as_persona("sp.caseworker")
    theirs = assert_page(sp.get(reverse("monitoring:progress", args=[received.pk])))
    for page in (ended, theirs):
        assert [says for says in ending.both_read if says not in _words(page)] == []

    # And the caseworker is told once, in words for what it means, without a word of the case
    deliver_all()
    (email,) = mail.outbox
    assert email.to == [personas["sp.caseworker"].email]
    assert email.subject.startswith(ending.email)
    assert not any(word in email.body for word in ("As agreed", referral.crn, received.person_last_name))
    assert AuditEvent.objects.get(action=AuditAction.END_REQUESTED).facts["meaning"] == ending.meaning
