"""Going to HMPPS Auth, coming back, and leaving: where it leads, what is used once, and how long it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from referrals.models import KeptText
from sign_in import actions, audit_limit
from sign_in.attempts import GOOD_FOR, LONGEST_NEXT, MOST, Attempt
from tests.factories.referrals import a_draft_with_risk
from tests.pages import assert_page
from tests.sign_in.conftest import SERVICE, Browser, query_of
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter
from upstream_stub.auth_state import AUTHORIZATION_CODE
from upstream_stub.faults import Fault

AsPersona = Callable[[str], Client]


def last_refusal() -> str:
    """The code of the newest."""
    event = AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).latest("at")
    return str(event.facts["code"])


def test_the_way_there_says_no_more_than_it_must(browser: Browser) -> None:
    page = assert_page(browser.client.get(reverse("accounts:sign_in"), {"next": "/help?a=1&b=2"}))
    button = page.find("a", string="Sign in with HMPPS Auth")
    assert button is not None
    assert button["href"] == "/sign-in/hmpps-auth?next=/help%3Fa%3D1%26b%3D2"
    first, second = (query_of(browser.goes("/help")) for _ in range(2))
    assert first.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    }
    assert (first["code_challenge_method"], first["redirect_uri"]) == ("S256", f"{SERVICE}/sign-in/callback")
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_back_to_the_page_they_were_going_to_and_to_no_other_site(db: None) -> None:
    for given, leads_to in {
        "": "/",
        "/probation-practitioner/drafts?page=2": "/probation-practitioner/drafts?page=2",
        "https://elsewhere.example.com/": "/",
        "//elsewhere.example.com": "/",
        "/\\elsewhere.example.com": "/",
        "javascript:alert(1)": "/",
        "/help\x00": "/",
    }.items():
        browser = Browser()
        assert browser.signs_in("P.OKONJO", given)["Location"] == leads_to, given
        again = browser.client.get(reverse("sign_in:start"), {"next": given} if given else {})
        assert again["Location"] == leads_to, "signed in already"
    another_host = Browser().client.get(reverse("sign_in:start"), headers={"host": "localhost"})
    assert query_of(another_host["Location"])["redirect_uri"].startswith(SERVICE)


def test_each_answer_is_good_once_and_in_the_browser_that_asked(browser: Browser) -> None:
    back = browser.chooses(browser.goes(), "P.OKONJO")
    stranger = Browser()
    assert "Sign in again" in assert_page(stranger.returns(back), 400).text
    assert (stranger.user, last_refusal()) == (None, "state")
    stranger.goes()
    assert stranger.returns(back).status_code == 400, "one under way, of its own"

    assert browser.returns(back).status_code == 302
    assert_page(browser.returns(back), 400)
    assert last_refusal() == "state"
    assert browser.user is not None, "a replay signs nobody out"
    assert browser.returns(f"{SERVICE}/sign-in/callback?code=1").status_code == 400

    # A code of somebody else's sign-in, given to this browser with a state of its own
    victim, attacker = Browser(), Browser()
    theirs = query_of(attacker.chooses(attacker.goes(), "J.ARKWRIGHT"))["code"]
    state = query_of(victim.goes())["state"]
    answer = victim.returns(f"{SERVICE}/sign-in/callback?code={theirs}&state={state}")
    assert (answer.status_code, victim.user, last_refusal()) == (400, None, "code")


def test_several_tabs_and_one_that_waited_too_long(browser: Browser) -> None:
    ways = [browser.goes(f"/help?tab={tab}") for tab in range(MOST + 1)]
    assert browser.returns(browser.chooses(ways[0], "P.OKONJO")).status_code == 400, "one too many"
    for tab in (3, 1):
        answer = browser.returns(browser.chooses(ways[tab], "P.OKONJO"))
        assert answer["Location"] == f"/help?tab={tab}"
    assert WebSession.objects.filter(user__username="pp").count() == 1

    late = Browser()
    way = late.goes()
    with time_machine.travel(timezone.now() + timedelta(seconds=GOOD_FOR + 1)):
        assert late.returns(late.chooses(way, "P.OKONJO")).status_code == 400


def test_whoever_only_visits_leaves_nothing_here(db: None) -> None:
    before = AuditEvent.objects.count()
    for number in range(3 * MOST):
        visitor = Browser()
        visitor.goes("/help" if number % 2 else "")
        assert "sessionid" not in visitor.client.cookies
    assert not WebSession.objects.exists()
    assert AuditEvent.objects.count() == before


@pytest.mark.slow
def test_an_address_that_only_comes_back_fills_no_audit_trail(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGN_IN_TRIES_OF_AN_ADDRESS = 3
    refused = AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED)

    def comes_back(address: str) -> None:
        answer = Client(REMOTE_ADDR=address).get(reverse("sign_in:callback"), {"code": "1", "state": "1"})
        assert answer.status_code == 400

    for _ in range(5):
        comes_back("192.0.2.1")
    assert refused.count() == 3
    comes_back("192.0.2.2")
    assert refused.count() == 4, "another address"

    User.objects.filter(username="pp").update(is_active=False)
    closed = Browser(Client(REMOTE_ADDR="192.0.2.1"))
    assert closed.signs_in("P.OKONJO").status_code == 403
    assert refused.latest("at").facts["code"] == "closed_account", "of an account always"

    monkeypatch.setattr(audit_limit, "SECONDS", 1)
    for _ in range(4):
        comes_back("192.0.2.3")
    assert refused.count() == 8, "a third address"
    time.sleep(1.1)  # Redis has a clock of its own, which no test moves
    comes_back("192.0.2.3")
    assert refused.count() == 9, "after the time in which tries are counted"


@pytest.mark.usefixtures("redis_is_away")
def test_while_redis_is_away_each_process_counts_refusals_for_itself(db: None, settings: Settings) -> None:
    settings.SIGN_IN_TRIES_OF_AN_ADDRESS = 2
    for _ in range(3):
        Client().get(reverse("sign_in:callback"), {"code": "1", "state": "1"})
    assert AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).count() == 2


def test_what_the_browser_keeps_on_the_way(browser: Browser, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    long = "/help?" + "a" * LONGEST_NEXT
    ways = [
        browser.goes(next_page) for next_page in ("/help?b=1", long, "/help?c=" + "c" * (LONGEST_NEXT - 8))
    ]
    kept = {name: morsel for name, morsel in browser.client.cookies.items() if name.startswith("signin-")}
    assert len(kept) == len(ways), "one for each tab"
    for cookie in kept.values():
        assert len(cookie.value) < 2000  # a browser keeps 4,096
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
        assert (cookie["max-age"], cookie["path"]) == (GOOD_FOR, "/")
    for way in ways:
        asked = query_of(way)
        attempt = Attempt(asked["state"], "", 0)
        for secret in (attempt.verifier, attempt.nonce):
            assert 43 <= len(secret) <= 128
            assert secret not in str(kept)
        assert attempt.verifier not in way
        assert asked["code_challenge"] == attempt.challenge
    assert browser.returns(browser.chooses(ways[1], "P.OKONJO"))["Location"] == "/", "too long to be kept"
    left = [
        morsel
        for name, morsel in browser.client.cookies.items()
        if name.startswith("signin-") and morsel.value
    ]
    assert len(left) == len(ways) - 1, "what was used is forgotten"


def test_a_cookie_that_was_changed_copied_or_put_there_by_others(browser: Browser) -> None:
    way = browser.goes("/help")
    name, saved = next(
        (name, cookie.value) for name, cookie in browser.client.cookies.items() if name.startswith("signin-")
    )
    back = browser.chooses(way, "P.OKONJO")
    for wrong in (
        "",
        "x",
        saved[:-1],
        saved.replace(":", ":a", 1),
        signing.dumps(["x"], salt="sign_in.attempts"),
    ):
        stranger = Browser()
        stranger.client.cookies[name] = wrong
        assert stranger.returns(back).status_code == 400, wrong
        assert (stranger.user, last_refusal()) == (None, "state")

    # Used once, and copied back: HMPPS Auth knows that the code was used
    assert browser.returns(back).status_code == 302
    thief = Browser()
    thief.client.cookies[name] = saved
    assert thief.returns(back).status_code == 400
    assert (thief.user, last_refusal()) == (None, "code")


def test_who_cancels_or_meets_a_silence(browser: Browser) -> None:
    way = browser.goes("/help")
    page = assert_page(browser.returns(browser.chooses(way, "", choice="cancel")), 400)
    assert (page.h1.text.strip(), last_refusal()) == ("You did not sign in", "cancelled")  # type: ignore[union-attr]
    assert page.find("a", string="Go to the sign-in page")["href"] == "/sign-in?next=/help"  # type: ignore[index]

    for fault in (
        Fault("status", system="hmpps_auth", path_regex="token", status=503),
        Fault("status", system="hmpps_auth", path_regex="token", status=401),
        Fault("reset", system="hmpps_auth", path_regex="token"),
        Fault("not_json", system="hmpps_auth", path_regex="token"),
        Fault("truncate", system="hmpps_auth", path_regex="token", times=1),  # and the code has been used
        Fault("not_json", system="hmpps_auth", path_regex="jwks"),
    ):
        adapter.reset()
        adapter.state().faults.append(fault)
        page = assert_page(Browser().signs_in("P.OKONJO"), 503)
        assert "carry on" in page.text
        assert last_refusal() == "not_answering"


def test_only_reads_and_only_where_it_is_used(browser: Browser, settings: Settings) -> None:
    back = browser.chooses(browser.goes(), "P.OKONJO").removeprefix(SERVICE)
    assert browser.client.post(back).status_code == 405
    assert browser.client.post(reverse("sign_in:start")).status_code == 405
    settings.SIGN_IN = "password"
    for address in (back, reverse("sign_in:start")):
        assert_page(browser.client.get(address), 404)
    assert "HMPPS Auth" not in assert_page(browser.client.get(reverse("accounts:sign_in"))).text


def test_passwords_are_for_administrators(
    browser: Browser, settings: Settings, personas: dict[str, User]
) -> None:
    settings.DEMO_MODE = False
    for username, status in (("pp", 422), ("sp.caseworker", 422), ("admin", 302)):
        answer = Browser().client.post(
            reverse("accounts:sign_in"), {"username": username, "password": "refer-and-monitor"}
        )
        assert answer.status_code == status, username
        if status == 422:
            assert "Only administrators sign in with a password" in assert_page(answer, 422).text
    browser.signs_in("SP.QUILL")
    page = assert_page(browser.client.get(reverse("your_account")))
    assert page.find("a", href=reverse("change_password")) is None
    assert browser.client.get(reverse("change_password")).status_code == 404


def test_signing_out_ends_both(browser: Browser) -> None:
    browser.signs_in("P.OKONJO")
    form = assert_page(browser.client.get(reverse("accounts:sign_out")))
    assert form.find("button", string="Sign out") is not None
    where = browser.client.post(reverse("accounts:sign_out"))["Location"]
    assert browser.user is None
    assert query_of(where) == {
        "client_id": adapter.state().auth.client_for(AUTHORIZATION_CODE)[0],
        "redirect_uri": f"{SERVICE}/sign-in",
    }
    assert browser.asks(browser.goes()).status_code == 302, "still signed in there"
    assert browser.asks(where).headers["location"] == f"{SERVICE}/sign-in"
    assert browser.asks(browser.goes()).status_code == 200
    done = [AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT]
    events = AuditEvent.objects.filter(user__username="pp", action__in=done).order_by("at")
    assert [*events.values_list("action", flat=True)] == done

    other = Client()
    other.force_login(User.objects.get(username="pp"))
    assert other.post(reverse("accounts:sign_out"))["Location"] == reverse("accounts:sign_in")


@pytest.mark.slow
def test_the_web_session_ends_as_every_other(browser: Browser, settings: Settings) -> None:
    begun = timezone.now().replace(microsecond=0)
    home = reverse("referrals:home")
    with time_machine.travel(begun, tick=False):
        browser.signs_in("P.OKONJO")
        Browser().signs_in("P.OKONJO")
        listed = assert_page(browser.client.get(reverse("your_account")))
    assert len(listed.select(".govuk-summary-card")) == 2
    key = browser.client.session.session_key
    for minutes in range(100, 12 * 60, 100):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert browser.client.get(home).status_code == 200, minutes
    with time_machine.travel(begun + timedelta(hours=12, minutes=1), tick=False):
        assert browser.client.get(home).status_code == 302, "whatever was done"
    with time_machine.travel(begun, tick=False):
        idle = Browser()
        idle.signs_in("P.OKONJO")
    with time_machine.travel(begun + timedelta(minutes=121), tick=False):
        assert idle.client.get(home).status_code == 302, "nothing was done"
        assert browser.signs_in("P.OKONJO").status_code == 302
    assert browser.client.session.session_key != key


def test_typed_text_is_offered_to_who_typed_it_and_nobody_else(personas: dict[str, User]) -> None:
    # Given something typed on a page whose web session has ended
    browser = Browser()
    browser.signs_in("P.OKONJO")
    me = Practitioner(browser.client, str(a_draft_with_risk(personas["pp"], crn="X980001").pk))
    url = me.address("additional-needs")
    fields = filled_in(me.open(url)) | {"additional_needs": "Typed and not saved."}
    WebSession.objects.all().delete()
    sent_to = browser.client.post(url, fields)["Location"]
    assert query_of(sent_to) == {"next": url}
    assert KeptText.objects.count() == 1

    # When a colleague signs in there through HMPPS Auth, then they see nothing of it
    colleague = Browser(browser.client)
    answer = colleague.signs_in("J.ARKWRIGHT", url)
    assert answer["Location"] == url
    assert "Typed and not saved." not in browser.client.get(url).content.decode()

    # When its author does, then they are led to the page, and it is offered
    browser.client.post(reverse("accounts:sign_out"))
    assert browser.signs_in("P.OKONJO", url)["Location"] == url
    page = me.open(url)
    assert "What you typed here earlier was not saved." in page.text
    assert filled_in(page)["additional_needs"] == "Typed and not saved."


def test_the_demo_has_the_pages_of_hmpps_auth(db: None, settings: Settings, client: Client) -> None:
    settings.ROOT_URLCONF = "tests.sign_in.with_the_demos_pages"
    settings.SIGN_IN, settings.DEMO_HMPPS_AUTH = "password", True
    settings.HMPPS_AUTH_URL = f"{SERVICE}/auth"
    page = assert_page(client.get(reverse("accounts:sign_in")))
    link = page.find("a", string="try the sign-in with HMPPS Auth")
    assert link is not None

    there = client.get(link["href"])["Location"]
    assert "A stub of HMPPS Auth" in client.get(there).content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    form = "username=SP.BRIAR&choice=sign-in"
    answer = strict.post(there, form, content_type="application/x-www-form-urlencoded")
    assert "stub-hmpps-auth=" in answer["Set-Cookie"]
    back = answer["Location"]
    assert back.startswith(f"{SERVICE}/sign-in/callback?")
    assert client.get(back)["Location"] == "/"
    assert User.objects.get(pk=client.session["_auth_user_id"]).username == "sp.briar"

    where = client.post(reverse("accounts:sign_out"))["Location"]
    assert client.get(where)["Location"] == f"{SERVICE}/sign-in"


def test_two_tabs_of_somebody_new_make_one_account(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second does not see the first's, and finds it when it makes its own."""
    browser.signs_in("SP.QUILL")
    seen, known = [], actions._known

    def unseen_at_first(*args: Any) -> User | None:
        seen.append(args)
        return None if len(seen) == 1 else known(*args)

    monkeypatch.setattr(actions, "_known", unseen_at_first)
    another = Browser()
    assert another.signs_in("SP.QUILL").status_code == 302
    assert (len(seen), another.user) == (2, browser.user)
