"""Nothing typed is lost, in a browser: text kept while it is typed, two tabs, and the end of the web session."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.kept_text.posted import GOOD_FOR, Author
from accounts.models import User, WebSession
from monitoring.actions.answer_question import answer_question
from monitoring.models import Question, ReceivedReferral
from referrals.models import KeptText
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.factories.monitoring_delivery import assigned
from tests.factories.monitoring_work import with_conversation
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import Practitioner

Visitors = Callable[..., Visitor]
AsPersona = Callable[[str], Client]
MOST_LOST = 5  # seconds of typing
KEPT = "Saved as you type at"


@pytest.fixture
def practitioner(as_persona: AsPersona) -> Practitioner:
    made = prepared.draft(as_persona, "X980001")
    made.reviews_risk()
    return made


@pytest.fixture
def me(visitor: Visitors) -> Visitor:
    return visitor().signs_in("pp")


def _status(page: Page) -> Any:
    return page.locator("[data-autosave]")


def _kept(page: Page, box: str, text: str) -> float:
    """Wait until a text is in the database; seconds since now."""
    begun = time.monotonic()
    while time.monotonic() - begun < 2 * MOST_LOST:
        row = KeptText.objects.first()
        if row is not None and row.fields.get(box) == [text]:
            return time.monotonic() - begun
        page.wait_for_timeout(100)
    raise AssertionError(f"{text!r} was not kept: {KeptText.objects.values_list('fields', flat=True)}")


@pytest.mark.parametrize(
    ("name", "args", "box"),
    [
        pytest.param("additional-needs", (), "additional_needs", id="a question"),
        pytest.param("risk_edit", (), "suicide", id="all eight boxes"),
        pytest.param("risk_section", ("suicide",), "text", id="one section"),
    ],
)
def test_typed_text_is_kept_within_five_seconds_and_offered_after_a_crash(
    me: Visitor, practitioner: Practitioner, name: str, args: tuple[str, ...], box: str
) -> None:
    url = practitioner.address(name, *args)
    me.opens(url)
    area = me.page.locator(f"textarea[name={box}]")
    area.fill("")
    area.press_sequentially("Typed, and never saved.")
    assert _kept(me.page, box, "Typed, and never saved.") <= MOST_LOST
    expect(_status(me.page)).to_contain_text(KEPT)
    me.looks()

    me.page.close(run_before_unload=False)
    me.page = me.context.new_page()
    me.opens(url).looks()
    assert "What you typed here earlier was not saved" in me.main
    assert me.page.locator(f"textarea[name={box}]").input_value() == "Typed, and never saved."

    me.presses("Discard unsaved text")
    assert "What you typed here earlier" not in me.main
    assert not KeptText.objects.exists()


def test_somebody_who_never_pauses_is_kept_too(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("additional-needs"))
    area = me.page.locator("textarea[name=additional_needs]")
    begun = time.monotonic()
    while not KeptText.objects.exists():
        area.press_sequentially("word ", delay=60)
        assert time.monotonic() - begun < 2 * MOST_LOST
    typed = area.input_value()
    assert len(typed) - len(KeptText.objects.get().fields["additional_needs"][0]) < len(typed)


def test_saving_at_once_leaves_nothing_behind(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("additional-needs"))
    area = me.page.locator("textarea[name=additional_needs]")
    area.press_sequentially("Typed.")
    _kept(me.page, "additional_needs", "Typed.")
    area.press_sequentially(" And saved.")
    me.presses("Save and continue")

    assert practitioner.draft.additional_needs == "Typed. And saved."
    assert not KeptText.objects.exists()


def test_both_tabs_are_kept_and_saving_shows_both_texts(me: Visitor, practitioner: Practitioner) -> None:
    url = practitioner.address("additional-needs")
    me.opens(url)
    other = me.context.new_page()
    other.goto(url)
    other.locator("textarea[name=additional_needs]").press_sequentially("In the other tab.")
    _kept(other, "additional_needs", "In the other tab.")

    me.page.bring_to_front()
    me.page.locator("textarea[name=additional_needs]").press_sequentially("In this tab.")
    expect(_status(me.page)).to_contain_text(
        "Something else was typed on this page, in another tab or before"
    )
    me.looks()

    typing = me.page
    me.page = me.context.new_page()
    me.opens(url).looks()
    assert "Also typed on this page at" in me.main
    assert "In the other tab." in me.main
    me.page = typing

    me.presses("Save and continue", 409).looks()
    assert "Also typed on this page at" in me.main
    me.presses("Save and continue")
    assert practitioner.draft.additional_needs == "In this tab."


def test_it_says_so_when_nothing_can_be_kept(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("additional-needs"))
    me.context.route("**/kept-text", lambda route: route.abort("blockedbyclient"))
    me.page.locator("textarea[name=additional_needs]").press_sequentially("Typed.")
    expect(_status(me.page)).to_contain_text("Not saved as you type: the service is not responding")
    me.looks()
    me.faults = [fault for fault in me.faults if "/kept-text" not in fault]

    me.context.unroute("**/kept-text")
    _kept(me.page, "additional_needs", "Typed.")  # it tries again by itself
    expect(_status(me.page)).to_contain_text(KEPT)


@pytest.mark.parametrize(
    ("name", "args", "box"),
    [
        pytest.param("interpreter", (), "interpreter_language", id="a language"),
        pytest.param("practitioner_change", ("name",), "practitioner_name", id="a name"),
        pytest.param("completion-date", (), "completion_date_day", id="a date"),
    ],
)
def test_boxes_of_one_line_are_kept_too(
    me: Visitor, practitioner: Practitioner, name: str, args: tuple[str, ...], box: str
) -> None:
    practitioner.answers_where()
    me.opens(practitioner.address(name, *args))
    if name == "interpreter":
        me.chooses("Yes")
    area = me.page.locator(f"input[name={box}]")
    area.fill("")
    area.press_sequentially("12")
    assert _kept(me.page, box, "12") <= MOST_LOST


def test_choices_alone_are_not_kept(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("allocation"))
    me.page.locator("input[type=radio]").first.check()
    me.page.wait_for_timeout(4_000)
    assert not KeptText.objects.exists()


def test_what_is_typed_before_the_script_is_there_is_kept(me: Visitor, practitioner: Practitioner) -> None:
    held: list[Any] = []
    me.context.route("**/autosave*.js", lambda route: held.append(route))
    me.opens(practitioner.address("additional-needs"))
    me.page.locator("textarea[name=additional_needs]").fill("Typed at once.")
    while not held:
        me.page.wait_for_timeout(50)
    held[0].continue_()

    assert _kept(me.page, "additional_needs", "Typed at once.") <= MOST_LOST


def test_after_saving_was_stopped_typing_is_kept(me: Visitor, practitioner: Practitioner) -> None:
    # Given a page that was sent, whose answer does not come, so that its user stops the browser
    url = practitioner.address("additional-needs")
    me.opens(url)
    area = me.page.locator("textarea[name=additional_needs]")
    me.context.route(f"**{url}", lambda route: route.abort("aborted"))
    area.press_sequentially("Typed and sent.")
    me.page.get_by_role("button", name="Save and continue").click()
    assert _kept(me.page, "additional_needs", "Typed and sent.") <= MOST_LOST  # kept before it was sent

    # When they type on
    area.press_sequentially(" And on.")

    # Then it is kept
    assert _kept(me.page, "additional_needs", "Typed and sent. And on.") <= MOST_LOST
    expect(_status(me.page)).to_contain_text(KEPT)


def test_a_page_that_cannot_reach_the_service_stays(me: Visitor, practitioner: Practitioner) -> None:
    url = practitioner.address("additional-needs")
    me.opens(url)
    area = me.page.locator("textarea[name=additional_needs]")
    me.context.set_offline(True)
    area.press_sequentially("Typed without a connection.")
    me.page.get_by_role("button", name="Save and continue").click()

    expect(_status(me.page)).to_contain_text("Not saved: the service does not answer. Stay on this page")
    expect(area).to_have_value("Typed without a connection.")
    assert me.page.url.endswith(url)
    me.faults = [fault for fault in me.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    me.looks()

    me.context.set_offline(False)
    me.page.wait_for_timeout(1_100)  # GOV.UK Frontend takes a second press for a double click
    me.presses("Save and continue")
    assert practitioner.draft.additional_needs == "Typed without a connection."
    assert not KeptText.objects.exists()


def test_a_page_that_is_too_old_to_keep_text_says_so_and_shows_it(
    me: Visitor, practitioner: Practitioner, monkeypatch: pytest.MonkeyPatch
) -> None:
    me.opens(practitioner.address("additional-needs"))
    monkeypatch.setattr("accounts.kept_text.keeping.Author.of", _too_old(Author.of))
    WebSession.objects.all().delete()
    me.page.locator("textarea[name=additional_needs]").press_sequentially("Typed on an old page.")
    expect(_status(me.page)).to_contain_text("what you type here cannot be kept")
    me.faults = [fault for fault in me.faults if not fault.endswith("/kept-text: 403")]
    me.looks()

    me.presses("Save and continue", 403).looks()
    assert me.heading == "You are signed out"
    assert "Typed on an old page." in me.main


def _too_old(of: Callable[..., Any]) -> Callable[..., Any]:
    """Tokens that hold only where their age does not matter."""
    return lambda posted, max_age=GOOD_FOR: of(posted, max_age=None) if max_age is None else None


def test_an_answer_that_takes_text_with_it_asks_first(me: Visitor, practitioner: Practitioner) -> None:
    # Given text under an answer, and another answer chosen
    me.opens(practitioner.address("responsibilities")).chooses("Yes")
    me.page.locator("textarea[name=when_unavailable]").fill("Weekday mornings.")
    me.presses("Save and continue")
    me.opens(practitioner.address("responsibilities")).chooses("No")

    # When it is saved, the page asks
    me.presses("Save and continue").looks()
    assert me.heading == "Are you sure you want to change this answer?"
    assert "Weekday mornings." in me.main

    # Then it can be kept
    me.presses("Keep my answers").looks()
    assert "You typed this, then chose another answer" in me.main
    me.chooses("Yes")
    expect(me.page.locator("textarea[name=when_unavailable]")).to_have_value("Weekday mornings.")
    me.chooses("No")

    # Or deleted
    me.presses("Save and continue")
    me.presses("Change the answer and delete these")
    assert practitioner.draft.has_responsibilities is False


def test_text_is_shown_where_its_page_takes_none_any_more(
    visitor: Visitors, personas: dict[str, User]
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = ReceivedReferral.objects.unscoped().get(pk=sent.received_id)
    question = _with_a_question(case, personas["sp.caseworker"])
    url = reverse("referrals:answer_question", args=[sent.pk, question.pk])
    me = visitor().signs_in("pp").opens(url)
    me.page.locator("textarea[name=answer]").press_sequentially("Typed too late.")
    _kept(me.page, "answer", "Typed too late.")
    answer_question(
        received=case, question_id=question.pk, by=personas["pp.colleague"], answer="First.", correction_follows=False
    )  # fmt: skip

    me.opens(url).looks()
    assert "Typed too late." in me.main
    me.clicks(me.page.get_by_role("button", name="Continue"))
    assert me.page.url.endswith("/questions")
    me.opens(url).presses("Delete what you typed")
    assert me.page.url.endswith("/questions")
    assert not KeptText.objects.exists()


def _with_a_question(case: ReceivedReferral, caseworker: User) -> Question:
    with_conversation(assigned(case, to=caseworker))
    found: Question = Question.objects.unscoped().get()
    return found


def test_what_is_typed_after_the_end_of_the_web_session_is_kept(
    me: Visitor, practitioner: Practitioner
) -> None:
    me.opens(practitioner.address("additional-needs"))
    WebSession.objects.all().delete()
    me.page.locator("textarea[name=additional_needs]").press_sequentially("Typed after the end.")
    expect(_status(me.page)).to_contain_text("You are signed out. We have kept what you typed.")
    me.looks()

    me.clicks(_status(me.page).get_by_role("link", name="Sign in and continue"))
    assert me.heading == "Sign in"
    me.clicks(me.page.locator("button[name=account][value=pp]"))
    assert me.page.locator("textarea[name=additional_needs]").input_value() == "Typed after the end."


@pytest.fixture
def short(settings: Any) -> None:
    """A web session that is nearly at its end when a page has been open for two seconds."""
    settings.SESSION_COOKIE_AGE = 122
    settings.WEB_SESSION_WARNING = 120


@pytest.mark.usefixtures("short")
def test_a_warning_comes_before_the_end_and_the_keyboard_stays_signed_in(
    me: Visitor, practitioner: Practitioner
) -> None:
    me.opens(practitioner.address("tasks"))
    dialog = me.page.get_by_role("alertdialog", name="You will soon be signed out")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You will be signed out in 2 minutes")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    me.looks()
    WebSession.objects.filter(expire_date__gt=timezone.now()).update(
        expire_date=timezone.now() + timedelta(seconds=60)
    )

    me.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert WebSession.objects.latest("expire_date").expire_date > timezone.now() + timedelta(seconds=100)

    expect(dialog).to_be_visible()  # again, when nothing was done
    me.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_near_the_end_that_nothing_puts_off_the_warning_says_so_once(
    me: Visitor, practitioner: Practitioner, settings: Any
) -> None:
    settings.WEB_SESSION_LIFETIME = 122
    settings.WEB_SESSION_WARNING = 120
    me.context.clear_cookies()
    me.signs_in("pp").opens(practitioner.address("tasks"))
    dialog = me.page.get_by_role("alertdialog", name="You will soon be signed out")
    expect(dialog).to_contain_text("Save what you are doing before then")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_hidden()
    me.looks()

    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_hidden()
    me.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    me.page.wait_for_timeout(2_000)
    expect(dialog).to_be_hidden()  # its reader knows

    WebSession.objects.all().delete()
    me.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(me.page.get_by_role("alertdialog", name="You have been signed out")).to_be_visible()


@pytest.mark.usefixtures("short")
def test_another_tab_that_is_used_counts(me: Visitor, practitioner: Practitioner, settings: Any) -> None:
    me.opens(practitioner.address("tasks"))
    settings.SESSION_COOKIE_AGE = 7200
    WebSession.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))  # use counts once a minute
    me.page.request.get(practitioner.address("tasks"))
    me.page.wait_for_timeout(4_000)
    expect(me.page.locator("dialog")).to_be_hidden()


@pytest.mark.usefixtures("short")
def test_after_the_end_the_page_says_so(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("additional-needs"))
    me.page.locator("textarea[name=additional_needs]").press_sequentially("Typed before the end.")
    _kept(me.page, "additional_needs", "Typed before the end.")
    expect(me.page.get_by_role("alertdialog", name="You will soon be signed out")).to_be_visible()
    WebSession.objects.all().delete()
    me.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    ended = me.page.get_by_role("alertdialog", name="You have been signed out")
    expect(ended).to_be_visible()
    expect(ended.get_by_role("button", name="Sign in and continue")).to_be_focused()
    me.looks()

    with me.page.expect_navigation():
        me.page.keyboard.press("Enter")
    me.clicks(me.page.locator("button[name=account][value=pp]"))
    assert me.page.locator("textarea[name=additional_needs]").input_value() == "Typed before the end."


def test_without_scripts_nothing_is_different(visitor: Visitors, practitioner: Practitioner) -> None:
    me = visitor(scripts=False).signs_in("pp").opens(practitioner.address("additional-needs"))
    expect(me.page.locator("dialog")).to_be_hidden()
    me.page.locator("textarea[name=additional_needs]").fill("Typed without scripts.")
    me.presses("Save and continue").looks()
    assert practitioner.draft.additional_needs == "Typed without scripts."
    assert not KeptText.objects.exists()


def test_nobody_is_watched_who_is_not_signed_in(visitor: Visitors) -> None:
    me = visitor().opens("/sign-in")
    assert me.page.locator("dialog").count() == 0


def test_nothing_is_stored_in_the_browser(me: Visitor, practitioner: Practitioner) -> None:
    me.opens(practitioner.address("additional-needs"))
    me.page.locator("textarea[name=additional_needs]").press_sequentially("Typed.")
    _kept(me.page, "additional_needs", "Typed.")

    assert me.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert me.page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    assert {cookie["name"] for cookie in me.context.cookies()} == {"sessionid", "csrftoken", "knowndevice"}


# --- Leaving by a link, on both sides -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "box", "link"),
    [
        pytest.param("pp", "body", "Back", id="practitioner's case note"),
        pytest.param("sp.caseworker", "body", "Back", id="service provider's case note"),
    ],
)
def test_text_left_by_a_link_at_once_is_offered_back(
    visitor: Visitors, personas: dict[str, User], person: str, box: str, link: str
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    assigned(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"])
    side, key = ("referrals", sent.pk) if person == "pp" else ("monitoring", sent.received_id)
    url = reverse(f"{side}:add_case_note", args=[key])
    me = visitor().signs_in(person)
    me.opens(url)
    me.page.locator(f"textarea[name={box}]").fill("Typed, then left by a link.")

    me.page.get_by_role(
        "link", name=link, exact=True
    ).first.click()  # within the two seconds before it is kept
    me.page.wait_for_url(lambda address: address.endswith("case-notes"))

    me.opens(url)
    expect(me.page.locator(f"textarea[name={box}]")).to_have_value("Typed, then left by a link.")
    assert "What you typed here earlier was not saved." in me.main
    me.looks()
