"""Signing in through HMPPS Auth's own pages, over HTTP, and signing out of both: a story for each audience."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User, WebSession
from accounts.session_store import SessionStore
from integrations.hmpps_auth.tokens import forget_tokens
from risk.models import RiskInformation
from sign_in.account_checks import LOOK_AGAIN
from sign_in.keys import forget_keys
from sign_in.models import AccountCheck, UserToken
from tests.browser.visitor import Visitor
from tests.factories.referrals import a_draft
from upstream_stub.faults import Fault
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
    assert "Same as your HMPPS account" in me.main
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


def test_a_practitioner_signs_in_again_for_oasys_and_is_told_when_their_account_is_closed(
    visitor: Visitors, hmpps_auth: StubServer, personas: dict[str, User]
) -> None:
    # Given a practitioner whose token is over, on the risk information of a draft
    draft = a_draft(personas["pp"], crn="X980001")
    me = visitor().opens("/sign-in")
    chooses_account(me.presses("Sign in with HMPPS Auth"), "P.OKONJO")
    UserToken.objects.update(ends_at=timezone.now())
    risk = reverse("referrals:risk_information", args=[draft.pk])
    me.opens(risk).looks()
    assert "OASys no longer accepts your sign-in" in me.main

    # When they follow its link, then they are on the same page, with what OASys says
    me.follows("Sign in again and come back to this page")
    assert me.page.url == f"{me.home}{risk}"
    assert "no longer accepts" not in me.main
    assert RiskInformation.objects.get(pk=draft.risk_id).oasys_snapshot is not None

    # When their account is closed, then the next page says so
    closed = {"username": "P.OKONJO", "active": False}
    hmpps_auth.state.faults.append(Fault("status", system="manage_users", status=200, body=closed))
    before = timezone.now() - timedelta(hours=1)
    AccountCheck.objects.update(asked_at=before, answered_at=before)
    row = WebSession.objects.get(user=personas["pp"])
    kept = row.get_decoded() | {LOOK_AGAIN: 0}
    WebSession.objects.filter(pk=row.pk).update(session_data=SessionStore().encode(kept))
    me.opens("/your-account", 403).looks()
    assert me.heading == "Your account is closed"
    me.opens("/probation-practitioner/")
    assert me.heading == "Sign in"
