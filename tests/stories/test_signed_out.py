"""The web session ends while somebody types: their text is offered back to them, to nobody else, and never applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.kept_text.posted import GOOD_FOR, TOKEN_FIELD
from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from referrals.actions.delete_draft import delete_draft
from referrals.actions.send_referral import send_referral
from referrals.models import KeptText, Referral
from referrals.typed_text.kept_text import author_token
from tests.factories.referrals import a_declared_draft, a_draft_with_risk, a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in

AsPersona = Callable[[str], Client]
PASSWORD = "refer-and-monitor"
TYPED = "Typed while nobody was signed in. Second “line”:\nÂ & <b>"
OFFERED = "What you typed here earlier was not saved."


@dataclass(frozen=True)
class PageOfADraft:
    """A page, what is typed on it, and how it reads once it is stored."""

    name: str
    typed: dict[str, Any]
    stored: Callable[[Referral], Any]
    reads: Any
    slug: str = ""

    def address(self, practitioner: Practitioner) -> str:
        return practitioner.address(self.name, *([self.slug] if self.slug else []))


THREE_YEARS_ON = datetime.now(tz=ZoneInfo("Europe/London")).year + 3
PAGES = {
    "the edit page": PageOfADraft(
        "risk_edit",
        {
            "who_is_at_risk": TYPED,
            "suicide": "",
            "additional_information": "More.",
            "understood": "YES",
            "do": "save",
        },
        lambda draft: [
            draft.risk.section(key).box_text
            for key in ("who_is_at_risk", "suicide", "additional_information")
        ],
        [TYPED, "", "More."],
    ),
    "a section's page": PageOfADraft(
        "risk_section",
        {"text": TYPED, "do": "save"},
        lambda draft: draft.risk.section("who_is_at_risk").box_text,
        TYPED,
        slug="who-is-at-risk",
    ),
    "a question": PageOfADraft(
        "additional-needs", {"additional_needs": TYPED}, lambda draft: draft.additional_needs, TYPED
    ),
    "a question with conditional text": PageOfADraft(
        "responsibilities",
        {"has_responsibilities": "YES", "when_unavailable": TYPED},
        lambda draft: draft.when_unavailable,
        TYPED,
    ),
    "two boxes": PageOfADraft(
        "reason-for-referral",
        {"reason_for_referral": TYPED, "further_information": "None."},
        lambda draft: [draft.reason_for_referral, draft.further_information],
        [TYPED, "None."],
    ),
    "a date": PageOfADraft(
        "completion-date",
        {
            "completion_date_day": "5",
            "completion_date_month": "4",
            "completion_date_year": str(THREE_YEARS_ON),
        },
        lambda draft: str(draft.completion_date),
        f"{THREE_YEARS_ON}-04-05",
    ),
    "a number": PageOfADraft(
        "enforceable-days", {"enforceable_days": "7"}, lambda draft: draft.enforceable_days, 7
    ),
    "checkboxes with comments": PageOfADraft(
        "criminogenic-needs",
        {"shared": ["ALCOHOL_MISUSE"], "comment_ALCOHOL_MISUSE": TYPED},
        lambda draft: [need["comment"] for need in draft.criminogenic_needs or ()],
        [TYPED],
    ),
}
every_page = pytest.mark.parametrize("typing", [pytest.param(page, id=name) for name, page in PAGES.items()])
QUESTION = PAGES["a question"]


@pytest.fixture
def practitioner(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    """A draft whose risk was pulled, and nothing else answered yet."""
    return Practitioner(as_persona("pp"), str(a_draft_with_risk(personas["pp"], crn="X980001").pk))


def _web_session_ends() -> None:
    """As after two hours, or when somebody signed out in another tab. The browser knows nothing of it."""
    WebSession.objects.all().delete()


def _signs_in(client: Client, username: str, address: str) -> BeautifulSoup:
    """Sign in on the page they were sent to, and follow where it leads."""
    page = assert_page(client.get(address))
    fields = filled_in(page, page.select_one("form:has(input[name=password])"))
    response = client.post(address, fields | {"username": username, "password": PASSWORD}, follow=True)
    return assert_page(response, response.status_code)


def _typed_after_the_end(practitioner: Practitioner, typing: PageOfADraft = QUESTION) -> str:
    """Open, type, lose the web session, save. Returns where the browser was sent."""
    url = typing.address(practitioner)
    fields = filled_in(practitioner.open(url)) | typing.typed
    _web_session_ends()
    sent_to: str = practitioner.client.post(url, fields)["Location"]
    return sent_to


def _in_the_form(page: BeautifulSoup, typed: dict[str, Any]) -> dict[str, Any]:
    fields = filled_in(page)
    return {name: fields.get(name) for name in typed if name not in ("do", "understood")}


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


@every_page
def test_what_was_typed_is_offered_back_and_saving_stores_it(
    practitioner: Practitioner, typing: PageOfADraft
) -> None:
    # Given something typed on a page whose web session has ended
    before = typing.stored(practitioner.draft)
    sent_to = _typed_after_the_end(practitioner, typing)

    # When they save, then they are asked to sign in, and nothing was stored
    assert sent_to.startswith(reverse("accounts:sign_in"))
    assert typing.stored(practitioner.draft) == before

    # When they sign in, then they are back on the page, with what they typed
    page = _signs_in(practitioner.client, "pp", sent_to)
    assert OFFERED in _text(page)
    typed = {name: value for name, value in typing.typed.items() if name not in ("do", "understood")}
    assert _in_the_form(page, typing.typed) == typed
    assert typing.stored(practitioner.draft) == before  # still nothing: it is for them to save

    # When they save, then it is stored, and offered no more
    ticked = {"understood": "YES"} if "understood" in typing.typed else {}
    practitioner.post(typing.address(practitioner), filled_in(page) | ticked)
    assert typing.stored(practitioner.draft) == typing.reads
    assert OFFERED not in _text(practitioner.open(typing.address(practitioner)))
    assert not KeptText.objects.exists()


ENDINGS = [
    pytest.param({}, id="everywhere else"),
    pytest.param({"is_one": True}, id="there alone"),
    pytest.param({"new": "a longer pass phrase"}, id="by a new password"),
]


@pytest.mark.parametrize("how", ENDINGS)
def test_a_web_session_that_was_ended_in_another_browser_loses_nothing(
    practitioner: Practitioner, as_persona: AsPersona, how: dict[str, Any]
) -> None:
    # Given something typed in one browser, while another one is signed in
    url = QUESTION.address(practitioner)
    fields = filled_in(practitioner.open(url)) | QUESTION.typed
    there = WebSession.objects.get(session_key=practitioner.client.session.session_key)
    another = as_persona("pp")

    # When the first is signed out from the other, then saving asks to sign in
    if "new" in how:
        another.post(reverse("change_password"), {"current": PASSWORD, "new": how["new"]})
    else:
        another.post(reverse("end_session"), {"session": there.name} if how else {})
    sent_to = practitioner.client.post(url, fields)["Location"]
    assert sent_to.startswith(reverse("accounts:sign_in"))

    # And the text is offered back after that
    assert KeptText.objects.count() == 1
    practitioner.client.force_login(practitioner.draft.created_by)
    page = practitioner.open(url)
    assert OFFERED in _text(page)
    assert _in_the_form(page, QUESTION.typed) == QUESTION.typed


@pytest.mark.parametrize("name", ["the edit page", "a section's page", "a date"])
def test_it_can_be_discarded(practitioner: Practitioner, name: str) -> None:
    typing = PAGES[name]
    before = typing.stored(practitioner.draft)
    page = _signs_in(practitioner.client, "pp", _typed_after_the_end(practitioner, typing))
    assert page.select_one("button[value=discard]") is not None

    practitioner.post(typing.address(practitioner), filled_in(page) | {"do": "discard"})

    assert not KeptText.objects.exists()
    assert typing.stored(practitioner.draft) == before
    assert OFFERED not in _text(practitioner.open(typing.address(practitioner)))


@pytest.mark.parametrize("name", ["the edit page", "a question"])
def test_nobody_else_who_signs_in_sees_it(
    practitioner: Practitioner, as_persona: AsPersona, name: str
) -> None:
    sent_to = _typed_after_the_end(practitioner, PAGES[name])

    # A colleague signs in on the same computer, and is led to the page
    page = _signs_in(practitioner.client, "pp.colleague", sent_to)

    assert "Typed while" not in str(page)
    assert "Page not found" in _text(page)
    # It waits for its author, wherever they sign in
    mine = assert_page(as_persona("pp").get(PAGES[name].address(practitioner)))
    assert OFFERED in _text(mine)


def test_a_button_pressed_after_the_end_does_nothing_by_itself(practitioner: Practitioner) -> None:
    url = practitioner.address("risk_edit")
    fields = filled_in(practitioner.open(url)) | {"who_is_at_risk": TYPED, "do": "remove:self_harm"}
    _web_session_ends()

    page = _signs_in(practitioner.client, "pp", practitioner.client.post(url, fields)["Location"])

    assert filled_in(page)["who_is_at_risk"] == TYPED
    assert filled_in(page)["self_harm"] != ""
    assert {section.state for section in practitioner.draft.risk.in_order()} == {"UNREVIEWED"}


def test_a_date_that_is_none_is_offered_back_as_typed(practitioner: Practitioner) -> None:
    typed = {
        "completion_date_day": "31",
        "completion_date_month": "Feb",
        "completion_date_year": "two thousand",
    }
    typing = PageOfADraft("completion-date", typed, lambda draft: None, None)

    page = _signs_in(practitioner.client, "pp", _typed_after_the_end(practitioner, typing))

    assert _in_the_form(page, typed) == typed
    practitioner.post(typing.address(practitioner), filled_in(page), status=422)
    assert KeptText.objects.exists()  # until it is saved or discarded


def test_characters_that_cannot_be_saved_become_a_mark(practitioner: Practitioner) -> None:
    url = practitioner.address("risk_section", "who-is-at-risk")
    fields = filled_in(practitioner.open(url)) | {"text": "Before\x00 after."}
    _web_session_ends()

    page = _signs_in(practitioner.client, "pp", practitioner.client.post(url, fields)["Location"])

    assert filled_in(page)["text"] == "Before\ufffd after."


def test_the_way_back_to_check_answers_is_kept(practitioner: Practitioner) -> None:
    url = f"{practitioner.address('additional-needs')}?return=check"
    fields = filled_in(practitioner.open(url)) | {"additional_needs": TYPED}
    _web_session_ends()

    page = _signs_in(practitioner.client, "pp", practitioner.client.post(url, fields)["Location"])

    form = page.select_one("main form")
    assert form is not None
    assert str(form["action"]).endswith("?return=check")
    assert filled_in(page)["additional_needs"] == TYPED


def test_a_form_of_an_earlier_web_session_is_offered_back_too(
    practitioner: Practitioner, personas: dict[str, User]
) -> None:
    # Given a page opened before they signed in again in another tab
    client = Client(enforce_csrf_checks=True)
    client.force_login(personas["pp"], backend="django.contrib.auth.backends.ModelBackend")
    url = QUESTION.address(practitioner)
    fields = filled_in(assert_page(client.get(url))) | QUESTION.typed
    client.force_login(personas["pp"], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = "b" * 32

    # When it is saved
    response = client.post(url, fields)

    # Then nothing was stored, and the page offers the text
    assert response["Location"] == url
    assert practitioner.draft.additional_needs != TYPED
    offered = assert_page(client.get(url))
    assert filled_in(offered)["additional_needs"] == TYPED

    # And a form that does not say who opened it is refused
    fields.pop(TOKEN_FIELD)
    assert_page(client.post(url, fields), 403)


def test_a_form_opened_by_one_and_saved_by_another_is_kept_for_the_first(
    practitioner: Practitioner, personas: dict[str, User]
) -> None:
    client = Client(enforce_csrf_checks=True)
    url = QUESTION.address(practitioner)
    fields = filled_in(practitioner.open(url)) | QUESTION.typed
    client.force_login(personas["pp.colleague"], backend="django.contrib.auth.backends.ModelBackend")

    client.post(url, fields)

    assert KeptText.objects.get().user == personas["pp"]
    assert_page(client.get(url), 404)
    assert OFFERED in _text(practitioner.open(url))


# --- What is not kept


@pytest.fixture
def nobody() -> Client:
    """A browser without a web session."""
    return Client()


@pytest.mark.parametrize(
    ("token", "status"),
    [
        pytest.param(lambda user, draft: "", 302, id="no token"),
        pytest.param(lambda user, draft: "made.up:token", 302, id="a made-up token"),
        pytest.param(lambda user, draft: author_token(user, draft)[:-2] + "xx", 302, id="a changed token"),
        pytest.param(  # of ours all the same: what was typed is shown
            lambda user, draft: author_token(user, Referral(pk="0" * 32)), 403, id="a draft that is not there"
        ),
    ],
)
def test_without_a_good_token_nothing_is_kept(
    practitioner: Practitioner,
    personas: dict[str, User],
    nobody: Client,
    token: Callable[[User, Referral], str],
    status: int,
) -> None:
    signed = token(personas["pp"], practitioner.draft)

    response = nobody.post(QUESTION.address(practitioner), {"additional_needs": TYPED, TOKEN_FIELD: signed})

    assert response.status_code == status
    assert response.get("Location", "").startswith(reverse("accounts:sign_in") if status == 302 else "")
    assert not KeptText.objects.exists()


@pytest.mark.parametrize(
    ("later", "is_kept"), [pytest.param(-60, True, id="in time"), pytest.param(60, False, id="too late")]
)
def test_a_page_may_wait_for_thirty_days(
    practitioner: Practitioner, personas: dict[str, User], nobody: Client, later: int, is_kept: bool
) -> None:
    opened = datetime(2026, 6, 3, 12, tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(opened, tick=False):
        token = author_token(personas["pp"], practitioner.draft)

    with time_machine.travel(opened + timedelta(seconds=GOOD_FOR + later), tick=False):
        nobody.post(QUESTION.address(practitioner), {"additional_needs": TYPED, TOKEN_FIELD: token})

    assert KeptText.objects.exists() is is_kept


def test_nothing_is_kept_under_another_address(
    practitioner: Practitioner, personas: dict[str, User], nobody: Client
) -> None:
    """Else it would not be deleted when that draft is sent."""
    token = author_token(personas["pp"], practitioner.draft)
    other = a_draft_with_risk(personas["pp"], crn="X980010")

    for url in (reverse("referrals:additional-needs", args=[other.pk]), reverse("referrals:open_by_crn")):
        nobody.post(url, {"additional_needs": TYPED, TOKEN_FIELD: token})

    assert not KeptText.objects.exists()


def test_nothing_is_kept_for_somebody_who_may_no_longer_sign_in(
    practitioner: Practitioner, personas: dict[str, User], nobody: Client
) -> None:
    token = author_token(personas["pp"], practitioner.draft)
    User.objects.filter(pk=personas["pp"].pk).update(is_active=False)

    nobody.post(QUESTION.address(practitioner), {"additional_needs": TYPED, TOKEN_FIELD: token})

    assert not KeptText.objects.exists()


def test_nothing_is_kept_for_a_referral_that_was_sent(personas: dict[str, User], nobody: Client) -> None:
    referral = a_sent_referral(personas["pp"], crn="X980001")
    token = author_token(personas["pp"], referral)

    nobody.post(
        reverse("referrals:additional-needs", args=[referral.pk]),
        {"additional_needs": TYPED, TOKEN_FIELD: token},
    )

    assert not KeptText.objects.exists()


# --- How long it stays


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda draft, by: send_referral(draft=draft, by=by), id="sent"),
        pytest.param(lambda draft, by: delete_draft(draft=draft, by=by), id="deleted"),
    ],
)
def test_it_does_not_outlive_the_draft(
    personas: dict[str, User], nobody: Client, end: Callable[[Referral, User], object]
) -> None:
    pp = personas["pp"]
    draft, other = a_declared_draft(pp, crn="X980001"), a_draft_with_risk(pp, crn="X980010")
    for one in (draft, other):
        nobody.post(
            reverse("referrals:additional-needs", args=[one.pk]),
            {"additional_needs": TYPED, TOKEN_FIELD: author_token(pp, one)},
        )

    end(draft, pp)

    assert [kept.referral_id for kept in KeptText.objects.all()] == [other.pk]


def test_keeping_is_recorded_without_the_text(practitioner: Practitioner, personas: dict[str, User]) -> None:
    _typed_after_the_end(practitioner, PAGES["the edit page"])

    event = AuditEvent.objects.get(action=AuditAction.TEXT_KEPT_AT_SIGN_OUT)
    assert (event.user, str(event.referral), event.crn) == (
        personas["pp"],
        practitioner.draft_id,
        "X980001",
    )
    assert "Typed" not in str(event.facts)
