"""Cases in lists, in one person's hands and in figures, for both sides: accessible in every state, and without scripts.

Plans, reports and pauses as they are written are in ``test_delivering``, appointments in ``test_appointments``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Route

from accounts.models import User
from interventions.models import Contract
from monitoring.actions.make_performance_report import make_in_background
from monitoring.models import PerformanceReport, ReceivedReferral, Stage
from referrals.models import Referral
from tests.browser.visitor import PHONE, Visitor
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import many_received
from tests.factories.monitoring_delivery import assigned, at_stage, with_assessment_arranged
from tests.factories.monitoring_work import a_ready_report, delivered, ended, reported_on
from tests.factories.referrals import ACCOMMODATION, a_sent_referral

Visitors = Callable[..., Visitor]
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
LISTS = ("mine", "unassigned", "open", "completed", "cancelled")
ONE_LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


def _untouched(case: ReceivedReferral, _caseworker: User) -> ReceivedReferral:
    return case


def _waiting_for_feedback(case: ReceivedReferral, caseworker: User) -> ReceivedReferral:
    return with_assessment_arranged(assigned(case, to=caseworker))


#: How far a case is, and whether it has ended.
STATES = [
    pytest.param(_untouched, False, id="new"),
    pytest.param(_waiting_for_feedback, False, id="waits for feedback"),
    pytest.param(delivered, False, id="delivering"),
    pytest.param(reported_on, False, id="reporting"),
    pytest.param(ended, True, id="ended"),
]


@pytest.fixture
def referral(transactional_db: None, personas: dict[str, User]) -> Referral:
    """Sent a month ago; nobody has it yet."""
    referral = a_sent_referral(personas["pp"])
    then = timezone.now() - timedelta(days=30)
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    rows.update(sent_at=then, received_at=then)
    return referral


@pytest.fixture
def contract(transactional_db: None, personas: dict[str, User]) -> Contract:
    """With a case at every stage, and three that are the demo caseworker’s; its manager can see them too."""
    contract = Contract.objects.get(reference=ACCOMMODATION)
    for stage in Stage:
        at_stage(stage, contract=contract)
    for _ in range(3):
        assigned(at_stage(Stage.ASSIGN, contract=contract), to=personas["sp.caseworker"])
    return contract


def _case(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


def _supplier(referral: Referral, name: str, *args: object) -> str:
    return reverse(f"monitoring:{name}", args=[referral.received_id, *args])


def _practitioner(referral: Referral, name: str, *args: object) -> str:
    return reverse(f"referrals:{name}", args=[referral.pk, *args])


def _list(which: str) -> str:
    return reverse("monitoring:case_list", args=[which])


# --- Lists


def test_lists_of_cases(visitor: Visitors, contract: Contract) -> None:
    me = visitor().signs_in("sp.caseworker").looks()
    for which in LISTS:
        me.opens(_list(which)).looks()
    me.opens(f"{_list('open')}?overdue=YES").looks()
    assert me.page.get_by_role("link", name="Remove filter Only overdue cases").is_visible()
    me.opens(f"{_list('open')}?stage={Stage.PLAN.value}&sort=-received").looks()
    me.opens(f"{_list('mine')}?stage={Stage.REPORT.value}").looks()
    assert "No cases match these filters." in me.main
    many_received(contract, 60)
    me.opens(f"{_list('unassigned')}?page=2").looks()


@BOTH
def test_a_list_on_a_phone_is_blocks_of_lines_with_the_sorts_above(
    visitor: Visitors, contract: Contract, scripts: bool
) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker").opens(_list("open"))
    me.page.set_viewport_size({"width": PHONE, "height": 900})
    box = me.page.locator(".rm-scroll").first
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), "nothing to scroll to the side for"
    assert me.page.get_by_role("link", name="Due", exact=True).is_visible()
    assert not me.page.get_by_role("columnheader", name="Next step").locator("a").count()

    me.follows("Due")

    me.page.set_viewport_size({"width": PHONE, "height": 900})
    assert me.page.get_by_role("columnheader", name="Due").get_attribute("aria-sort") == "ascending"
    me.looks()


def test_lists_with_nothing_in_them(visitor: Visitors) -> None:
    me = visitor().signs_in("sp.caseworker")
    for which in LISTS:
        me.opens(_list(which)).looks()
    manager = visitor().signs_in("sp.manager")
    manager.opens(reverse("monitoring:by_caseworker")).looks()


@BOTH
def test_searching_in_a_list(visitor: Visitors, contract: Contract, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker").opens(_list("open"))
    me.presses("Search", 422).looks()
    me.fills("Search this list", "r").presses("Search", 422).looks()
    me.fills("Search this list", "river").presses("Search").looks()
    assert "cases found for “river”" in me.main
    me.follows("Remove filter Search: river").fills("Search this list", ONE_LONG_WORD).presses(
        "Search"
    ).looks()
    assert "no matching cases in your other lists" in me.main
    me.opens(_list("cancelled")).fills("Search this list", "River")
    ReceivedReferral.objects.unscoped().filter(stage=Stage.CANCELLED).update(stage=Stage.COMPLETED)
    me.presses("Search").looks()
    assert "There are matching cases in other lists" in me.main


def test_cases_by_caseworker(visitor: Visitors, contract: Contract) -> None:
    caseworker_on(contract, first_name=ONE_LONG_WORD, last_name="Jones")
    manager = visitor().signs_in("sp.manager").opens(reverse("monitoring:by_caseworker")).looks()
    manager.follows("Not assigned").looks()
    caseworker = visitor().signs_in("sp.caseworker")
    caseworker.opens(reverse("monitoring:by_caseworker"), 403).looks()


# --- Who has a case


@BOTH
def test_assigning_a_case_and_changing_who_has_it(
    visitor: Visitors, referral: Referral, personas: dict[str, User], scripts: bool
) -> None:
    me = visitor(scripts=scripts).signs_in("sp.manager")
    me.opens(_supplier(referral, "referral_details")).follows("Assign a caseworker").looks()
    me.presses("Continue", 422).looks()
    me.chooses(personas["sp.caseworker"].display_name).presses("Continue").looks()
    me.presses("Confirm caseworker").looks()
    assert me.heading == "Caseworker assigned"

    me.follows("Go to the case").looks().follows("Change the caseworker").looks()
    me.chooses(personas["sp.manager"].display_name).presses("Continue").looks()
    somebody = caseworker_on(_case(referral).contract)
    _case(referral).assignments.update(superseded_at=timezone.now())
    assigned(_case(referral), to=somebody, at=timezone.now())
    me.presses("Confirm caseworker", 409).looks()

    me.opens(_supplier(referral, "choose_caseworker")).looks()
    me.chooses(personas["sp.caseworker"].display_name).presses("Continue")
    User.objects.filter(username="sp.caseworker").update(is_active=False)
    me.presses("Confirm caseworker", 422).looks()


def test_choosing_among_many_and_among_nobody(visitor: Visitors, referral: Referral) -> None:
    for _ in range(12):
        caseworker_on(_case(referral).contract)
    me = visitor().signs_in("sp.manager").opens(_supplier(referral, "choose_caseworker")).looks()
    me.presses("Continue", 422).looks()
    User.objects.filter(memberships__isnull=False).exclude(username="sp.manager").update(is_active=False)
    assigned(_case(referral), to=User.objects.get(username="sp.manager"))
    me.opens(_supplier(referral, "choose_caseworker")).looks()
    assert "No one else in your organisation can see cases" in me.main


# --- How a case stands


@pytest.mark.parametrize(("gets", "has_ended"), STATES)
def test_the_pages_of_a_case_for_both_sides(
    visitor: Visitors,
    referral: Referral,
    personas: dict[str, User],
    gets: Callable[[ReceivedReferral, User], ReceivedReferral],
    has_ended: bool,
) -> None:
    gets(_case(referral), personas["sp.caseworker"])
    me = visitor().signs_in("sp.caseworker")
    for name in ("progress", "referral_details", "action_plan", "end_of_service_report", "pauses"):
        me.opens(_supplier(referral, name)).looks()
    me.opens(_supplier(referral, "questions")).looks()
    assert ("Ask a question" in me.main) != has_ended
    you = visitor().signs_in("pp")
    you.opens(reverse("referrals:cases")).looks()
    for name in ("case_progress", "case", "same_person", "case_action_plan", "case_pauses", "case_openings"):
        you.opens(_practitioner(referral, name)).looks()
    report = _practitioner(referral, "case_end_of_service_report")
    you.opens(report, 200 if has_ended else 404).looks()


def test_what_an_ended_case_refuses(visitor: Visitors, referral: Referral, personas: dict[str, User]) -> None:
    ended(_case(referral), personas["sp.caseworker"])
    me = visitor().signs_in("sp.caseworker")
    for name in ("ask_question", "choose_caseworker"):
        me.opens(_supplier(referral, name), 403).looks()
    visitor().signs_in("pp").opens(_practitioner(referral, "end_case"), 403).looks()


def test_who_opened_what_was_shared(visitor: Visitors, referral: Referral) -> None:
    you = visitor().signs_in("pp").opens(_practitioner(referral, "case_openings")).looks()
    assert "No one has opened it yet" in you.main
    visitor().signs_in("sp.caseworker").opens(_supplier(referral, "referral_details"))
    you.opens(_practitioner(referral, "case_openings")).looks()
    assert "No one has opened it yet" not in you.main


def test_the_disclosure_record(visitor: Visitors, referral: Referral) -> None:
    visitor().signs_in("sp.caseworker").opens(_supplier(referral, "referral_details"))
    you = visitor().signs_in("pp").opens(_practitioner(referral, "case")).looks()
    you.follows("View the disclosure record (Sharing risk information)").looks()
    assert "Opened by the service provider" in you.main
    assert "Shared with the service provider" in you.main
    you.follows("View the disclosure record for all referrals of this person").looks()
    assert "Disclosure record for this person" in you.main
    you.page.emulate_media(media="print")
    assert not you.page.get_by_role("link", name="Download the disclosure record").is_visible()
    assert you.page.get_by_text("Opened by the service provider").first.is_visible()


# --- What the sides say to each other


@BOTH
@pytest.mark.parametrize("side", ["supplier", "practitioner"])
def test_writing_and_reading_case_notes(
    visitor: Visitors, referral: Referral, side: str, scripts: bool
) -> None:
    address = _supplier if side == "supplier" else _practitioner
    me = visitor(scripts=scripts).signs_in("sp.caseworker" if side == "supplier" else "pp")
    me.opens(address(referral, "case_notes")).looks().presses("Add a case note").looks()
    me.presses("Continue", 422).looks()
    me.fills("Subject", ONE_LONG_WORD).fills("Case note", f"{ONE_LONG_WORD}\n\n" + "Saw a flat. " * 100)
    me.chooses("Yes").presses("Continue").looks()
    me.presses("Change").looks().presses("Continue").presses("Add the case note").looks()
    assert "The case note was added." in me.main
    me.follows(ONE_LONG_WORD).looks()
    assert me.heading == "Case note"


@BOTH
def test_asking_and_answering(visitor: Visitors, referral: Referral, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker")
    me.opens(_supplier(referral, "questions")).looks().presses("Ask a question").looks()
    me.presses("Send the question", 422).looks()
    me.page.get_by_label("Which part of the referral is it about?").select_option(index=1)
    me.page.locator("input[name=kind]").first.check()
    me.fills("Your question", f"Since when? {ONE_LONG_WORD}").presses("Send the question").looks()

    you = visitor(scripts=scripts).signs_in("pp")
    you.opens(_practitioner(referral, "case_progress")).looks()
    you.opens(_practitioner(referral, "case_questions")).looks()
    you.clicks(you.page.get_by_role("link", name="Answer").last).looks()
    you.presses("Send answer", 422).looks()
    other = visitor(scripts=scripts).signs_in("pp").opens(you.page.url)
    you.fills("Your answer", "Since January.").chooses("I will share a corrected version of this information")
    you.presses("Send answer").looks()
    other.fills("Your answer", "Since February.").presses("Send answer", 409).looks()
    me.opens(_supplier(referral, "questions")).looks()
    assert "Since January." in me.main


@BOTH
def test_a_question_whose_answer_never_arrived_and_that_was_changed_meanwhile(
    visitor: Visitors, referral: Referral, scripts: bool
) -> None:
    me = visitor(scripts=scripts).signs_in("sp.caseworker").opens(_supplier(referral, "ask_question"))
    me.page.get_by_label("Which part of the referral is it about?").select_option(index=1)
    me.page.locator("input[name=kind]").first.check()
    me.fills("Your question", "First words.")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("aborted")

    me.page.route("**/questions/ask", lose, times=1)
    with me.page.expect_event("requestfailed"):
        me.page.get_by_role("button", name="Send the question").click()
    me.page.wait_for_timeout(1_500)  # a second click within a second is a double click
    me.fills("Your question", f"Second words. {ONE_LONG_WORD}").presses("Send the question", 409).looks()

    assert "First words." in me.main
    assert "Second words." in me.main
    me.follows("Open the page again").looks()
    assert me.page.get_by_label("Your question").input_value().startswith("Second words.")
    me.presses("Send the question")
    assert "First words." in me.main
    assert "Second words." in me.main


# --- Figures


def test_figures_with_charts(visitor: Visitors, contract: Contract) -> None:
    me = visitor().signs_in("sp.manager").opens(reverse("monitoring:reporting")).looks()
    assert me.page.locator("svg").count() >= 2


@BOTH
def test_asking_for_a_performance_report(
    visitor: Visitors,
    referral: Referral,
    personas: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
    scripts: bool,
) -> None:
    monkeypatch.setattr(make_in_background, "delay", lambda *_: None)
    me = visitor(scripts=scripts).signs_in("sp.manager")
    me.opens(reverse("monitoring:performance_reports")).looks()
    me.presses("Request the report", 422).looks()
    today = timezone.localdate()
    for first, day in (("from_date", today - timedelta(days=60)), ("to_date", today)):
        boxes = me.page.locator(f"input[name^={first}]")
        for place, number in enumerate((day.day, day.month, day.year)):
            boxes.nth(place).fill(str(number))
    me.presses("Request the report").looks()
    assert "We are preparing your report" in me.main

    report = a_ready_report(personas["sp.manager"])
    me.opens(reverse("monitoring:performance_report", args=[report.pk])).looks()
    assert "Download the report" in me.main
    for state in (PerformanceReport.State.FAILED, PerformanceReport.State.EXPIRED):
        PerformanceReport.objects.unscoped().filter(pk=report.pk).update(state=state)
        me.opens(reverse("monitoring:performance_report", args=[report.pk])).looks()
    me.opens(reverse("monitoring:performance_reports")).looks()
