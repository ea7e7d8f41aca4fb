"""Tests sign in by three statements: they leave what Django's own way leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User, WebSession
from tests.referrals.test_copied_referrals import added
from tests.signing_in import MODEL_BACKEND, sign_in


def _by_django(client: Client, user: User) -> None:
    client.force_login(user, backend=MODEL_BACKEND)


@pytest.mark.parametrize("key", ["pp", "sp.caseworker"])
def test_both_ways_leave_the_same(personas: dict[str, User], key: str) -> None:
    user, ways = personas[key], (_by_django, sign_in)
    left, cookies, sessions = [], [], []
    for way in ways:
        client, began = Client(), timezone.now()
        left.append(_without_session_data(lambda way=way, client=client: way(client, user)))
        (cookie,) = client.cookies.values()
        cookies.append((cookie.key, len(cookie.value), {**cookie}))
        sessions.append({name: value for name, value in client.session.items() if name != "began"})
        assert client.session["began"] >= began.timestamp()
        user.refresh_from_db()
        assert user.last_login is not None
        assert user.last_login >= began
    assert left[0] == left[1]
    assert cookies[0] == cookies[1]
    assert sessions[0] == sessions[1]


def test_a_page_knows_who_signed_in(personas: dict[str, User]) -> None:
    client = Client()
    sign_in(client, personas["pp"])

    assert client.get("/").wsgi_request.user == personas["pp"]


def _without_session_data(make: Callable[[], object]) -> dict[Any, Any]:
    """The rows, but for what is encoded with the moment in it: that is compared by itself."""
    rows = added(make)
    (session,) = rows[WebSession]
    del session["session_data"], session["session_key"]
    return rows
