"""Text typed on one page in several tabs, or sent by nobody signed in: nothing is written over, all is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts.kept_text.keeping import MOST_CHARACTERS, MOST_TABS
from accounts.models import KeptFeedback, User, WebSession
from monitoring.models import CaseNote, KeptPost, ReceivedReferral
from referrals.models import KeptText, Referral
from tests.factories.monitoring_work import delivered
from tests.factories.referrals import a_draft_with_risk, a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
A, B = "In tab A, at length.", "In tab B: two words."
BESIDE = "Also typed on this page at"
KEEP = "/kept-text"


@dataclass
class Tab:
    """A page as one tab opened it."""

    client: Client
    address: str
    box: str
    fields: dict[str, Any]

    def types(self, text: str, status: int = 200) -> Any:
        self.fields[self.box] = text
        answer = self.client.post(KEEP, self.fields | {"typed_page": self.address})
        assert answer.status_code == status
        return answer

    def saves(self, text: str, status: int, **answers: Any) -> BeautifulSoup:
        response = self.client.post(self.address, self.fields | {self.box: text} | answers)
        return assert_page(response, status) if status != 302 else BeautifulSoup()


@dataclass
class Page:
    """Where somebody writes, and what else saving needs; ``fails``: what makes saving fail."""

    who: str
    address: str
    box: str
    rows: Any
    also: dict[str, Any]
    fails: dict[str, Any]

    def opened(self, client: Client) -> Tab:
        page = assert_page(client.get(self.address))
        return Tab(client, self.address, self.box, filled_in(page) | self.also)

    def kept(self) -> list[str]:
        return [kept.fields[self.box][0] for kept in self.rows.order_by("kept_at")]


@pytest.fixture
def sent(personas: dict[str, User]) -> Referral:
    made = a_sent_referral(personas["pp"], crn="X980017")
    delivered(ReceivedReferral.objects.unscoped().get(pk=made.received_id), personas["sp.caseworker"])
    return made


@pytest.fixture(params=["a question of a draft", "a practitioner's note", "a caseworker's note"])
def page(request: pytest.FixtureRequest, personas: dict[str, User], sent: Referral) -> Page:
    """A page of each side, and of each way in which a page offers text."""
    note = {"tell_other_side": "NO", "subject": "A visit", "do": "save"}
    if request.param == "a question of a draft":
        draft = a_draft_with_risk(personas["pp"], crn="X980001")
        address = reverse("referrals:reason-for-referral", args=[draft.pk])
        also, fails = {"further_information": "None."}, {"reason_for_referral": "x" * 4100}
        return Page("pp", address, "reason_for_referral", KeptText.objects.all(), also, fails)
    if request.param == "a practitioner's note":
        address = reverse("referrals:add_case_note", args=[sent.pk])
        return Page("pp", address, "body", KeptText.objects.all(), note, {"subject": ""})
    address = reverse("monitoring:add_case_note", args=[sent.received_id])
    return Page("sp.caseworker", address, "body", KeptPost.objects.unscoped(), note, {"subject": ""})


def _both_offered(client: Client, page: Page, form: str, beside: str) -> Tab:
    """The newest is in the form and the other stands beside it."""
    shown = assert_page(client.get(page.address))
    fields = filled_in(shown) | page.also
    assert fields[page.box] == form
    assert BESIDE in shown.get_text()
    assert beside in shown.get_text()
    return Tab(client, page.address, page.box, fields)


def test_both_tabs_are_kept_and_offered_until_their_author_saves(page: Page, as_persona: AsPersona) -> None:
    client = as_persona(page.who)
    first, second = page.opened(client), page.opened(client)

    assert first.types(A).json()["is_alone"]
    assert not second.types(B).json()["is_alone"]
    first.types(A)

    assert sorted(page.kept()) == [A, B]
    third = _both_offered(client, page, form=A, beside=B)
    third.saves(A, 302)
    assert page.kept() == []


def test_discarding_takes_what_was_shown(page: Page, as_persona: AsPersona) -> None:
    client = as_persona(page.who)
    first, second = page.opened(client), page.opened(client)
    first.types(A)
    second.types(B)
    shown = _both_offered(client, page, form=B, beside=A)
    late = page.opened(client)
    late.fields |= {"typed_shown": "", "typed_tab": "another"}
    late.types("Typed after that page was shown.")

    shown.saves(B, 302, do="discard")

    assert page.kept() == ["Typed after that page was shown."]


def test_after_the_end_of_the_web_session_a_second_tab_writes_over_nothing(
    page: Page, as_persona: AsPersona
) -> None:
    client = as_persona(page.who)
    first, second = page.opened(client), page.opened(client)
    first.types(A)
    WebSession.objects.all().delete()

    second.types(B, 302)

    _both_offered(as_persona(page.who), page, form=B, beside=A)


def test_a_longer_text_takes_the_place_of_its_beginning(page: Page, as_persona: AsPersona) -> None:
    """The usual end: typed, kept, signed out, typed on, saved. One text is offered."""
    client = as_persona(page.who)
    tab = page.opened(client)
    tab.types(A)
    WebSession.objects.all().delete()
    tab.types(f"{A} And on.", 302)
    tab.saves(f"{A} And on. And saved.", 302)

    assert page.kept() == [f"{A} And on. And saved."]


def test_errors_in_one_tab_leave_the_text_of_another(page: Page, as_persona: AsPersona) -> None:
    client = as_persona(page.who)
    first, second = page.opened(client), page.opened(client)
    first.types(A)

    for _ in range(2):
        shown = second.saves(page.fails.get(page.box, B), 422, **page.fails)
        assert BESIDE in shown.get_text()
        assert A in shown.get_text()

    _both_offered(client, page, form=page.fails.get(page.box, B), beside=A)


def test_saving_one_tab_leaves_what_the_other_types_on(page: Page, as_persona: AsPersona) -> None:
    """Offered in both; one goes on with it, the other saves."""
    client = as_persona(page.who)
    page.opened(client).types(A)
    first, second = page.opened(client), page.opened(client)
    second.types(B)
    first.types(f"{A} And on.")

    status = 409 if "further_information" in page.also else 302
    second.saves(B, status)

    assert f"{A} And on." in page.kept()


def test_a_post_without_the_right_cookies_writes_over_nothing(
    page: Page, personas: dict[str, User], as_persona: AsPersona
) -> None:
    """Somebody has the fields of the page, and no web session."""
    first = page.opened(as_persona(page.who))
    first.types(A)
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post(KEEP, first.fields | {page.box: B, "typed_page": page.address})

    assert answer.status_code == 409  # kept, beside
    assert sorted(page.kept()) == [A, B]


def test_tabs_are_not_without_number(page: Page, as_persona: AsPersona) -> None:
    tab = page.opened(as_persona(page.who))
    for number in range(MOST_TABS):
        tab.fields["typed_tab"] = f"tab {number}"
        tab.types(f"Text number {number}.")
    tab.fields["typed_tab"] = "one more"

    tab.types("One more.", 413)

    assert len(page.kept()) == MOST_TABS


# --- What cannot be kept is shown


@pytest.mark.parametrize("why", ["too much", "too old", "no longer active"])
def test_what_cannot_be_kept_after_the_end_is_shown(
    page: Page, as_persona: AsPersona, personas: dict[str, User], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, text = page.opened(as_persona(page.who)), A
    WebSession.objects.all().delete()
    if why == "too much":
        text = A + " x" * (MOST_CHARACTERS // 2)
    elif why == "too old":
        monkeypatch.setattr("accounts.kept_text.posted.signing.loads", _none_is_young(signing.loads))
    else:
        User.objects.filter(username=page.who).update(is_active=False)

    shown = tab.saves(text, 403)

    assert "You are signed out" in shown.get_text()
    assert A in shown.get_text()
    link = shown.select_one("main a[href*='sign-in']")
    assert link is not None
    assert page.address in str(link["href"])
    assert tab.types(text, 403)
    assert page.kept() == []


def _none_is_young(loads: Callable[..., Any]) -> Callable[..., Any]:
    """Every token is older than any age that is asked for."""

    def loaded(text: str, *, salt: str, max_age: int | None) -> Any:
        if max_age is not None:
            raise signing.SignatureExpired
        return loads(text, salt=salt)

    return loaded


def test_a_post_that_nobody_signed_is_not_shown(page: Page, as_persona: AsPersona) -> None:
    """Another site may not have its words shown here."""
    tab = page.opened(as_persona(page.who))
    WebSession.objects.all().delete()
    tab.fields["typed_by"] = "forged"

    tab.saves(A, 302)


def test_a_colleague_in_the_first_one_s_tab_is_told_whose_text_it_is(
    sent: Referral, personas: dict[str, User]
) -> None:
    # Given a page of one practitioner, and a colleague who has signed in since in the same browser
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(personas["pp"], MODEL_BACKEND)
    address = reverse("referrals:add_case_note", args=[sent.pk])
    fields = filled_in(assert_page(browser.get(address))) | {"subject": "A visit", "body": A}
    browser.cookies.clear()
    browser.force_login(personas["pp.colleague"], MODEL_BACKEND)

    # When the colleague saves
    refused = assert_page(browser.post(address, fields | {"do": "save"}), 403)

    # Then the page says whose it is, and it is kept for them
    assert "kept for them" in refused.get_text()
    assert A not in refused.get_text()
    assert KeptText.objects.get().user == personas["pp"]
    assert not CaseNote.objects.unscoped().filter(body=A).exists()


def test_feedback_outlives_the_web_session(personas: dict[str, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(personas["pp"], MODEL_BACKEND)
    address = reverse("accounts:feedback")
    fields = filled_in(assert_page(browser.get(address))) | {"comments": A}
    browser.cookies.clear()
    browser.force_login(personas["pp"], MODEL_BACKEND)

    assert browser.post(address, fields | {"rating": "SATISFIED"}).status_code == 302

    again = filled_in(assert_page(browser.get(address)))
    assert again["comments"] == A
    assert browser.post(address, again | {"rating": "SATISFIED"})["Location"].endswith("thank-you")
    assert not KeptFeedback.objects.exists()


def test_feedback_of_somebody_unknown_is_kept_for_nobody() -> None:
    fields = filled_in(assert_page(Client().get(reverse("accounts:feedback"))))

    assert "typed_by" not in fields
