"""Signing in through HMPPS Auth's own pages, over HTTP, and signing out of both: a story for each audience."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as project
from pytest_django.fixtures import Settings

from accounts.models import User
from integrations.hmpps_auth.tokens import forget_tokens
from sign_in.keys import forget_keys
from tests.browser.visitor import Visitor
from upstream_stub.server import StubServer

Visitors = Callable[..., Visitor]


@pytest.fixture
def hmpps_auth(live_server: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    """HMPPS Auth and Manage Users on a port of their own; the service sends people there."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    server = StubServer()
    settings.SIGN_IN = "hmpps_auth"
    settings.SERVICE_URL = live_server.url
    settings.HMPPS_AUTH_URL, settings.MANAGE_USERS_URL = server.state.auth.url, server.url
    settings.UPSTREAM_MODES = {**project.UPSTREAM_MODES, "hmpps_auth": "real", "manage_users": "real"}
    policy = project.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    form_action = [*policy["form-action"], server.url]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "form-action": form_action}}
    server.state.auth.know_clients_of(settings)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    forget_keys()
    forget_tokens()
    yield server
    server.shutdown()
    server.server_close()
    forget_keys()
    forget_tokens()


def chooses_account(me: Visitor, username: str, status: int = 200) -> Visitor:
    """On HMPPS Auth's page, which stands elsewhere."""
    assert "A stub of HMPPS Auth" in me.main
    return me.fills("User name", username).presses("Sign in", status)


def test_a_practitioner_goes_on_where_they_were_going_and_signs_out_of_both(
    visitor: Visitors, hmpps_auth: StubServer
) -> None:
    # Given a practitioner who opens a page of theirs without being signed in
    me = visitor().opens("/probation-practitioner/drafts/").looks()
    assert me.heading == "Sign in"

    # When they sign in at HMPPS Auth, then they are on that page
    chooses_account(me.presses("Sign in with HMPPS Auth"), "p.okonjo")
    assert (me.heading, me.page.url) == ("Draft referrals", f"{me.home}/probation-practitioner/drafts/")
    assert "Patience Okonjo (Probation Service)" in me.page.locator(".rm-header").inner_text()

    # When they sign out, then HMPPS Auth asks again who they are
    me.presses("Sign out")
    assert (me.heading, me.page.url) == ("Sign in", f"{me.home}/sign-in")
    me.presses("Sign in with HMPPS Auth")
    assert "A stub of HMPPS Auth" in me.main
    me.presses("Cancel", 400).looks()
    assert me.heading == "You did not sign in"


def test_service_provider_staff_come_in_by_their_groups_without_scripts(
    visitor: Visitors, hmpps_auth: StubServer
) -> None:
    me = visitor(scripts=False).opens("/sign-in")
    chooses_account(me.presses("Sign in with HMPPS Auth"), "SP.BRIAR")
    assert me.page.url.startswith(f"{me.home}/service-provider/")
    assert "Sorrel Briar (Harrowgate Pathways)" in me.page.locator(".rm-header").inner_text()
    me.opens("/your-account").looks()
    assert "The one of your HMPPS account" in me.main
    me.presses("Sign out")
    chooses_account(me.presses("Sign in with HMPPS Auth"), "SP.QUILL")
    assert "None of your groups in HMPPS Auth is for a contract" in me.main


def test_an_administrator_is_told_to_use_their_password(
    visitor: Visitors, hmpps_auth: StubServer, personas: dict[str, User]
) -> None:
    me = visitor().opens("/admin/")
    chooses_account(me.presses("Sign in with HMPPS Auth"), "A.MINISTER", 403).looks()
    assert "sign in with your user name and password" in me.main
    me.follows("Sign out of HMPPS Auth, to use another account")
    assert me.heading == "Sign in"
    me.opens("/sign-in?next=/admin/").fills("User name", "admin").fills("Password", "refer-and-monitor")
    me.presses("Sign in with a password")
    assert me.page.url == f"{me.home}/admin/"
