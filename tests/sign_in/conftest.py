"""Somebody at a browser, between the service and the stub's HMPPS Auth, both inside this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from integrations.hmpps_auth.tokens import forget_tokens
from sign_in.keys import forget_keys
from upstream_stub import adapter
from upstream_stub.people import accounts as directory

SERVICE = "http://testserver"


class Browser:
    """Keeps the cookies of both. ``client``: of the service; ``there``: of HMPPS Auth."""

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()
        self.there = requests.Session()
        self.there.mount("http://", adapter.StubAdapter(adapter.state()))

    def goes(self, next_page: str = "") -> str:
        """Press the button; the address of HMPPS Auth's sign-in page."""
        answer = self.client.get(reverse("sign_in:start"), {"next": next_page} if next_page else {})
        assert answer.status_code == 302
        return str(answer["Location"])

    def chooses(self, address: str, username: str, **filled: str) -> str:
        """Sign in there; the address that it leads back to."""
        page = self.asks(address)
        if page.status_code == 200:
            found = re.search(r'action="([^"]+)"', page.text)
            assert found is not None
            url = "{0.scheme}://{0.netloc}".format(urlsplit(address)) + unescape(found[1])
            form = {"username": username, "choice": "sign-in"} | filled
            page = self.asks(url, form)
        assert page.status_code == 302, page.text
        return page.headers["location"]

    def asks(self, address: str, form: dict[str, str] | None = None) -> requests.Response:
        """Open an address of HMPPS Auth, or post there, and keep its cookies."""
        method = "GET" if form is None else "POST"
        answer = self.there.request(method, address, data=form, allow_redirects=False)
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.there.cookies.set(name, morsel.value)
        return answer

    def returns(self, address: str) -> HttpResponse:
        """Come back to the service."""
        assert address.startswith(f"{SERVICE}/sign-in/callback?")
        return self.client.get(address.removeprefix(SERVICE))  # type: ignore[return-value]

    def signs_in(self, username: str, next_page: str = "") -> HttpResponse:
        """All of it."""
        return self.returns(self.chooses(self.goes(next_page), username))

    @property
    def user(self) -> User | None:
        """Who is signed in."""
        return User.objects.filter(pk=self.client.session.get("_auth_user_id")).first()


def query_of(address: str) -> dict[str, str]:
    """What an address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture(autouse=True)
def _through_hmpps_auth(settings: Settings) -> None:
    settings.SIGN_IN = "hmpps_auth"
    settings.SERVICE_URL = SERVICE
    settings.UPSTREAM_BACKOFF = 0
    forget_keys()
    forget_tokens()


@pytest.fixture
def browser(db: None) -> Browser:
    """One."""
    return Browser()


@pytest.fixture
def signs_tokens(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[dict[str, Any]], str]], None]:
    """A function that has HMPPS Auth give out what another function makes of the claims."""

    def give(make: Callable[[dict[str, Any]], str]) -> None:
        monkeypatch.setattr(adapter.state().auth.keys, "sign", make)

    return give


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that puts an account into these groups and no others; None: the account is not known to groups."""

    def put(username: str, codes: list[str] | None, **others: Any) -> None:
        known = dict(directory.ACCOUNTS)
        account = known[username]
        named = None if codes is None else dict.fromkeys(codes, "A group")
        known[username] = replace(account, groups=named, **others)
        for module in ("hmpps_auth", "manage_users"):
            monkeypatch.setattr(f"upstream_stub.{module}.ACCOUNTS", known)

    return put
