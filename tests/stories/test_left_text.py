"""Typed text that was not saved, on a page that takes none any more: shown there, to its author and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, WebSession
from interventions.models import ContractGrant
from monitoring.actions.answer_question import answer_question
from monitoring.actions.end_referral import request_end
from monitoring.actions.write_action_plan import remove_activity
from monitoring.actions.write_end_of_service_report import outcomes_of, save_achievement
from monitoring.models import (
    ActionPlan,
    EndOfServiceReport,
    Feedback,
    KeptPost,
    Question,
    ReceivedReferral,
)
from referrals.models import KeptText, Referral
from tests.factories.monitoring_work import delivered, reported_on, rows_in_addresses
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]
TYPED = "Typed and not saved. Second “line”:\nÂ & <b>"
LEFT = "What you typed here"


def _answered(case: ReceivedReferral, by: User) -> None:
    question = Question.objects.unscoped().get(received=case, answered_at=None)
    answer_question(
        received=case, question_id=question.pk, by=by, answer="Since May.", correction_follows=False
    )


def _ended(case: ReceivedReferral, by: User) -> None:
    request_end(received=case, reason="MOV", comments="Moved away.", by=by)


def _feedback_submitted(case: ReceivedReferral, by: User) -> None:
    Feedback.objects.unscoped().update(submitted_at=timezone.now(), submitted_by=by)


def _plan_submitted(case: ReceivedReferral, by: User) -> None:
    plans, now = ActionPlan.objects.unscoped(), timezone.now()
    plans.filter(superseded_at=None).exclude(submitted_at=None).update(superseded_at=now)
    plans.filter(submitted_at=None).update(submitted_at=now)


def _activity_removed(case: ReceivedReferral, by: User) -> None:
    activity = rows_in_addresses(case)["activity_id"]
    remove_activity(received=case, number=3, activity=activity, by=by)


def _report_submitted(case: ReceivedReferral, by: User) -> None:
    EndOfServiceReport.objects.unscoped().update(submitted_at=timezone.now())


@dataclass(frozen=True)
class Situation:
    """Who types where; what closes the page meanwhile; and how it answers from then on."""

    who: str
    name: str
    box: str
    closes: Callable[[ReceivedReferral, User], None]
    status: int = 200
    parts: tuple[str, ...] = ()
    is_report: bool = False


SITUATIONS = {
    "a colleague answered the question": Situation(
        "pp", "answer_question", "answer", _answered, parts=("question_id",)
    ),
    "the case ended before a change was asked for": Situation(
        "pp", "ask_for_plan_change", "text", _ended, 403
    ),
    "the case was ended in another browser": Situation("pp", "end_case", "comments", _ended, 403),
    "a colleague submitted the feedback": Situation(
        "sp.caseworker", "feedback", "what_was_done", _feedback_submitted, parts=("appointment_id",)
    ),
    "the plan was submitted before an activity was added": Situation(
        "sp.caseworker", "add_activity", "text", _plan_submitted, 410, ("number",)
    ),
    "the activity was removed": Situation(
        "sp.caseworker", "change_activity", "text", _activity_removed, 404, ("number", "activity_id")
    ),
    "the report was submitted": Situation(
        "sp.caseworker", "report_further_information", "text", _report_submitted, 410, is_report=True
    ),
    "the report was submitted before an outcome was written": Situation(
        "sp.caseworker", "report_outcome", "progress", _report_submitted, 410, ("place",), is_report=True
    ),
}


@dataclass
class Opened:
    """The page as its author opened it, before it was closed."""

    client: Client
    address: str
    answers: dict[str, Any]
    case: ReceivedReferral

    def autosaves(self) -> None:
        posted = self.answers | {"typed_page": self.address}
        assert self.client.post(reverse("accounts:keep_typed_text"), posted).status_code == 200


@pytest.fixture(params=sorted(SITUATIONS))
def situation(request: pytest.FixtureRequest) -> Situation:
    """Each of them."""
    return SITUATIONS[request.param]


@pytest.fixture
def opened(situation: Situation, personas: dict[str, User], as_persona: AsPersona) -> Opened:
    """A case with that page, opened and typed into."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    received = ReceivedReferral.objects.unscoped().get(pk=sent.received_id)
    case = (reported_on if situation.is_report else delivered)(received, personas["sp.caseworker"])
    client, address = as_persona(situation.who), _address(situation, sent, case)
    return Opened(client, address, filled_in(assert_page(client.get(address))) | {situation.box: TYPED}, case)


def _address(situation: Situation, sent: Referral, case: ReceivedReferral) -> str:
    known: dict[str, Any] = {**rows_in_addresses(case), "number": 3, "place": 2}
    parts = {part: known[part] for part in situation.parts}
    if situation.who == "pp":
        return reverse(f"referrals:{situation.name}", kwargs={"referral_id": sent.pk, **parts})
    return reverse(f"monitoring:{situation.name}", kwargs={"received_id": case.pk, **parts})


def _shows(client: Client, address: str, status: int) -> bool:
    page = assert_page(client.get(address), status)
    return LEFT in page.get_text() and "Typed and not saved. Second “line”" in page.get_text()


def test_what_was_autosaved_is_shown_until_it_is_deleted(
    situation: Situation, opened: Opened, personas: dict[str, User]
) -> None:
    opened.autosaves()
    situation.closes(opened.case, personas[situation.who])

    page = assert_page(opened.client.get(opened.address), situation.status)
    assert _shows(opened.client, opened.address, situation.status)

    button = page.select_one("form:has(button[value=discard_all])")
    assert (
        opened.client.post(opened.address, filled_in(page, button) | {"do": "discard_all"}).status_code == 302
    )
    assert not KeptText.objects.exists()
    assert not KeptPost.objects.unscoped().exists()
    assert LEFT not in opened.client.get(opened.address, follow=True).content.decode()


def test_what_was_sent_after_the_web_session_ended_is_shown_after_signing_in(
    situation: Situation, opened: Opened, personas: dict[str, User], as_persona: AsPersona
) -> None:
    WebSession.objects.all().delete()
    opened.client.post(opened.address, opened.answers | {"do": "save"})
    situation.closes(opened.case, personas[situation.who])

    assert _shows(as_persona(situation.who), opened.address, situation.status)


def test_what_was_refused_is_shown_again(
    situation: Situation, opened: Opened, personas: dict[str, User]
) -> None:
    """The refusal itself shows it; so does the page afterwards."""
    situation.closes(opened.case, personas[situation.who])

    refused = opened.client.post(opened.address, opened.answers | {"do": "save"})

    assert refused.status_code >= 400
    assert "Typed and not saved." in refused.content.decode()
    assert _shows(opened.client, opened.address, situation.status)


def test_nobody_else_is_shown_it(
    situation: Situation, opened: Opened, personas: dict[str, User], as_persona: AsPersona
) -> None:
    opened.autosaves()
    situation.closes(opened.case, personas[situation.who])

    for other in ("pp.colleague", "sp.manager"):
        page = as_persona(other).get(opened.address, follow=True)
        assert "Typed and not saved." not in page.content.decode()


@pytest.mark.parametrize("side", ["monitoring", "referrals"])
def test_it_is_not_shown_to_an_author_who_may_no_longer_see_the_case(
    side: str, personas: dict[str, User], as_persona: AsPersona, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = delivered(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    who, name = ("pp", "ask_for_plan_change") if side == "referrals" else ("sp.caseworker", "ask_question")
    address = reverse(f"{side}:{name}", args=[sent.pk if side == "referrals" else case.pk])
    client = as_persona(who)
    opened = Opened(client, address, filled_in(assert_page(client.get(address))) | {"text": TYPED}, case)
    opened.autosaves()
    cache.clear()
    ContractGrant.objects.filter(user=personas["sp.caseworker"]).update(
        revoked_at=timezone.now(), revoked_by=personas["admin"]
    )
    monkeypatch.setattr("referrals.access.limited_access.answers_or_failure", lambda user, crns: ({}, None))

    page = client.get(address)

    assert page.status_code in (404, 503)
    assert "Typed and not saved." not in page.content.decode()
    assert KeptText.objects.exists() or KeptPost.objects.unscoped().exists()


def test_a_page_without_text_leads_on_as_ever(personas: dict[str, User], as_persona: AsPersona) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = delivered(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    _feedback_submitted(case, personas["sp.manager"])
    appointment = rows_in_addresses(case)["appointment_id"]

    page = as_persona("sp.caseworker").get(reverse("monitoring:feedback", args=[case.pk, appointment]))

    assert page.status_code == 302


# --- Before a page is closed


@dataclass(frozen=True)
class Closing:
    """The page that asks before something is done for good; it names the page that this closes for text."""

    page: Situation
    asks: str
    parts: tuple[str, ...] = ()
    says: dict[str, str] = field(default_factory=dict)


CLOSINGS = {
    "ending the case": Closing(
        SITUATIONS["the case ended before a change was asked for"],
        "end_case",
        says={"reason": "MOV", "comments": "Moved away."},
    ),
    "submitting the plan": Closing(
        SITUATIONS["the plan was submitted before an activity was added"], "check_action_plan", ("number",)
    ),
    "removing the activity": Closing(
        SITUATIONS["the activity was removed"], "remove_activity", ("number", "activity_id")
    ),
    "submitting the feedback": Closing(
        SITUATIONS["a colleague submitted the feedback"], "check_feedback", ("appointment_id",)
    ),
    "submitting the report": Closing(
        SITUATIONS["the report was submitted before an outcome was written"], "check_end_of_service_report"
    ),
}


@pytest.mark.parametrize("closing", [pytest.param(one, id=name) for name, one in CLOSINGS.items()])
def test_text_that_is_not_saved_is_named_before_its_page_is_closed(
    closing: Closing, personas: dict[str, User], as_persona: AsPersona
) -> None:
    typing = closing.page
    sent = a_sent_referral(personas["pp"], crn="X980001")
    received = ReceivedReferral.objects.unscoped().get(pk=sent.received_id)
    case = (reported_on if typing.is_report else delivered)(received, personas["sp.caseworker"])
    if typing.is_report:
        save_achievement(
            received=case, outcome=outcomes_of(case)[1].pk, level="ACHIEVED", progress="Did.", remaining="",
            by=personas["sp.caseworker"],
        )  # fmt: skip
    client, address = as_persona(typing.who), _address(typing, sent, case)
    asks = _address(Situation(typing.who, closing.asks, "", _ended, parts=closing.parts), sent, case)

    def names_it() -> bool:
        page = client.post(asks, closing.says) if closing.says else client.get(asks)
        return assert_page(page).select_one(f"#unsaved-text a[href='{address}']") is not None

    assert not names_it()
    answers = filled_in(assert_page(client.get(address))) | {typing.box: TYPED}
    Opened(client, address, answers, case).autosaves()
    assert names_it()
