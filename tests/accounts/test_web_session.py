"""How long the web session lasts is said without making it last longer; staying signed in makes it begin anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, WebSession
from tests.pages import assert_page

AsPersona = Callable[[str], Client]
AGE = 2 * 60 * 60  # seconds
BEGUN = timezone.now().replace(microsecond=0)


@pytest.fixture
def web_session(as_persona: AsPersona) -> Callable[..., int]:
    """A function that asks (or, posting, stays signed in) so many minutes after signing in."""
    with time_machine.travel(BEGUN, tick=False):
        client = as_persona("pp")

    def asked(after: int, method: str = "get") -> int:
        with time_machine.travel(BEGUN + timedelta(minutes=after), tick=False):
            answer = getattr(client, method)(reverse("accounts:web_session"))
        assert "no-store" in answer["Cache-Control"]
        seconds: int = answer.json()["seconds"]
        return seconds

    return asked


def test_asking_does_not_extend_it(web_session: Callable[..., int]) -> None:
    assert [web_session(after) for after in (0, 60, 119)] == [AGE, AGE // 2, 60]
    assert web_session(121) == 0


def test_staying_signed_in_does(web_session: Callable[..., int]) -> None:
    assert web_session(118, "post") == AGE
    assert web_session(118 + 60) == AGE // 2


@pytest.mark.parametrize(
    ("after", "ends_after"),
    [
        pytest.param(59, AGE, id="within the same minute"),
        pytest.param(60, 60 + AGE, id="a minute later"),
    ],
)
def test_a_page_puts_the_end_off_once_a_minute_and_says_how_long_is_left(
    as_persona: AsPersona, after: int, ends_after: int
) -> None:
    with time_machine.travel(BEGUN, tick=False) as clock:
        client = as_persona("pp")
        clock.shift(after)
        page = client.get(reverse("referrals:home"))

    assert WebSession.objects.get().expire_date == BEGUN + timedelta(seconds=ends_after)
    assert f'data-seconds="{ends_after - after}"' in page.text


def test_what_is_put_into_it_is_kept_at_once(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    for name in ("first", "second"):
        with time_machine.travel(timezone.now(), tick=False):
            session = client.session
            session[name] = "kept"
            session.save()
            client.get(reverse("referrals:home"))

    assert client.session["first"] == client.session["second"] == "kept"


def test_whose_it_is_is_read_with_it(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("accounts:web_session"))

    first, *others = [one["sql"] for one in asked.captured_queries]
    assert '"accounts_websession" LEFT OUTER JOIN "accounts_user"' in first
    assert not [sql for sql in others if 'FROM "accounts_user"' in sql]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"is_active": False}, id="their account was closed"),
        pytest.param({"password": "another"}, id="they have another password"),
    ],
)
def test_it_ends_with_what_it_was_given_for(as_persona: AsPersona, changed: dict[str, Any]) -> None:
    client = as_persona("pp")
    User.objects.filter(username="pp").update(**changed)

    assert client.get(reverse("accounts:web_session")).json() == {"seconds": 0}


def test_it_counts_in_every_tab(as_persona: AsPersona) -> None:
    """Any request of the same web session, of whichever tab."""
    client = as_persona("pp")
    WebSession.objects.update(
        expire_date=timezone.now() + timedelta(minutes=3), last_used_at=timezone.now() - timedelta(minutes=2)
    )
    assert client.get(reverse("accounts:web_session")).json()["seconds"] <= 180

    client.get(reverse("referrals:home"))

    assert client.get(reverse("accounts:web_session")).json()["seconds"] > AGE - 60


def test_nobody_is_extended_by_a_form_of_another_site(as_persona: AsPersona) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(as_persona("pp").cookies)

    assert client.post(reverse("accounts:web_session")).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signed_in_has_none(client: Client, db: None, method: str) -> None:
    answer = getattr(client, method)(reverse("accounts:web_session"))

    assert answer.json() == {"seconds": 0}
    assert not WebSession.objects.exists()


@pytest.mark.parametrize(
    ("key", "name", "is_there"),
    [
        pytest.param("pp", "referrals:home", True, id="practitioner"),
        pytest.param("sp.manager", "monitoring:all_cases", True, id="supplier"),
        pytest.param("anonymous", "accounts:sign_in", False, id="signing in"),
        pytest.param("anonymous", "accounts:privacy", False, id="a public page"),
    ],
)
def test_only_pages_of_somebody_signed_in_watch_it(
    as_persona: AsPersona, settings: Any, key: str, name: str, is_there: bool
) -> None:
    with time_machine.travel(BEGUN, tick=False):
        page = assert_page(as_persona(key).get(reverse(name)))

    dialogs = page.select("dialog")
    assert [(one["data-seconds"], one["data-warning"]) for one in dialogs] == [("7200", "300")] * is_there
    assert all(not one.has_attr("open") for one in dialogs)
