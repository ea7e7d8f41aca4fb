"""An account that is closed, or put into other groups, while its owner is signed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.kept_text.posted import PAGE_FIELD
from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from interventions.models import ContractGrant
from sign_in import account_checks
from sign_in.models import AccountCheck, UserToken
from tests.factories.referrals import a_draft
from tests.pages import assert_page
from tests.sign_in.conftest import Browser
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

Groups = Callable[..., None]
MINUTE = 60
PP_HOME, SP_HOME = "/probation-practitioner/", "/service-provider/"
IN_GROUPS = ["INT_SP_HARROWGATE_PATHWAYS", "INT_CR_DEMO_0001", "INT_CR_DEMO_0002"]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def me(personas: dict[str, User], clock: time_machine.Traveller) -> Browser:
    browser = Browser()
    browser.signs_in("P.OKONJO")
    adapter.state().journal.clear()
    return browser


@pytest.fixture
def staff(personas: dict[str, User], clock: time_machine.Traveller) -> Browser:
    browser = Browser()
    browser.signs_in("SP.BRIAR")
    adapter.state().journal.clear()
    return browser


def asked() -> int:
    """How many calls Manage Users got since this was asked last."""
    count = len(adapter.state().calls("manage_users"))
    adapter.state().journal.clear()
    return count


@pytest.mark.slow
def test_it_is_asked_at_most_every_quarter_of_an_hour_whichever_browser_is_used(
    me: Browser, clock: time_machine.Traveller, settings: Settings
) -> None:
    other = Browser(Client())
    for browser, after, calls in (
        (me, 0, 0),
        (me, 15 * MINUTE - 1, 0),
        (me, 1, 1),
        (me, 0, 0),
        (me, 15 * MINUTE - 1, 0),
        (me, 1, 1),
    ):
        clock.shift(after)
        assert browser.client.get(PP_HOME).status_code == 200
        assert asked() == calls, after
    other.signs_in("P.OKONJO")  # which says the same
    asked()
    clock.shift(14 * MINUTE)
    for browser in (other, me):
        browser.client.get(PP_HOME)
    assert asked() == 0
    clock.shift(MINUTE)
    for browser in (other, me, other):
        browser.client.get(PP_HOME)
    assert asked() == 1
    settings.ACCOUNT_CHECK_MINUTES = 2
    clock.shift(2 * MINUTE)
    for address in ("/help", "/cookies", reverse("accounts:web_session")):
        me.client.get(address)
    assert asked() == 0, "pages that are open to anyone"
    me.client.get(PP_HOME)
    assert asked() == 1


@pytest.mark.parametrize(
    ("username", "home", "words"),
    [
        ("P.OKONJO", PP_HOME, "Your nDelius account was closed, so we signed you out."),
        ("SP.BRIAR", SP_HOME, "Your HMPPS Auth account was closed, so we signed you out."),
    ],
)
def test_a_closed_account_is_signed_out_everywhere_with_a_plain_page(
    personas: dict[str, User],
    groups: Groups,
    clock: time_machine.Traveller,
    username: str,
    home: str,
    words: str,
) -> None:
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.signs_in(username)
    user = browsers[0].user
    groups(username, IN_GROUPS, is_enabled=False)
    assert browsers[0].client.get(home).status_code == 200, "not yet"

    clock.shift(15 * MINUTE)
    page = assert_page(browsers[0].client.get(home), 403)

    assert page.h1 is not None
    assert page.h1.get_text(strip=True) == "Your account is closed"
    assert words in page.text
    assert " ask " in page.text
    assert "typed" not in page.main.get_text()  # type: ignore[union-attr]
    assert not WebSession.objects.filter(user=user).exists()
    assert not UserToken.objects.exists()
    assert browsers[1].client.get(home)["Location"].startswith("/sign-in?")
    done = AuditEvent.objects.filter(user=user, action=AuditAction.ACCOUNT_FOUND_CLOSED)
    assert done.count() == 1
    assert user is not None
    user.refresh_from_db()
    assert (user.is_active, user.closed_there_at is None) == (False, False), "nobody writes to them any more"

    groups(username, IN_GROUPS)
    assert browsers[0].signs_in(username).status_code == 302, "who is let in again there comes in"
    user.refresh_from_db()
    assert (user.is_active, user.closed_there_at) == (True, None)
    assert AuditEvent.objects.filter(user=user, action=AuditAction.ACCOUNT_FOUND_OPEN).count() == 1


@pytest.mark.slow
def test_what_is_typed_when_the_account_is_closed_is_kept(
    me: Browser, groups: Groups, personas: dict[str, User], clock: time_machine.Traveller
) -> None:
    at_work = Practitioner(me.client, str(a_draft(personas["pp"], crn="X980001").pk))
    url = at_work.address("additional-needs")
    fields = filled_in(at_work.open(url)) | {"additional_needs": "Typed and not saved."}
    groups("P.OKONJO", None, is_enabled=False)
    clock.shift(15 * MINUTE)

    page = assert_page(me.client.post(url, fields), 403)

    assert "We kept what you typed" in page.text
    groups("P.OKONJO", None)
    again = Browser()
    again.signs_in("P.OKONJO")
    page = assert_page(again.client.get(url))
    assert filled_in(page)["additional_needs"] == "Typed and not saved."

    # By the page's script, which is told that they are signed out
    groups("P.OKONJO", None, is_enabled=False)
    clock.shift(15 * MINUTE)
    typed = filled_in(page) | {"additional_needs": "Typed on.", PAGE_FIELD: url}
    answer = again.client.post(reverse("accounts:keep_typed_text"), typed)
    assert answer["Location"].startswith("/sign-in?next=")
    groups("P.OKONJO", None)
    last = Browser()
    last.signs_in("P.OKONJO")
    assert "Typed on." in last.client.get(url).content.decode()


SILENCES = {
    "nothing answers": Fault(Effect.STATUS, system="manage_users", status=503),
    "no token for it": Fault(Effect.STATUS, system="hmpps_auth", status=500),
    "our own token is refused": Fault(Effect.STATUS, system="manage_users", status=401),
    "nothing can be read": Fault(Effect.NOT_JSON, system="manage_users"),
    "groups alone are missing": Fault(Effect.STATUS, system="manage_users", path_regex="groups", status=500),
    "a group has no code": Fault(
        Effect.STATUS, system="manage_users", path_regex="groups", status=200, body=[{"groupName": "A group"}]
    ),
}


@pytest.mark.parametrize("fault", SILENCES.values(), ids=SILENCES)
@pytest.mark.slow
def test_silence_signs_nobody_out_and_is_asked_again_after_a_minute(
    staff: Browser, groups: Groups, clock: time_machine.Traveller, fault: Fault
) -> None:
    adapter.reset()
    adapter.state().faults.append(fault)
    groups("SP.BRIAR", [])
    held = ContractGrant.objects.current().filter(user=staff.user).count()
    for after, is_asked in ((15 * MINUTE, True), (0, False), (59, False), (1, True), (1, False)):
        clock.shift(after)
        adapter.state().journal.clear()
        assert staff.client.get(SP_HOME).status_code == 200, after
        assert bool(adapter.state().journal) is is_asked, after
    assert ContractGrant.objects.current().filter(user=staff.user).count() == held

    adapter.reset()
    clock.shift(MINUTE)
    staff.client.get(SP_HOME)
    assert not ContractGrant.objects.current().filter(user=staff.user).exists()


@pytest.mark.slow
def test_a_slow_answer_is_waited_for_by_one_page_and_not_for_long(
    me: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_checks, "SECONDS", 0.2)
    adapter.state().faults.append(Fault(Effect.DELAY, system="manage_users", seconds=5.0))
    AccountCheck.objects.all().delete()
    session = me.client.session
    del session[account_checks.LOOK_AGAIN]
    session.save()
    began = time.perf_counter()
    for _ in range(3):
        assert me.client.get(reverse("your_account")).status_code == 200
    assert time.perf_counter() - began < 3
    assert len(adapter.state().calls("manage_users")) == 1


def test_an_account_that_nobody_knows_is_not_a_closed_one(me: Browser, clock: time_machine.Traveller) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="manage_users", status=404, body={}))
    for after, calls in ((15 * MINUTE, 1), (14 * MINUTE, 0), (MINUTE, 1)):
        clock.shift(after)
        assert me.client.get(PP_HOME).status_code == 200
        assert asked() == calls


def test_while_one_request_asks_the_others_go_on(
    me: Browser, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.shift(15 * MINUTE)
    meanwhile, ask = [], account_checks.entry_again

    def ask_slowly(claims: Any) -> Any:
        meanwhile.append(me.client.get(reverse("your_account")).status_code)
        return ask(claims)

    monkeypatch.setattr(account_checks, "entry_again", ask_slowly)
    assert me.client.get(PP_HOME).status_code == 200
    assert meanwhile == [200]


@pytest.mark.slow
def test_groups_that_change_are_followed_and_the_reader_is_told(
    staff: Browser, groups: Groups, clock: time_machine.Traveller
) -> None:
    refused = AuditEvent.objects.filter(action=AuditAction.GROUP_REFUSED)
    groups("SP.BRIAR", [*IN_GROUPS[:2], "INT_CR_NO_SUCH"])
    clock.shift(15 * MINUTE)
    page = assert_page(staff.client.get(SP_HOME))
    grants = ContractGrant.objects.current().filter(user=staff.user)
    assert [grant.contract.reference for grant in grants] == ["DEMO_0001"]
    assert "Your groups in HMPPS Auth have changed" in page.text
    assert refused.count() == 0, "said when they sign in"
    clock.shift(15 * MINUTE)
    assert "have changed" not in assert_page(staff.client.get(SP_HOME)).text

    groups("SP.BRIAR", [])
    clock.shift(15 * MINUTE)
    staff.client.get(SP_HOME)
    assert not grants.all().exists()
    groups("SP.BRIAR", IN_GROUPS)
    clock.shift(15 * MINUTE)
    staff.client.get(SP_HOME)
    assert grants.all().count() == 2


def test_who_signed_in_with_a_password_or_where_it_is_left_out_is_not_asked_about(
    me: Browser, as_persona: Callable[[str], Client], clock: time_machine.Traveller, settings: Settings
) -> None:
    clients = [as_persona("pp"), as_persona("admin")]
    clock.shift(16 * MINUTE)
    for client in clients:
        client.get(reverse("your_account"))
    settings.UPSTREAM_MODES = {**settings.UPSTREAM_MODES, "manage_users": "off"}
    assert me.client.get(PP_HOME).status_code == 200
    assert asked() == 0
