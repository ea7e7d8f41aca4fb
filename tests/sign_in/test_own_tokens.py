"""The access token of whoever signed in through HMPPS Auth: what it is shown to, how long it is kept, and where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from integrations.oasys import decoding
from referrals.models import OasysCheck, Referral
from referrals.tasks import check_oasys_of_cases
from risk.models import OasysOutcome, RiskInformation
from sign_in import views
from sign_in.models import NOT_AFTER_REFUSAL, UserToken
from sign_in.tasks import forget_tokens
from tests.canary.sweeping import kept_in_the_cache, watch
from tests.encryption.test_outer_keys import NEW, OLD
from tests.factories.referrals import a_draft, a_sent_referral
from tests.pages import assert_page
from tests.sign_in.conftest import Browser
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter

Commits = Callable[..., Any]
CRN = "X980001"
HOME = "/probation-practitioner/"
OVER = timedelta(minutes=20)  # as long as the stub's tokens last
NO_LONGER = "OASys no longer accepts your sign-in"


def asked_as(system: str = "oasys") -> list[tuple[str | None, str]]:
    """Whose token each call showed, and how that was got; what was asked before is forgotten."""
    calls = [call.claims for call in adapter.state().calls(system)]
    adapter.state().journal.clear()
    return [(claims.get("user_name"), claims.get("grant_type", "")) for claims in calls]


def own(username: str) -> tuple[str, str]:
    return username, "authorization_code"


def on_behalf(username: str) -> tuple[str, str]:
    return username, "client_credentials"


def banner(page: BeautifulSoup) -> Any:
    """What says that they have to sign in again."""
    return page.select_one("#sign-in-again")


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Commits) -> Commits:
    return django_capture_on_commit_callbacks


@pytest.fixture
def me(personas: dict[str, User]) -> Browser:
    """The practitioner pp, whose nDelius account is P.OKONJO."""
    browser = Browser()
    browser.signs_in("P.OKONJO")
    assert browser.user == personas["pp"]
    adapter.state().journal.clear()
    return browser


@pytest.fixture
def draft(personas: dict[str, User]) -> Referral:
    return a_draft(personas["pp"], crn=CRN)


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    made = a_sent_referral(personas["pp"], crn=CRN)
    adapter.state().journal.clear()
    return made


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


# --- Which token OASys is shown --------------------------------------------------------------------


def test_each_kind_of_call_shows_the_practitioner_s_own(
    me: Browser, draft: Referral, case: Referral, commits: Commits
) -> None:
    at_work = Practitioner(me.client, str(draft.pk))
    at_work.open(at_work.address("risk_information"))
    assert asked_as() == [own("P.OKONJO")], "risk"
    at_work.open(at_work.address("criminogenic-needs"))
    assert asked_as() == [own("P.OKONJO")], "needs"
    me.client.get(at_work.address("resume"))
    assert asked_as() == [own("P.OKONJO")], "newer risk, when a draft is resumed"
    me.client.get(reverse("referrals:case", args=[case.pk]))
    assert asked_as() == [own("P.OKONJO")], "newer risk of a sent case"

    OasysCheck.objects.all().delete()
    with watch() as seen, commits(execute=True):
        assert_page(me.client.get(HOME))
        assert {way for _, way in asked_as("ndelius")} == {"client_credentials"}, (
            "nDelius takes the service's"
        )
    assert asked_as() == [own("P.OKONJO")], "in the background"
    assert seen.tasks == [
        f"{check_oasys_of_cases.name} (({me.user.pk}, ['{case.pk}']), {{'own_token': True}}) {{}}"
    ]  # type: ignore[union-attr]


def test_with_a_password_it_is_the_service_s_on_their_behalf(
    personas: dict[str, User], draft: Referral, case: Referral, settings: Settings, commits: Commits
) -> None:
    settings.SIGN_IN = "password"
    client = Client()
    client.post(reverse("accounts:sign_in"), {"username": "pp", "password": "refer-and-monitor"})
    client.get(reverse("referrals:risk_information", args=[draft.pk]))
    with commits(execute=True):
        client.get(HOME)
    assert asked_as() == [on_behalf("P.OKONJO")] * 2
    assert not UserToken.objects.exists()


def test_nobody_is_asked_for_with_a_colleague_s(
    me: Browser, case: Referral, draft: Referral, personas: dict[str, User]
) -> None:
    colleague = Browser()
    colleague.signs_in("J.ARKWRIGHT")
    theirs = a_draft(personas["pp.colleague"], crn=CRN)
    adapter.state().journal.clear()
    for name in ("risk_information", "resume"):  # pulled, and checked for something newer
        for browser, one in ((me, draft), (colleague, theirs)):
            browser.client.get(reverse(f"referrals:{name}", args=[one.pk]))
    assert asked_as() == [own("P.OKONJO"), own("J.ARKWRIGHT")] * 2

    # In the same browser, and in the background once only the colleague is signed in
    me.client.post(reverse("accounts:sign_out"))
    check_oasys_of_cases(personas["pp"].pk, [str(case.pk)], own_token=True)
    assert asked_as() == []
    again = Browser(me.client)
    again.signs_in("J.ARKWRIGHT")
    adapter.state().journal.clear()
    again.client.get(reverse("referrals:resume", args=[theirs.pk]))
    check_oasys_of_cases(personas["pp"].pk, [str(case.pk)], own_token=True)
    assert asked_as() == [own("J.ARKWRIGHT")]


def test_in_the_background_the_one_that_lasts_longest(
    me: Browser, case: Referral, clock: time_machine.Traveller
) -> None:
    clock.shift(10 * 60)
    elsewhere = Browser()
    elsewhere.signs_in("P.OKONJO")
    newest = UserToken.objects.latest("ends_at")
    clock.shift(15 * 60)
    adapter.state().journal.clear()
    check_oasys_of_cases(case.created_by_id, [str(case.pk)], own_token=True)
    assert asked_as() == [own("P.OKONJO")], "the first is over, the second is not"
    assert newest.web_session_id == elsewhere.client.session.session_key


@pytest.mark.slow
def test_one_that_was_moved_to_another_web_session_does_not_open(
    me: Browser, draft: Referral, personas: dict[str, User]
) -> None:
    colleague = Browser()
    colleague.signs_in("J.ARKWRIGHT")
    sealed = UserToken.objects.get(user=personas["pp.colleague"]).sealed
    UserToken.objects.filter(user=personas["pp"]).update(sealed=sealed)
    adapter.state().journal.clear()
    page = assert_page(me.client.get(reverse("referrals:risk_information", args=[draft.pk])))
    assert asked_as() == []
    assert banner(page) is not None
    assert not UserToken.objects.filter(user=personas["pp"]).exists()


# --- How long it is kept ---------------------------------------------------------------------------


def _signs_out(me: Browser) -> None:
    me.client.post(reverse("accounts:sign_out"))


def _signs_out_elsewhere(me: Browser) -> None:
    other = Browser()
    other.signs_in("P.OKONJO")
    other.client.post(reverse("end_session"))
    assert UserToken.objects.exclude(web_session=other.client.session.session_key).count() == 0
    ended = AuditEvent.objects.filter(action=AuditAction.SESSIONS_ENDED).latest("at")
    assert ended.facts == {"count": 1}, "a web session, and not its token"
    other.client.post(reverse("accounts:sign_out"))


def _somebody_else_signs_in(me: Browser) -> None:
    there = Browser(me.client)
    there.returns(there.chooses(me.client.get("/sign-in/hmpps-auth?again=yes")["Location"], "SP.BRIAR"))
    assert there.user is not None
    assert there.user.username == "sp.briar"


def _its_time_is_over(me: Browser) -> None:
    with time_machine.travel(timezone.now() + OVER):
        assert forget_tokens() == 1
        assert me.client.get(HOME).status_code == 200, "the web session is not"


def _the_web_session_ends_unused(me: Browser) -> None:
    UserToken.objects.update(ends_at=timezone.now() + timedelta(hours=12))
    with time_machine.travel(timezone.now() + timedelta(minutes=121)):
        assert forget_tokens() == 1


def _the_account_is_closed_here(me: Browser) -> None:
    User.objects.filter(username="pp").update(is_active=False)
    assert not UserToken.objects.good(timezone.now()).exists(), "before it is deleted, too"
    assert forget_tokens() == 1


@pytest.mark.parametrize(
    "ends",
    [
        _signs_out,
        _signs_out_elsewhere,
        _somebody_else_signs_in,
        _its_time_is_over,
        _the_web_session_ends_unused,
        _the_account_is_closed_here,
    ],
)
def test_it_goes_with_the_web_session_or_when_it_ends(me: Browser, ends: Callable[[Browser], None]) -> None:
    assert UserToken.objects.filter(user__username="pp").count() == 1
    assert forget_tokens() == 0
    ends(me)
    assert not UserToken.objects.exists()


def test_it_never_outlives_the_longest_web_session(personas: dict[str, User], settings: Settings) -> None:
    adapter.state().auth.token_seconds = 10**9
    Browser().signs_in("P.OKONJO")
    assert UserToken.objects.get().ends_at <= timezone.now() + timedelta(
        seconds=settings.WEB_SESSION_LIFETIME
    )


def test_only_practitioners_tokens_are_kept(personas: dict[str, User]) -> None:
    browser = Browser()
    browser.signs_in("SP.BRIAR")
    assert browser.user is not None
    assert not UserToken.objects.exists()


def test_while_its_outer_key_is_on_the_list_it_opens(
    personas: dict[str, User], draft: Referral, case: Referral, settings: Settings
) -> None:
    settings.OUTER_KEYS = [OLD, *settings.OUTER_KEYS]
    me = Browser()
    me.signs_in("P.OKONJO")
    for keys, expected in (
        ([NEW, *settings.OUTER_KEYS], [own("P.OKONJO")]),
        ([NEW, settings.OUTER_KEYS[1]], []),
    ):
        settings.OUTER_KEYS = keys
        OasysCheck.objects.all().delete()
        adapter.state().journal.clear()
        assert me.client.get(reverse("referrals:case", args=[case.pk])).status_code == 200
        assert asked_as() == expected


# --- When it is over, or refused -------------------------------------------------------------------


def test_once_it_is_over_the_page_says_so_and_a_new_one_is_one_press_away(
    me: Browser, draft: Referral, clock: time_machine.Traveller
) -> None:
    # Given a practitioner with a page open in another tab, whose token is over
    at_work = Practitioner(me.client, str(draft.pk))
    needs = at_work.address("additional-needs")
    open_elsewhere = filled_in(at_work.open(needs)) | {"additional_needs": "Typed before."}
    key, began = me.client.session.session_key, me.client.session["began"]
    clock.shift(OVER)
    adapter.state().journal.clear()

    # When they open the risk information, then it says so, OASys is not asked, and nobody is signed out
    url = at_work.address("risk_information")
    page = at_work.open(url)
    assert NO_LONGER in page.select_one("#oasys-notice-1").get_text()  # type: ignore[union-attr]
    assert "Sign in again to see them" in page.select_one(".rm-rosh").get_text()  # type: ignore[union-attr]
    assert "cannot be reached" not in page.text
    assert asked_as() == []
    assert RiskInformation.objects.get(pk=draft.risk_id).last_outcome == OasysOutcome.SIGN_IN_AGAIN
    link = banner(page).find("a")
    assert link["href"] == f"/sign-in/hmpps-auth?again=yes&next={url.replace('/', '%2F')}"
    assert banner(at_work.open(at_work.address("tasks"))) is None, "said once for each page that missed it"

    # When they follow the link, then HMPPS Auth, which knows them, leads straight back
    there = me.client.get(link["href"])["Location"]
    assert me.returns(me.asks(there).headers["location"])["Location"] == url
    page = at_work.open(url)
    assert banner(page) is None
    assert asked_as() == [own("P.OKONJO")]
    assert RiskInformation.objects.get(pk=draft.risk_id).last_outcome == OasysOutcome.ASSESSED

    # Then the web session is the same, begins anew, and what was open in the other tab is saved
    assert me.client.session.session_key == key
    assert me.client.session["began"] > began
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = me.client.cookies
    assert strict.post(needs, open_elsewhere).status_code == 302
    assert Referral.objects.get(pk=draft.pk).additional_needs == "Typed before."
    events = AuditEvent.objects.filter(action=AuditAction.SIGNED_IN, user=me.user).order_by("at")
    assert [event.facts for event in events] == [{}, {"again": True}]


@pytest.mark.slow
def test_every_page_that_misses_oasys_says_so(
    me: Browser, draft: Referral, case: Referral, clock: time_machine.Traveller
) -> None:
    at_work = Practitioner(me.client, str(draft.pk))
    at_work.open(at_work.address("risk_information"))
    clock.shift(OVER)
    page = at_work.open(at_work.address("criminogenic-needs"))
    assert banner(page) is not None
    assert f"{NO_LONGER}, so we cannot show what it says" in page.text
    assert "Sign in again to use OASys." in page.text
    for name in ("case", "case_progress"):
        page = at_work.open(reverse(f"referrals:{name}", args=[case.pk]))
        assert banner(page) is not None, name
        assert page.select_one("#oasys-silent") is None

    # After what leads on to another page, that page says it, once
    resumed = me.client.get(at_work.address("resume"))["Location"]
    assert banner(at_work.open(resumed)) is not None
    assert banner(at_work.open(resumed)) is None
    find = reverse("referrals:find_person")
    confirm = me.client.post(find, {"crn": CRN})["Location"]
    services = me.client.post(confirm)["Location"]
    page = at_work.open(services)
    assert NO_LONGER in page.main.get_text()  # type: ignore[union-attr]
    assert banner(page) is not None
    assert banner(at_work.open(services)) is None


def test_a_case_that_could_not_be_checked_is_checked_after_signing_in_again(
    me: Browser, case: Referral, clock: time_machine.Traveller
) -> None:
    url = reverse("referrals:case", args=[case.pk])
    me.client.get(url)
    assert asked_as() == [own("P.OKONJO")]
    first = OasysCheck.objects.get(referral=case).checked_at
    clock.shift(timedelta(days=1))
    me.signs_in("P.OKONJO")
    clock.shift(OVER)
    adapter.state().journal.clear()
    me.client.get(url)
    assert OasysCheck.objects.get(referral=case).checked_at == first, "the day is not used up"
    me.returns(me.asks(me.client.get("/sign-in/hmpps-auth?again=yes")["Location"]).headers["location"])
    me.client.get(url)
    assert asked_as() == [own("P.OKONJO")]
    assert OasysCheck.objects.get(referral=case).answered


def test_the_desk_leaves_its_cases_until_they_sign_in_again(
    me: Browser, case: Referral, commits: Commits, clock: time_machine.Traveller
) -> None:
    clock.shift(OVER)
    adapter.state().journal.clear()
    with watch() as seen, commits(execute=True):
        desk = assert_page(me.client.get(HOME))
    said = desk.select_one("#oasys-checks")
    assert said is not None
    assert (
        "We cannot check OASys for newer risk information about 1 case until you sign in again" in said.text
    )
    assert banner(desk) is not None
    assert (seen.tasks, asked_as(), OasysCheck.objects.count()) == ([], [], 0)


def test_a_token_that_ends_while_cases_are_checked_leaves_the_rest(
    me: Browser, personas: dict[str, User], clock: time_machine.Traveller
) -> None:
    cases = [a_sent_referral(personas["pp"], crn=CRN) for _ in range(3)]
    clock.shift(OVER)
    adapter.state().journal.clear()
    with watch() as seen:
        check_oasys_of_cases(personas["pp"].pk, [str(case.pk) for case in cases], own_token=True)
    assert (seen.tasks, asked_as(), OasysCheck.objects.count()) == ([], [], 0)


def test_one_that_oasys_refuses_is_not_shown_again_for_a_while(
    me: Browser, case: Referral, commits: Commits, clock: time_machine.Traveller
) -> None:
    adapter.state().auth.keys.rotate(forget_old=True)
    url = reverse("referrals:case", args=[case.pk])
    for after, calls in ((0, 1), (0, 0), (299, 0), (2, 1)):
        clock.shift(after)
        adapter.state().journal.clear()
        assert banner(assert_page(me.client.get(url))) is not None
        assert len(adapter.state().calls("oasys")) == calls, after
        assert not OasysCheck.objects.exists()
    assert timedelta(seconds=301) > NOT_AFTER_REFUSAL

    # In the background too, and then the desk says so
    UserToken.objects.update(refused_at=None)
    for said, calls in (("We are checking OASys for 1 case", 1), ("until you sign in again", 0)):
        cache.clear()
        adapter.state().journal.clear()
        with commits(execute=True):
            desk = assert_page(me.client.get(HOME))
        assert said in desk.select_one("#oasys-checks").get_text()  # type: ignore[union-attr]
        assert len(adapter.state().calls("oasys")) == calls


def test_signing_in_again_as_somebody_else_is_another_web_session(me: Browser) -> None:
    way = me.client.get("/sign-in/hmpps-auth?again=yes&next=/help")["Location"]
    key = me.client.session.session_key
    there = Browser(me.client)  # signed in nowhere else
    assert there.returns(there.chooses(way, "J.ARKWRIGHT"))["Location"] == "/help"
    assert there.user is not None
    assert there.user.ndelius_username == "J.ARKWRIGHT"
    assert not WebSession.objects.filter(session_key=key).exists()
    assert [token.user for token in UserToken.objects.all()] == [there.user]


def test_who_is_signed_in_and_only_passes_by_is_led_on(me: Browser) -> None:
    assert me.client.get("/sign-in/hmpps-auth?next=/help")["Location"] == "/help"


# --- Where it is not -------------------------------------------------------------------------------


def test_it_stands_nowhere_in_the_clear(
    personas: dict[str, User],
    draft: Referral,
    case: Referral,
    commits: Commits,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Given the token that HMPPS Auth gave
    given: list[str] = []
    redeem = views.redeem

    def note(*args: Any, **kwargs: Any) -> str:
        given.append(redeem(*args, **kwargs))
        return given[-1]

    monkeypatch.setattr(views, "redeem", note)
    pages: list[str] = []
    with watch() as seen:
        me = Browser()
        pages.append(me.signs_in("P.OKONJO").content.decode())
        at_work = Practitioner(me.client, str(draft.pk))

        # When it is used, refused, met by a fault of ours, and replaced
        pages += [str(at_work.open(at_work.address(name))) for name in ("risk_information", "tasks")]
        with commits(execute=True):
            pages.append(str(at_work.open(HOME)))
        OasysCheck.objects.all().delete()
        with monkeypatch.context() as patch:
            patch.setattr(decoding, "risk_from", lambda *_, **__: 1 / 0)
            me.client.raise_request_exception = False
            answer = me.client.get(reverse("referrals:case", args=[case.pk]))
            assert answer.status_code == 500
            pages.append(answer.content.decode())
        adapter.state().auth.keys.rotate(forget_old=True)
        pages.append(me.client.get(reverse("referrals:case", args=[case.pk])).content.decode())
        me.returns(me.asks(me.client.get("/sign-in/hmpps-auth?again=yes")["Location"]).headers["location"])
        pages.append(me.client.get(reverse("referrals:case", args=[case.pk])).content.decode())

    # Then it was shown to OASys, and no part of it is anywhere else
    assert adapter.state().calls("oasys")[-1].claims["grant_type"] == "authorization_code"
    assert len(given) == 2
    rows = {
        model._meta.label: str(list(model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
    }
    rows |= {"decoded web sessions": str([row.get_decoded() for row in WebSession.objects.all()])}
    assert rows["sign_in.UserToken"] != "[]"
    places = rows | {
        "pages": "\n".join(pages),
        "log": seen.log.getvalue(),
        "tasks": "\n".join(seen.tasks),
        "cache": repr([*kept_in_the_cache()]),
        "standard output and error": "".join(capfd.readouterr()),
        "cookies": me.client.cookies.output(),
        "journal": repr(adapter.state().journal),
        "reprs": repr([*UserToken.objects.all()]),
    }
    assert "upstream_call" in places["log"]
    for token in given:
        for part in token.split(".")[1:]:
            assert [where for where, text in places.items() if part in text] == []
