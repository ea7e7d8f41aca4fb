"""The stub's HMPPS Auth as a browser and a service meet it: sign-in page, codes, tokens, keys, sign-out."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from django.utils import timezone

from upstream_stub.auth_state import AUTHORIZATION_CODE, CLIENT_CREDENTIALS
from upstream_stub.hmpps_auth import challenge_of
from upstream_stub.server import StubServer
from upstream_stub.tokens import SigningKeys

CALLBACK = "https://service.example.com/sign-in/callback"


@dataclass
class Browser:
    """Somebody at the sign-in page, and the service that sent them there."""

    server: StubServer
    session: requests.Session = field(default_factory=requests.Session)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def __post_init__(self) -> None:
        self.session.trust_env = False

    @property
    def url(self) -> str:
        return self.server.state.auth.url

    def open(self, **changed: str) -> requests.Response:
        """Ask for the sign-in page as the service would."""
        asked = {
            "response_type": "code",
            "client_id": self.server.state.auth.client_for(AUTHORIZATION_CODE)[0],
            "redirect_uri": CALLBACK,
            "state": "s&1",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        } | changed
        return self.session.get(
            f"{self.url}/oauth/authorize", params=asked, allow_redirects=False, timeout=20
        )

    def press(self, page: requests.Response, **filled: str) -> requests.Response:
        """Send the page's form to where it says."""
        action = unescape(re.search(r'action="([^"]+)"', page.text)[1])  # type: ignore[index]
        return self.session.post(self.server.url + action, data=filled, allow_redirects=False, timeout=20)

    def sign_in(self, username: str = "P.OKONJO", **changed: str) -> str:
        """The code that the service gets."""
        return said_in(self.press(self.open(**changed), username=username, choice="sign-in"))["code"]

    def redeem(self, given: str, **changed: str) -> requests.Response:
        """The service's own question, behind the browser's back."""
        form = {
            "grant_type": AUTHORIZATION_CODE,
            "code": given,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | changed
        return self.ask(form, AUTHORIZATION_CODE)

    def ask(self, form: dict[str, str], grant: str, *, secret: str | None = None) -> requests.Response:
        name, client = self.server.state.auth.client_for(grant)
        return requests.post(
            f"{self.url}/oauth/token", data=form, auth=(name, secret or client.secret), timeout=20
        )

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, checked with the published keys."""
        published = jwt.PyJWKSet.from_dict(
            self.session.get(f"{self.url}/.well-known/jwks.json", timeout=20).json()
        )
        key = published[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, algorithms=["RS256"], issuer=f"{self.url}/issuer")


def said_in(response: requests.Response) -> dict[str, str]:
    """What the redirect back to the service carries."""
    assert response.status_code == 302, response.text
    assert response.headers["location"].startswith(CALLBACK)
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()
    }


@pytest.fixture
def browser(stub_server: StubServer, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return Browser(stub_server)


def test_signing_in_gives_the_user_a_token(browser: Browser) -> None:
    page = browser.open()
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for part in ('<html lang="en">', "<h1>Sign in</h1>", '<label for="username">', "SP.BRIAR"):
        assert part in page.text
    wrong = browser.press(page, username="<b>nobody", choice="sign-in")
    assert wrong.status_code == 401
    assert 'role="alert">Error: ' in wrong.text
    assert "SP.LEFT" not in said_or_nothing(browser.press(wrong, username="SP.LEFT", choice="sign-in"))

    said = said_in(browser.press(wrong, username="p.okonjo", choice="sign-in"))
    assert said["state"] == "s&1"
    reply = browser.redeem(said["code"]).json()

    assert (reply["token_type"], reply["expires_in"], reply["user_name"]) == ("bearer", 1200, "P.OKONJO")
    claims = browser.claims(reply["access_token"])
    assert claims["exp"] - claims["iat"] == 1200
    assert {
        name: claims[name] for name in ("sub", "user_name", "auth_source", "authorities", "grant_type")
    } == {
        "sub": "P.OKONJO",
        "user_name": "P.OKONJO",
        "auth_source": "delius",
        "authorities": ["ROLE_PROBATION"],
        "grant_type": "authorization_code",
    }
    assert {"user_id", "scope", "client_id", "jti", "iss"} <= claims.keys()


def said_or_nothing(response: requests.Response) -> str:
    return response.headers.get("location", "")


def test_a_code_is_good_once_for_whom_it_was_given_to(browser: Browser) -> None:
    for what, changed in {
        "another address": {"redirect_uri": "https://elsewhere.example.com"},
        "another verifier": {"code_verifier": "guessed"},
        "no verifier": {"code_verifier": ""},
        "another code": {"code": "guessed"},
    }.items():
        refused = browser.redeem(browser.sign_in(), **changed)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), what
        browser.session.cookies.clear()
    code = browser.sign_in()
    assert [browser.redeem(code).status_code for _ in range(2)] == [200, 400]

    browser.session.cookies.clear()
    late = browser.sign_in()
    control = f"{browser.server.url}/__stub__/clock"
    assert requests.post(control, json={"seconds": 301}, timeout=20).status_code == 204
    assert browser.redeem(late).status_code == 400


def test_what_the_service_may_not_ask(browser: Browser) -> None:
    assert browser.open(client_id="unknown").status_code == 400
    assert browser.open(redirect_uri="javascript:alert(1)").status_code == 400
    assert said_in(browser.open(response_type="token"))["error"] == "unsupported_response_type"
    assert said_in(browser.open(code_challenge_method="plain"))["error"] == "invalid_request"
    assert said_in(browser.press(browser.open(), choice="cancel")) == {
        "error": "access_denied",
        "state": "s&1",
    }

    for secret, form, said in (
        ("wrong", {"grant_type": CLIENT_CREDENTIALS}, (401, "invalid_client")),
        (None, {"grant_type": "password"}, (400, "unsupported_grant_type")),
        (None, {"grant_type": AUTHORIZATION_CODE}, (400, "unauthorized_client")),
    ):
        refused = browser.ask(form, CLIENT_CREDENTIALS, secret=secret)
        assert (refused.status_code, refused.json()["error"]) == said


def test_a_browser_stays_signed_in_until_it_signs_out(browser: Browser) -> None:
    token = browser.redeem(browser.sign_in("SP.BRIAR")).json()["access_token"]
    assert said_in(browser.open())["code"], "known already: no form"

    def is_active() -> bool:
        asked = requests.post(
            f"{browser.server.url}/token/verify", headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        return bool(asked.json()["active"])

    assert is_active()
    left = browser.session.get(
        f"{browser.url}/sign-out", params={"redirect_uri": CALLBACK}, allow_redirects=False, timeout=20
    )
    assert said_in(left) == {}
    assert not is_active()
    assert "<form" in browser.open().text


def test_the_services_own_token_and_its_keys(browser: Browser) -> None:
    reply = browser.ask({"grant_type": CLIENT_CREDENTIALS}, CLIENT_CREDENTIALS).json()
    claims = browser.claims(reply["access_token"])
    assert claims["sub"] == claims["client_id"] == browser.server.state.auth.client_for(CLIENT_CREDENTIALS)[0]
    assert "user_name" not in claims
    assert claims["scope"] == ["read", "write"]
    named = browser.ask({"grant_type": CLIENT_CREDENTIALS, "username": "p.okonjo"}, CLIENT_CREDENTIALS).json()
    assert browser.claims(named["access_token"])["user_name"] == "P.OKONJO"

    details = f"{browser.server.url}/probation-case/X980001/details"

    def asked_with(token: str) -> int:
        return requests.get(details, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

    assert asked_with(reply["access_token"]) == 200
    assert asked_with(reply["access_token"][:-9] + "x" * 9) == 401
    assert asked_with(browser.redeem(browser.sign_in()).json()["access_token"]) == 403, "no role for nDelius"

    keys = f"{browser.server.url}/__stub__/keys"
    requests.post(keys, json={}, timeout=20)
    assert asked_with(reply["access_token"]) == 200, "its key is still published"
    requests.post(keys, json={"forget_old": True}, timeout=20)
    assert asked_with(reply["access_token"]) == 401
    again = browser.ask({"grant_type": CLIENT_CREDENTIALS}, CLIENT_CREDENTIALS).json()["access_token"]
    assert asked_with(again) == 200
    requests.post(f"{browser.server.url}/__stub__/clock", json={"seconds": 1201}, timeout=20)
    assert asked_with(again) == 401, "its time is over"


def test_where_everything_is(browser: Browser) -> None:
    said = requests.get(f"{browser.url}/issuer/.well-known/openid-configuration", timeout=20).json()
    assert said["issuer"] == f"{browser.url}/issuer"
    assert requests.get(said["jwks_uri"], timeout=20).json()["keys"][0]["alg"] == "RS256"
    assert requests.get(f"{browser.url}/health/ping", timeout=20).json() == {"status": "UP"}


def test_nothing_secret_is_in_the_journal(browser: Browser) -> None:
    code = browser.sign_in()
    token = browser.redeem(code).json()["access_token"]
    journal = requests.get(f"{browser.server.url}/__stub__/journal", timeout=20).text
    for secret in (code, token, browser.verifier, *browser.session.cookies.values()):
        assert secret not in journal


def test_processes_of_one_demo_know_each_other_s_tokens(tmp_path: Path) -> None:
    """The web server signs people in, the worker asks OASys for them; each has a stub of its own."""
    now, claims = timezone.now(), {"sub": "P.OKONJO", "exp": timezone.now().timestamp() + 60}
    kept_in = tmp_path / "key.pem"
    web, worker, stranger = SigningKeys(kept_in), SigningKeys(kept_in), SigningKeys()
    token = web.sign(claims)
    assert worker.read(token, now) == claims
    assert stranger.read(token, now) is None
    assert kept_in.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [kept_in]
    assert worker.published() == web.published()
    web.rotate(forget_old=True)
    assert web.read(token, now) is None, "what was read before counts no longer than its key"
    assert worker.read(web.sign(claims), now) is None, "only the first is shared"
