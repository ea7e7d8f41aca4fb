"""Signing in and out: who gets in, where they land, what is recorded, and how guessing is slowed down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.demo import ACCOUNTS, PASSWORD
from accounts.models import User
from events.models import AuditAction, AuditEvent
from tests.conftest import Page

SIGN_IN = "/sign-in"
AsPersona = Callable[[str], Client]
HOMES = [
    pytest.param("pp", "/probation-practitioner/", id="practitioner"),
    pytest.param("sp.caseworker", "/service-provider/", id="supplier"),
    pytest.param("admin", "/admin/", id="administrator"),
]


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("at").values_list("action", flat=True))


@pytest.mark.parametrize("account", [pytest.param(account, id=account.username) for account in ACCOUNTS])
def test_every_demo_account_signs_in_with_its_password(account, personas, client: Client) -> None:
    answer = client.post(SIGN_IN, {"username": account.username, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(personas[account.username].pk)
    assert actions()[-1] == AuditAction.SIGNED_IN


@pytest.mark.parametrize(("username", "start"), HOMES)
def test_home_is_where_each_audience_starts(username: str, start: str, as_persona: AsPersona) -> None:
    answer = as_persona(username).get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(start)


WRONG = [
    pytest.param(
        {"username": "pp", "password": "wrong"}, "Enter a correct user name and password", id="password"
    ),
    pytest.param(
        {"username": "nobody", "password": PASSWORD}, "Enter a correct user name and password", id="name"
    ),
    pytest.param({"username": "", "password": PASSWORD}, "Enter your user name", id="no name"),
    pytest.param({"username": "pp", "password": ""}, "Enter your password", id="no password"),
    pytest.param({"username": "p\x00p", "password": PASSWORD}, "cannot be saved", id="null byte"),
]


@pytest.mark.parametrize(("typed", "message"), WRONG)
def test_a_wrong_sign_in_says_so(typed, message, personas, client: Client, page: Page) -> None:
    answered = page.post(client, SIGN_IN, typed, status=422)
    assert message in answered.get_text()
    assert answered.title.get_text().startswith("Error: ")
    assert PASSWORD not in str(answered.find("input", {"name": "password"}))
    assert "_auth_user_id" not in client.session


def test_a_failed_sign_in_is_recorded_without_what_was_typed(personas, client: Client) -> None:
    client.post(SIGN_IN, {"username": "my-password-by-mistake", "password": "x"})
    event = AuditEvent.objects.latest("at")
    assert event.action == AuditAction.SIGN_IN_FAILED
    assert event.outcome == AuditEvent.Outcome.REFUSED
    assert event.user is None
    assert event.facts == {}


def test_somebody_whose_account_is_closed_does_not_get_in(personas, client: Client) -> None:
    User.objects.filter(username="pp").update(is_active=False)
    answer = client.post(SIGN_IN, {"username": "pp", "password": PASSWORD})
    assert answer.status_code == 422
    assert client.post("/sign-in/demo", {"account": "pp"}).status_code == 404


def test_guessing_is_slowed_down(personas, client: Client, page: Page, settings: Settings) -> None:
    wrong = {"username": "pp", "password": "wrong"}
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert client.post(SIGN_IN, wrong).status_code == 422
    page.post(client, SIGN_IN, wrong, status=429)
    locked = page.post(client, SIGN_IN, {"username": "pp", "password": PASSWORD}, status=429)
    assert "15 minutes" in locked.get_text()
    answer = client.post(SIGN_IN, {"username": "pp.colleague", "password": PASSWORD})
    assert answer.status_code == 302, "another account from the same place is not locked"


NEXT = [
    pytest.param("/feedback", "/feedback", id="a page of ours"),
    pytest.param("https://example.com/", "/", id="another site"),
    pytest.param("//example.com/", "/", id="another site without a scheme"),
    pytest.param("javascript:alert(1)", "/", id="a script"),
    pytest.param("/\x00", "/", id="a null byte"),
    pytest.param("", "/", id="nothing"),
]


@pytest.mark.parametrize(("wanted", "where"), NEXT)
def test_after_signing_in_they_go_where_they_were_going(wanted, where, personas, client: Client) -> None:
    answer = client.post(SIGN_IN, {"username": "pp", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == where
    one_click = Client().post("/sign-in/demo", {"account": "pp", "next": wanted})
    assert one_click["Location"] == where


def test_a_page_that_needs_signing_in_leads_there_and_back(personas, client: Client, page: Page) -> None:
    answer = client.get("/")
    assert answer["Location"] == "/sign-in?next=/"
    assert page(client, "/sign-in?next=/feedback").find("input", {"name": "next"})["value"] == "/feedback"


def test_one_click_signs_in_to_the_demo(personas, client: Client, page: Page) -> None:
    buttons = page(client, SIGN_IN).select("button[name=account]")
    assert [button["value"] for button in buttons] == [account.username for account in ACCOUNTS]
    assert client.post("/sign-in/demo", {"account": "sp.manager"}).status_code == 302
    assert client.session["_auth_user_id"] == str(personas["sp.manager"].pk)


def test_one_click_needs_demo_mode(personas, client: Client, page: Page, settings: Settings) -> None:
    settings.DEMO_MODE = False
    assert not page(client, SIGN_IN).select("button[name=account]")
    assert client.post("/sign-in/demo", {"account": "pp"}).status_code == 404
    assert "_auth_user_id" not in client.session


NO_DEMO_ACCOUNT = [
    pytest.param("", id="nobody"),
    pytest.param("root", id="somebody who is not of the demo"),
    pytest.param("pp\x00", id="a null byte"),
]


@pytest.mark.parametrize("chosen", NO_DEMO_ACCOUNT)
def test_one_click_knows_only_demo_accounts(chosen: str, personas, client: Client) -> None:
    User.objects.create(username="root", is_superuser=True)
    assert client.post("/sign-in/demo", {"account": chosen}).status_code == 404


def test_one_click_is_a_post(client: Client, db: None, page: Page) -> None:
    page(client, "/sign-in/demo", status=405)


def test_whoever_is_signed_in_is_not_asked_again(as_persona: AsPersona) -> None:
    answer = as_persona("pp").get(SIGN_IN)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_signing_out_ends_the_web_session(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    page(client, "/sign-out")
    assert "_auth_user_id" in client.session, "a link alone must not sign anybody out"
    answer = client.post("/sign-out")
    assert answer["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session
    assert actions()[-1] == AuditAction.SIGNED_OUT
    assert client.get("/sign-out")["Location"] == SIGN_IN


def test_the_sign_in_page_is_never_kept_by_a_browser(client: Client, db: None) -> None:
    assert "no-store" in client.get(SIGN_IN)["Cache-Control"]


def test_a_form_from_elsewhere_is_refused_in_our_layout(personas, page: Page) -> None:
    careful = Client(enforce_csrf_checks=True)
    refused = page.post(careful, SIGN_IN, {"username": "pp", "password": PASSWORD}, status=403)
    assert "open too long" in refused.get_text()
