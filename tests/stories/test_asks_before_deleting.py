"""A changed answer that takes written text with it asks first, and lists the text; on both sides of the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import Feedback, KeptPost, ReceivedReferral
from referrals.models import SensitiveDetailDecision
from tests.factories.monitoring_work import delivered, rows_in_addresses
from tests.factories.referrals import a_draft_with_risk, a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]
TEXT = "Written at length: <b>Mondays</b> & nights."
ASKS = "the answers below no longer apply and will be deleted"


def _asks(page: BeautifulSoup) -> bool:
    return ASKS in page.get_text() and TEXT in page.get_text()


def _boxes(page: BeautifulSoup) -> dict[str, list[str]]:
    """What the page that asks carries on."""
    boxes: dict[str, list[str]] = {}
    for box in page.select("main form input[type=hidden]"):
        boxes.setdefault(str(box["name"]), []).append(str(box["value"]))
    return boxes


# --- A draft


@dataclass(frozen=True)
class Change:
    """A question of a draft, answered with text, and then so that the text has no place."""

    slug: str
    box: str
    first: dict[str, Any]
    then: dict[str, Any]


CHANGES = {
    "no responsibilities after all": Change(
        "responsibilities", "when_unavailable", {"has_responsibilities": "YES"}, {"has_responsibilities": "NO"}
    ),
    "no interpreter after all": Change(
        "interpreter", "interpreter_language", {"needs_interpreter": "YES"}, {"needs_interpreter": "NO"}
    ),
    "another need": Change(
        "criminogenic-needs", "comment_ALCOHOL_MISUSE", {"shared": ["ALCOHOL_MISUSE"]},
        {"shared": ["DRUG_MISUSE"], "comment_DRUG_MISUSE": "Clean since May."},
    ),
    "no need at all": Change(
        "criminogenic-needs", "comment_ALCOHOL_MISUSE", {"shared": ["ALCOHOL_MISUSE"]}, {"shared": ["NONE"]}
    ),
}  # fmt: skip
changes = pytest.mark.parametrize("change", [pytest.param(one, id=name) for name, one in CHANGES.items()])


@pytest.fixture
def me(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    """The author of a draft."""
    return Practitioner(as_persona("pp"), str(a_draft_with_risk(personas["pp"], crn="X980001").pk))


@changes
@pytest.mark.parametrize("is_stored", [True, False], ids=["stored before", "typed and never stored"])
def test_a_draft_asks_and_deletes_once_agreed_to(me: Practitioner, change: Change, is_stored: bool) -> None:
    # Given text under an answer, saved or only typed
    url = me.address(change.slug)
    if is_stored:
        me.post(url, filled_in(me.open(url)) | change.first | {change.box: TEXT})
    fields, before = filled_in(me.open(url)) | {change.box: TEXT} | change.then, model_to_dict(me.draft)

    # When another answer is saved
    me.post(url, fields, 200)

    # Then the page asks, with the text, and nothing is changed
    asking = me.pages[-1]
    assert _asks(asking)
    assert model_to_dict(me.draft) == before

    # And keeping everything goes back to the page, where the text is
    me.post(url, _boxes(asking) | {"do": ["back"]})
    again = me.open(url)
    assert TEXT in again.select_one("main").get_text()  # type: ignore[union-attr]
    assert "You typed this, then chose another answer" in again.get_text()

    # And agreeing saves the answer without it
    me.post(url, _boxes(asking))
    after = filled_in(me.open(url))
    assert {name: after[name] for name in change.then} == change.then
    assert not after.get(change.box)


@changes
def test_an_emptied_box_goes_unasked(me: Practitioner, change: Change) -> None:
    """Who takes the text out on purpose is not asked again."""
    url = me.address(change.slug)
    me.post(url, filled_in(me.open(url)) | change.first | {change.box: TEXT})

    me.post(url, filled_in(me.open(url)) | {change.box: ""} | change.then)


def test_agreeing_to_other_text_is_not_agreeing(me: Practitioner) -> None:
    change = CHANGES["no responsibilities after all"]
    url = me.address(change.slug)
    me.post(url, filled_in(me.open(url)) | {change.box: TEXT} | change.then, 200)
    boxes = _boxes(me.pages[-1]) | {change.box: [f"{TEXT} And more."]}

    me.post(url, boxes, 200)

    assert "And more." in me.pages[-1].get_text()


def test_what_is_left_under_an_unchosen_answer_is_offered_back(me: Practitioner) -> None:
    """Stored No; Yes, text, No again; left without saving."""
    url = me.address("responsibilities")
    me.post(url, filled_in(me.open(url)) | {"has_responsibilities": "NO"})
    typed = filled_in(me.open(url)) | {"when_unavailable": TEXT, "typed_page": url}
    assert me.client.post(reverse("accounts:keep_typed_text"), typed).status_code == 200

    page = me.open(url)

    assert "What you typed here earlier was not saved." in page.get_text()
    assert "You typed this, then chose another answer" in page.get_text()


def test_a_reason_for_keeping_a_detail_is_asked_about(me: Practitioner) -> None:
    # Given a detail that is kept, with a reason
    url = me.address("additional-needs")
    me.post(url, filled_in(me.open(url)) | {"additional_needs": "Phone 07700 900123."})
    details = f"{me.address('sensitive_details')}?of=additional-needs"
    page = me.open(details)
    decision = next(
        str(box["name"])
        for box in page.select("input[type=radio]")
        if str(box["name"]).startswith("decision_")
    )
    reason = decision.replace("decision_", "reason_")
    form = page.select_one(f"form:has(input[name={decision}])")

    # When a reason is typed and another decision chosen, the page asks
    me.post(details, filled_in(page, form) | {decision: "LATER", reason: TEXT, "do": "save"}, 200)
    assert _asks(me.pages[-1])

    # And so it does when the decision is taken back
    me.post(details, filled_in(page, form) | {decision: "KEEP", reason: TEXT, "do": "save"})
    decided = f"{me.address('sensitive_details')}?show=decided"
    again = {"do": f"again:{SensitiveDetailDecision.objects.get().pk}"}
    me.post(decided, filled_in(me.open(decided)) | again, 200)
    assert _asks(me.pages[-1])
    assert SensitiveDetailDecision.objects.exists()
    me.post(decided, _boxes(me.pages[-1]))
    assert not SensitiveDetailDecision.objects.exists()


# --- Feedback about an appointment


@dataclass
class Meeting:
    """A session that has begun, as its caseworker records it."""

    client: Client
    case: ReceivedReferral

    def address(self, name: str) -> str:
        return reverse(
            f"monitoring:{name}", args=[self.case.pk, rows_in_addresses(self.case)["appointment_id"]]
        )

    def opens(self, name: str) -> dict[str, Any]:
        return filled_in(assert_page(self.client.get(self.address(name))))

    def saves(self, name: str, status: int = 302, **answers: Any) -> BeautifulSoup:
        response = self.client.post(self.address(name), self.opens(name) | answers)
        return assert_page(response, status) if status != 302 else BeautifulSoup()

    @property
    def stored(self) -> Feedback:
        found: Feedback = Feedback.objects.unscoped().get(submitted_at=None)
        return found


@pytest.fixture
def meeting(personas: dict[str, User], as_persona: AsPersona) -> Meeting:
    """With a draft of feedback: it happened, and what was done is written."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    received = ReceivedReferral.objects.unscoped().get(pk=sent.received_id)
    made = Meeting(as_persona("sp.caseworker"), delivered(received, personas["sp.caseworker"]))
    Feedback.objects.unscoped().filter(submitted_at=None).update(what_was_done=TEXT)
    return made


MISSED = {"happened": "NO", "attended": "NO"}


def test_another_attendance_asks_before_it_deletes_the_feedback(meeting: Meeting) -> None:
    asking = meeting.saves("attendance", 200, **MISSED)

    assert _asks(asking)
    assert "Took part well." in asking.get_text()
    assert meeting.stored.what_was_done == TEXT

    # Keeping everything keeps the attendance, too
    meeting.client.post(meeting.address("attendance"), _boxes(asking) | {"do": ["discard"]})
    assert meeting.opens("attendance")["happened"] == "YES"

    meeting.client.post(meeting.address("attendance"), _boxes(asking))
    assert (meeting.stored.happened, meeting.stored.what_was_done) == (False, "")


def test_the_same_attendance_asks_nothing(meeting: Meeting) -> None:
    meeting.saves("attendance", happened="YES")

    assert meeting.stored.what_was_done == TEXT


def test_text_under_an_issue_that_is_unticked_is_asked_about(meeting: Meeting) -> None:
    meeting.saves("feedback", notify=["CONCERNS"], concerns=f"{TEXT} Again.")

    asking = meeting.saves("feedback", 200, notify=["NOTHING"])

    assert _asks(asking)
    assert meeting.stored.concerns == f"{TEXT} Again."
    meeting.client.post(meeting.address("feedback"), _boxes(asking))
    assert meeting.stored.concerns == ""


@pytest.mark.slow
def test_unsaved_feedback_outlives_the_form_for_another_attendance(meeting: Meeting) -> None:
    # Given feedback that was typed and not saved
    typed = meeting.opens("feedback") | {"next_plans": TEXT, "typed_page": meeting.address("feedback")}
    assert meeting.client.post(reverse("accounts:keep_typed_text"), typed).status_code == 200

    # When they are recorded as missed, and that is saved
    asking = meeting.saves("attendance", 200, **MISSED)
    meeting.client.post(meeting.address("attendance"), _boxes(asking))
    form = meeting.opens("feedback") | {"typed_page": meeting.address("feedback")}
    assert form["no_attendance_information"] == ""
    form |= {"no_attendance_information": "Phoned.", "notify": "NO"}
    assert meeting.client.post(reverse("accounts:keep_typed_text"), form).status_code == 200
    meeting.saves("feedback", no_attendance_information="Phoned.", notify="NO")

    # Then the text is there once it applies again
    assert KeptPost.objects.unscoped().get().fields["next_plans"] == [TEXT]
    asking = meeting.saves("attendance", 200, happened="YES")
    assert "Phoned." in asking.get_text()
    meeting.client.post(meeting.address("attendance"), _boxes(asking))
    assert meeting.opens("feedback")["next_plans"] == TEXT
