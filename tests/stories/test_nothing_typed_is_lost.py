"""Typed text that was not saved, on the pages of sent cases and of drafts: offered to its author, the newest, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User, WebSession
from demo import seeding as demo
from monitoring.models import CaseNote, KeptPost, Question, ReceivedReferral
from referrals.actions.send_referral import TypedMeanwhile, send_referral
from referrals.models import KeptText, Referral
from referrals.sensitive_details.undecided import count_undecided
from tests.factories.monitoring_work import delivered
from tests.factories.referrals import a_declared_draft, a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]
TYPED = "Typed and not saved. Second “line”:\nÂ & <b>"
OFFERED = "What you typed here earlier was not saved."
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class PageOfACase:
    """A page with a box for text; what else is chosen on it; and what makes saving it fail."""

    name: str
    box: str
    also: dict[str, str] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    about: Callable[[ReceivedReferral], list[Any]] = lambda received: []


def _open_question(received: ReceivedReferral) -> list[Any]:
    return [
        Question.objects.unscoped()
        .filter(received=received, answered_at=None)
        .values_list("pk", flat=True)[0]
    ]


TOO_LONG = "x" * 5_000
PRACTITIONERS = {
    "case note": PageOfACase("add_case_note", "body", {"tell_other_side": "NO"}, {"subject": ""}),
    "answer": PageOfACase("answer_question", "answer", {}, {"answer": TOO_LONG}, _open_question),
    "plan change": PageOfACase("ask_for_plan_change", "text", {}, {"text": TOO_LONG}),
    "end": PageOfACase("end_case", "comments", {}, {"reason": ""}),
}


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    """A sent referral in delivery, with an open question."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    delivered(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    return sent


@pytest.fixture(params=sorted(PRACTITIONERS))
def page(request: pytest.FixtureRequest) -> PageOfACase:
    """Each page of a case on which a practitioner writes."""
    return PRACTITIONERS[request.param]


def _address(referral: Referral, page: PageOfACase) -> str:
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    return reverse(f"referrals:{page.name}", args=[referral.pk, *page.about(received)])


def _opened(client: Client, address: str) -> tuple[str, dict[str, Any]]:
    found = assert_page(client.get(address))
    return found.get_text(), filled_in(found)


def test_what_a_practitioner_types_after_the_web_session_ended_is_offered_back(
    referral: Referral, page: PageOfACase, as_persona: AsPersona
) -> None:
    client, address = as_persona("pp"), _address(referral, page)
    answers = _opened(client, address)[1] | page.also | {page.box: TYPED}
    WebSession.objects.all().delete()

    turned_away = client.post(address, answers)

    assert turned_away["Location"].startswith("/sign-in?next=")
    text, form = _opened(as_persona("pp"), address)
    assert OFFERED in text
    assert form[page.box] == TYPED


def test_what_was_not_saved_is_offered_after_the_page_was_left(
    referral: Referral, page: PageOfACase, as_persona: AsPersona
) -> None:
    client, address = as_persona("pp"), _address(referral, page)
    answers = _opened(client, address)[1] | page.also | {page.box: TYPED} | page.fails

    assert client.post(address, answers).status_code == 422

    text, form = _opened(client, address)
    assert OFFERED in text
    assert form[page.box] == answers[page.box]


def test_nobody_else_is_offered_it(referral: Referral, page: PageOfACase, as_persona: AsPersona) -> None:
    client, address = as_persona("pp"), _address(referral, page)
    client.post(address, _opened(client, address)[1] | {page.box: TYPED} | page.fails)
    # X980001 is managed in the same team: a colleague opens the case with a reason, and finds an empty box.
    other = as_persona("sp.caseworker")

    assert TYPED.split("\n")[0] not in other.get(address).content.decode()
    assert KeptText.objects.filter(path=address).values_list("user__username", flat=True).get() == "pp"


def test_the_reason_for_opening_a_case_is_offered_back(
    personas: dict[str, User], as_persona: AsPersona
) -> None:
    client, address = as_persona("pp.colleague"), reverse("referrals:open_by_crn")

    assert client.post(address, _opened(client, address)[1] | {"crn": "", "reason": TYPED}).status_code == 422

    text, form = _opened(client, address)
    assert OFFERED in text
    assert form["reason"] == TYPED


def test_without_both_cookies_it_is_kept_and_the_page_says_so(
    personas: dict[str, User], referral: Referral
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(personas["pp"], MODEL_BACKEND)
    address = reverse("referrals:add_case_note", args=[referral.pk])
    answers = _opened(client, address)[1] | {"subject": "A visit", "body": TYPED}
    client.cookies.clear()

    refused = assert_page(client.post(address, answers), 403)

    assert "We have kept what you typed" in refused.get_text()
    client.force_login(personas["pp"], MODEL_BACKEND)
    text, form = _opened(client, address)
    assert OFFERED in text
    assert form["body"] == TYPED


# --- A question that another tab took away


def test_a_question_that_no_longer_applies_keeps_the_text_and_names_the_answer(as_persona: AsPersona) -> None:
    # Given two tabs: one on the reason for referring before allocation, the other on the first question
    me = Practitioner(as_persona("pp")).starts("X980001")
    me.answer("allocation", has_practitioner="NO")
    me.answer("release", is_releasing="YES")
    url = me.address("reason-before-allocation")
    typed = filled_in(me.open(url)) | {"reason_before_allocation": TYPED}
    me.answer("release", is_releasing="NO")

    # When the first tab is saved
    me.post(url, typed, 409)

    # Then the page says which answer it was, shows the text, and keeps it for when the question is asked again
    shown = " ".join(me.pages[-1].get_text().split())
    assert "This question no longer applies" in shown
    assert "because of your answer to" in shown
    assert me.pages[-1].find("a", href=me.address("release")) is not None
    assert "Typed and not saved." in shown
    me.answer("release", is_releasing="YES")
    text, form = _opened(me.client, url)
    assert OFFERED in text
    assert form["reason_before_allocation"] == TYPED


def test_without_typed_text_such_a_question_is_not_found(as_persona: AsPersona) -> None:
    me = Practitioner(as_persona("pp")).starts("X980001")
    me.answer("allocation", has_practitioner="YES")

    me.open(me.address("reason-before-allocation"), 404)


# --- What an answer deletes


@pytest.fixture
def with_a_practitioner(as_persona: AsPersona) -> Practitioner:
    """A draft whose questions about the practitioner and the place are answered."""
    me = Practitioner(as_persona("pp")).starts("X980001")
    me.answers_where()
    me.confirms_practitioner()
    me.names_a_back_up()
    return me


def test_an_answer_that_deletes_others_is_asked_about_first(with_a_practitioner: Practitioner) -> None:
    me = with_a_practitioner
    before = me.draft.practitioner_name
    assert before

    me.answer("allocation", has_practitioner="NO", status=200)

    shown = " ".join(me.pages[-1].get_text().split())
    assert "will be deleted" in shown
    assert before in shown
    assert (me.draft.has_practitioner, me.draft.practitioner_name) == (True, before), (
        "nothing was changed yet"
    )
    me.confirms_deleting(me.address("allocation"))
    assert (me.draft.has_practitioner, me.draft.practitioner_name) == (False, "")


def test_keeping_everything_keeps_everything(with_a_practitioner: Practitioner) -> None:
    me = with_a_practitioner
    before = me.draft.practitioner_name
    me.answer("allocation", has_practitioner="NO", status=200)
    fields = {
        str(box["name"]): str(box["value"]) for box in me.pages[-1].select("main form input[type=hidden]")
    }

    me.post(me.address("allocation"), fields | {"do": "discard"})

    assert (me.draft.has_practitioner, me.draft.practitioner_name) == (True, before)


def test_an_agreement_to_other_losses_is_none(with_a_practitioner: Practitioner) -> None:
    """Another tab changed what would be lost: it is asked again."""
    me = with_a_practitioner
    me.answer("allocation", has_practitioner="NO", status=200)
    fields = {
        str(box["name"]): str(box["value"]) for box in me.pages[-1].select("main form input[type=hidden]")
    }
    me.changes_practitioner("name", practitioner_name="Ada Byrne")

    me.post(me.address("allocation"), fields, 200)

    assert "Ada Byrne" in me.pages[-1].get_text()
    assert me.draft.practitioner_name == "Ada Byrne"


def test_an_answer_that_deletes_nothing_is_not_asked_about(as_persona: AsPersona) -> None:
    me = Practitioner(as_persona("pp")).starts("X980001")

    me.answer("allocation", has_practitioner="YES")
    me.answer("allocation", has_practitioner="NO")


# --- Sending


def test_check_answers_names_the_pages_with_unsaved_text_before_sending(
    personas: dict[str, User], as_persona: AsPersona
) -> None:
    # Given a complete draft, and text on one page that was never saved
    draft = a_declared_draft(personas["pp"])
    me = Practitioner(as_persona("pp"), str(draft.pk))
    url = me.address("reason-for-referral")
    me.post(url, filled_in(me.open(url)) | {"reason_for_referral": "", "further_information": TYPED}, 422)

    # When the answers are checked
    checked = me.open(me.address("check_answers"))

    # Then the page is named, with a link, before the button
    links = {link.get_text(strip=True): link["href"] for link in checked.select("#unsaved-text a")}
    assert list(links.values()) == [url]
    # And sending with it seen deletes it
    fields = filled_in(checked, checked.select_one("form:has(input[name=unsaved_seen])"))
    undecided = str(count_undecided(me.draft, personas["pp"]).total)
    me.post(me.address("send"), fields | {"left_undecided": undecided})
    assert me.draft.is_sent
    assert not KeptText.objects.filter(referral=draft).exists()


def test_text_typed_after_the_check_page_was_opened_stops_the_sending(
    personas: dict[str, User], as_persona: AsPersona
) -> None:
    draft = a_declared_draft(personas["pp"])
    me = Practitioner(as_persona("pp"), str(draft.pk))
    checked = me.open(me.address("check_answers"))
    fields = filled_in(checked, checked.select_one("form:has(input[name=unsaved_seen])"))
    url = me.address("reason-for-referral")
    me.post(url, filled_in(me.open(url)) | {"reason_for_referral": "", "further_information": TYPED}, 422)

    me.post(me.address("send"), fields)

    assert not me.draft.is_sent
    assert "you have text that is not saved" in me.open(me.address("check_answers")).get_text()
    assert KeptText.objects.filter(path=url).exists()


def test_sending_by_the_action_alone_refuses_what_was_not_shown(
    personas: dict[str, User], as_persona: AsPersona
) -> None:
    draft = a_declared_draft(personas["pp"])
    me = Practitioner(as_persona("pp"), str(draft.pk))
    url = me.address("reason-for-referral")
    me.post(url, filled_in(me.open(url)) | {"reason_for_referral": "", "further_information": TYPED}, 422)

    with pytest.raises(TypedMeanwhile):
        send_referral(draft=draft, by=personas["pp"], unsaved_seen="")


# --- Any order of typing, failing, leaving, coming back and signing out, on both sides

ACTS = st.lists(
    st.sampled_from(["fail", "sign out and save", "leave", "type", "save"]), min_size=1, max_size=7
)


class NewestTextIsOffered(TestCase):
    """Whatever is done in whatever order: the newest unsaved text is offered, to its author; once saved, nothing is."""

    def setUp(self) -> None:
        """A case in delivery, with both sides signed in."""
        demo.load_people_and_catalogue()
        self.people = {user.username: user for user in User.objects.all()}
        self.sent = a_sent_referral(self.people["pp"], crn="X980001")
        received = ReceivedReferral.objects.unscoped().get(pk=self.sent.received_id)
        self.received = delivered(received, self.people["sp.caseworker"])

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=ACTS, side=st.sampled_from(["pp", "sp.caseworker"]))
    def test_the_newest_text_is_offered_once(self, acts: list[str], side: str) -> None:
        """Follow the acts with a number in each text, and look after each."""
        if side == "pp":
            address = reverse("referrals:add_case_note", args=[self.sent.pk])
        else:
            address = reverse("monitoring:add_case_note", args=[self.received.pk])
        rows: Any = KeptText.objects.all() if side == "pp" else KeptPost.objects.unscoped()
        rows.filter(path=address).delete()
        client, unsaved = self._signed_in(side), ""
        for number, act in enumerate(acts):
            text, form = _opened(client, address)
            assert form["body"] == unsaved
            assert (OFFERED in text) == bool(unsaved)
            typed = form | {"subject": "A visit", "tell_other_side": "NO", "body": f"Text {number} of {side}"}
            if act == "leave":
                continue
            if act == "type":
                sent = {**typed, "typed_page": address}
                assert client.post(reverse("accounts:keep_typed_text"), sent).status_code == 200
                unsaved = typed["body"]
            elif act == "fail":
                assert client.post(address, typed | {"subject": ""}).status_code == 422
                unsaved = typed["body"]
            elif act == "sign out and save":
                WebSession.objects.all().delete()
                assert client.post(address, typed | {"do": "save"}).status_code == 302
                client, unsaved = self._signed_in(side), typed["body"]
            else:
                assert client.post(address, typed | {"do": "save"}).status_code == 302
                assert CaseNote.objects.unscoped().filter(body=typed["body"]).exists()
                unsaved = ""
        assert _opened(client, address)[1]["body"] == unsaved

    def _signed_in(self, side: str) -> Client:
        client = Client()
        client.force_login(self.people[side], backend=MODEL_BACKEND)
        return client
