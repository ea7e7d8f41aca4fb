"""Where somebody is signed in: listed and ended by themselves; a fixed time from signing in; a new password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.devices import device_name
from accounts.models import User, WebSession
from accounts.signed_in import end_session, sessions_of
from accounts.tasks import forget_ended_sessions
from events.models import AuditAction, AuditEvent
from tests.conftest import Page

AsPersona = Callable[[str], Client]
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
EDGE += " Edg/140.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE += " Version/18.5 Mobile/15E148 Safari/604.1"
EVERYBODY = ["pp", "sp.caseworker", "sp.manager", "admin"]
BEGUN = timezone.now().replace(microsecond=0)
ACCOUNT, PASSWORD_PAGE, END = "/your-account", "/your-account/password", "/your-account/sign-out-there"


def signed_in(username: str, agent: str = EDGE) -> Client:
    client = Client(headers={"user-agent": agent})
    assert client.post("/sign-in", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/").headers["Location"] != "/sign-in?next=/"


AGENTS = [
    pytest.param(EDGE, "Microsoft Edge on Windows", id="Edge"),
    pytest.param(EDGE.partition(" Edg/")[0], "Chrome on Windows", id="Chrome"),
    pytest.param(IPHONE, "Safari on an iPhone", id="iPhone"),
    pytest.param(IPHONE.replace("Version/18.5", "CriOS/140.0"), "Chrome on an iPhone", id="Chrome on iPhone"),
    pytest.param(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
        "Safari on a Mac",
        id="Mac",
    ),
    pytest.param(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Firefox on Linux",
        id="Linux",
    ),
    pytest.param(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0",
        "Samsung Internet on Android",
        id="Android",
    ),
    pytest.param(
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
        "Chrome on a Chromebook",
        id="Chromebook",
    ),
    pytest.param("<script>alert(1)</script>", "Unknown browser", id="something else"),
    pytest.param("", "Unknown browser", id="nothing"),
    pytest.param("Windows" * 1000, "Unknown browser on Windows", id="very long"),
]


@pytest.mark.parametrize(("agent", "name"), AGENTS)
def test_a_device_is_told_in_words(agent: str, name: str) -> None:
    assert device_name(agent) == name
    assert len(name) <= 60


# --- The list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", EVERYBODY)
def test_everybody_sees_where_they_are_signed_in(username: str, personas: Any, page: Page) -> None:
    here, there = signed_in(username), signed_in(username, IPHONE)
    signed_in("sp.other", "Firefox/1 Linux")

    shown = page(here, ACCOUNT)

    cards = {card.h3.get_text(): card.get_text() for card in shown.select(".govuk-summary-card")}
    assert cards.keys() == {"Microsoft Edge on Windows", "Safari on an iPhone"}
    assert "You are here" in cards["Microsoft Edge on Windows"]
    assert "Sign out there" in cards["Safari on an iPhone"]
    assert all("Signed in" in card and "Last used" in card for card in cards.values())
    for client in (here, there):
        assert client.session.session_key not in str(shown), "who knows the key is signed in"


def test_when_it_began_and_was_last_used(personas: dict[str, User]) -> None:
    with time_machine.travel(BEGUN, tick=False):
        client = signed_in("pp")
    with time_machine.travel(BEGUN + timedelta(minutes=40), tick=False):
        client.get(ACCOUNT)

    row = sessions_of(personas["pp"]).get()
    assert (row.began_at, row.last_used_at) == (BEGUN, BEGUN + timedelta(minutes=40))


def test_what_has_ended_is_not_listed_and_is_deleted(personas: dict[str, User]) -> None:
    with time_machine.travel(BEGUN - timedelta(hours=3)):
        signed_in("pp")
    signed_in("pp")

    assert sessions_of(personas["pp"]).count() == 1
    forget_ended_sessions()
    assert WebSession.objects.count() == 1


def test_as_many_statements_for_one_as_for_many(
    personas: dict[str, User], django_assert_num_queries: Any, page: Page
) -> None:
    client = signed_in("pp")
    row = WebSession.objects.get()
    client.get(ACCOUNT)  # counts unread notifications, for a minute
    for number in range(45):
        row.session_key = f"k{number:031}"
        row.save(force_insert=True)
        if number == 0:
            with django_assert_num_queries(4):
                client.get(ACCOUNT)
    with django_assert_num_queries(4):
        client.get(ACCOUNT)
    shown = page(client, f"{ACCOUNT}?page=3")
    assert len(shown.select(".govuk-summary-card")) == 6


# --- Ending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", EVERYBODY)
def test_one_is_ended_by_its_owner(username: str, personas: Any, page: Page) -> None:
    here, there, third = signed_in(username), signed_in(username, IPHONE), signed_in(username, IPHONE)
    name = WebSession.objects.get(session_key=there.session.session_key).name

    for _ in range(2):  # pressed twice
        answered = here.post(END, {"session": name}, follow=True)
        assert "You are signed out there" in page.read(answered, status=200).get_text()

    assert (is_signed_in(here), is_signed_in(there), is_signed_in(third)) == (True, False, True)
    events = AuditEvent.objects.filter(action=AuditAction.SESSIONS_ENDED, user=personas[username])
    assert [event.facts for event in events] == [{"count": 1}]


def test_all_others_are_ended_at_once(personas: Any) -> None:
    here, *others = [signed_in("pp") for _ in range(4)]
    elsewhere = signed_in("sp.other")

    here.post(END)

    assert [is_signed_in(client) for client in (here, *others, elsewhere)] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_nobody_ends_somebody_elses(personas: dict[str, User]) -> None:
    victim = signed_in("pp.colleague")
    name = WebSession.objects.get(session_key=victim.session.session_key).name

    assert signed_in("pp").post(END, {"session": name}).status_code == 302
    assert signed_in("pp").post(END, {"session": victim.session.session_key}).status_code == 302

    assert is_signed_in(victim)
    assert end_session(by=personas["pp.colleague"], name=name) == 1


def test_an_answer_that_is_on_its_way_still_arrives(personas: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended while a page is made: what was done is done, and the page says so."""
    client = signed_in("pp")

    def ends_meanwhile(*args: Any, **kwargs: Any) -> HttpResponse:
        WebSession.objects.all().delete()
        return render(*args, **kwargs)

    monkeypatch.setattr("refer_monitor.your_account.render", ends_meanwhile)
    assert client.get(ACCOUNT).status_code == 200
    assert not is_signed_in(client)


# --- A fixed time from signing in ---------------------------------------------------------------------

HOUR = 60


def test_a_web_session_ends_twelve_hours_after_signing_in_whatever_is_done(personas: Any) -> None:
    with time_machine.travel(BEGUN, tick=False):
        client = signed_in("pp")
    answers = []
    for minutes in (*range(HOUR, 12 * HOUR, HOUR), 12 * HOUR - 1, 12 * HOUR + 1):
        with time_machine.travel(BEGUN + timedelta(minutes=minutes), tick=False):
            answers.append(is_signed_in(client))
    assert answers == [True] * 12 + [False]


LEFT = [
    pytest.param(9 * HOUR, 2 * HOUR * 60, False, id="disuse ends it first"),
    pytest.param(10 * HOUR, 2 * HOUR * 60, False, id="both at once"),
    pytest.param(11 * HOUR, HOUR * 60, True, id="an hour left"),
    pytest.param(12 * HOUR - 4, 4 * 60, True, id="four minutes left"),
]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("minutes", "seconds", "is_final"), LEFT)
def test_the_warning_knows_it(minutes: int, seconds: int, is_final: bool, method: str, personas: Any) -> None:
    with time_machine.travel(BEGUN, tick=False):
        client = signed_in("pp")
    for earlier in range(HOUR, minutes, HOUR):
        with time_machine.travel(BEGUN + timedelta(minutes=earlier), tick=False):
            client.get(ACCOUNT)
    with time_machine.travel(BEGUN + timedelta(minutes=minutes), tick=False):
        shown = client.get(ACCOUNT).content.decode()
        answer = getattr(client, method)(reverse("accounts:web_session"))

    assert answer.json() == {"seconds": seconds, "is_final": is_final}
    assert f'data-seconds="{seconds}"' in shown
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == seconds


def test_it_is_counted_from_the_last_time_they_signed_in(personas: Any) -> None:
    client = Client()
    for minutes in (0, 100):
        with time_machine.travel(BEGUN + timedelta(minutes=minutes), tick=False):
            client.post("/sign-in", {"username": "pp", "password": PASSWORD})
    assert WebSession.objects.get().began_at == BEGUN + timedelta(minutes=100)


# --- A new password -----------------------------------------------------------------------------------

NEW = "a longer pass phrase"


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_new_password_ends_every_other_web_session(username: str, personas: Any, page: Page) -> None:
    here, there = signed_in(username), signed_in(username, IPHONE)
    page(here, PASSWORD_PAGE)

    answered = page.read(here.post(PASSWORD_PAGE, {"current": PASSWORD, "new": NEW}, follow=True), status=200)

    assert "You have changed your password" in answered.get_text()
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert [one.session_key for one in sessions_of(personas[username])] == [here.session.session_key]
    assert Client().post("/sign-in", {"username": username, "password": PASSWORD}).status_code == 422
    assert Client().post("/sign-in", {"username": username, "password": NEW}).status_code == 302
    assert (
        AuditEvent.objects.filter(action=AuditAction.PASSWORD_CHANGED, user=personas[username]).count() == 1
    )


WRONG = [
    pytest.param({"current": "wrong"}, "Your current password is incorrect", id="wrong password"),
    pytest.param({"current": ""}, "Enter your current password", id="none"),
    pytest.param({"new": ""}, "Enter a new password", id="no new one"),
    pytest.param({"new": "short"}, "must be 8 characters or more", id="too short"),
    pytest.param({"new": "password1"}, "harder to guess", id="one that everybody tries"),
    pytest.param({"new": "long enough\x00"}, "cannot be saved", id="null byte"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG)
def test_a_new_password_that_is_refused(
    changed: dict[str, str], message: str, personas: dict[str, User], page: Page
) -> None:
    here, there = signed_in("pp"), signed_in("pp")
    answered = page.post(here, PASSWORD_PAGE, {"current": PASSWORD, "new": NEW, **changed}, status=422)

    assert message in answered.get_text()
    assert not any(box.get("value") for box in answered.select("input[type=password]"))
    assert is_signed_in(there)
    assert User.objects.get(username="pp").check_password(PASSWORD)


def test_guessing_the_current_password_is_slowed_down(personas: Any, page: Page) -> None:
    client = signed_in("pp")
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        page.post(client, PASSWORD_PAGE, {"current": "wrong", "new": NEW}, status=422)
    for current in ("wrong", PASSWORD):
        page.post(client, PASSWORD_PAGE, {"current": current, "new": NEW}, status=429)


def test_administrators_change_theirs_on_the_same_page(as_persona: AsPersona) -> None:
    assert as_persona("admin").get("/admin/password_change/")["Location"] == PASSWORD_PAGE
