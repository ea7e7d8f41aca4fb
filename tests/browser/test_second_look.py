"""What may be sensitive in words that go to the other side, pointed out on the page, on both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from monitoring.models import CaseNote, Question, ReceivedReferral
from referrals.models import Referral
from tests.browser.visitor import Visitor
from tests.factories.monitoring_work import delivered, reported_on
from tests.factories.referrals import a_sent_referral

Visitors = Callable[..., Visitor]
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
WORDS = "Her neighbour Mrs Adeyinka Fosse rang from 07700 900123. She lives at 4 Larch Close, Kettlewick."


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"], crn="X980017")


def _case(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


def _points_out(me: Visitor, count: int) -> None:
    banner = me.page.locator("#noticed")
    expect(banner).to_contain_text("Adeyinka Fosse")
    expect(banner.locator("ul").first.locator("li")).to_have_count(count)
    if me.scripts:
        expect(banner).to_be_focused()


@BOTH
def test_an_answer_is_sent_as_it_is(
    visitor: Visitors, referral: Referral, personas: dict[str, User], scripts: bool
) -> None:
    case = delivered(_case(referral), personas["sp.caseworker"])
    question = case.questions.get()
    address = reverse("referrals:answer_question", args=[referral.pk, question.pk])
    you = visitor(scripts=scripts).signs_in("pp").opens(address)
    you.fills("Your answer", WORDS).presses("Send answer").looks()
    _points_out(you, 3)
    you.presses("Send answer").looks()
    assert "Your answer was sent to the service provider." in you.main

    me = (
        visitor(scripts=scripts)
        .signs_in("sp.caseworker")
        .opens(reverse("monitoring:questions", args=[case.pk]))
    )
    assert WORDS in me.main
    assert "may be sensitive" not in me.main
    assert Question.objects.unscoped().get(pk=question.pk).answer == WORDS


@BOTH
def test_a_caseworker_takes_a_name_out_of_a_note(
    visitor: Visitors, referral: Referral, scripts: bool
) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:add_case_note", args=[referral.received_id]))
    me.fills("Subject", "A call").fills("Case note", WORDS).chooses("No").presses("Continue").looks()
    _points_out(me, 3)
    me.page.locator("#noticed a").first.click()
    expect(me.page.get_by_label("Case note", exact=True)).to_be_focused()
    me.fills("Case note", "A neighbour rang.").presses("Continue").looks()
    me.presses("Add the case note").looks()
    assert CaseNote.objects.unscoped().get().body == "A neighbour rang."


@BOTH
def test_a_report_with_several_boxes(
    visitor: Visitors, referral: Referral, personas: dict[str, User], scripts: bool
) -> None:
    case = reported_on(_case(referral), personas["sp.caseworker"])
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:report_outcome", args=[case.pk, 1]))
    me.fills("Describe their progress on this outcome", WORDS)
    me.fills(
        "Is there anything else that should be done to achieve it? (optional)", "Ring Mr Tobias Wrenfield."
    )
    me.presses("Save and continue").looks()
    _points_out(me, 4)
    me.presses("Save and continue").looks()
    assert me.page.locator("#noticed").count() == 0


@BOTH
def test_session_feedback(
    visitor: Visitors, referral: Referral, personas: dict[str, User], scripts: bool
) -> None:
    case = delivered(_case(referral), personas["sp.caseworker"])
    appointment = case.appointments.get(session__number=1)
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(reverse("monitoring:feedback", args=[case.pk, appointment.pk]))
    me.fills("What did you do in the session?", WORDS).presses("Save and continue").looks()
    _points_out(me, 3)
    me.presses("Save and continue").looks()
    assert "Adeyinka Fosse" in me.main
    assert me.page.locator("textarea").count() == 0
