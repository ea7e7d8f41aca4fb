"""Every page, in every state that it can be in: accessible, valid, and readable on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.emails import send_link
from interventions.models import Contract
from monitoring.models import ReceivedReferral
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.presenters import task_list
from tests.browser import prepared
from tests.browser.visitor import Visitor
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

Visitors = Callable[..., Visitor]
AsPersona = Callable[[str], Client]

PUBLIC = (
    "/sign-in",
    "/demo/emails",
    "/accessibility-statement",
    "/cookies",
    "/privacy",
    "/feedback",
    "/feedback/thank-you",
)
#: With levels in custody, no record, none in the window, holes, other scripts, names, one text for two sections, OASys
#: refusing, unreadable, incomplete.
RISK_PEOPLE = (
    "X980002",
    "X980003",
    "X980004",
    "X980006",
    "X980008",
    "X980010",
    "X980011",
    "X980022",
    "X980031",
    "X980032",
)
LEAVE_EVERYTHING_WRONG = """() => {
  for (const box of document.querySelectorAll("main input, main textarea")) {
    if (box.type === "radio" || box.type === "checkbox") box.checked = false;
    else if (box.tagName === "TEXTAREA") box.value = "x".repeat(4001);
    else if (box.type !== "hidden") box.value = "";
  }
}"""


def test_pages_for_anyone(visitor: Visitors, settings: Any) -> None:
    me = visitor()
    for address in PUBLIC:
        me.opens(address).looks()
    me.opens("/feedback").presses("Send feedback", 422).looks()
    me.opens("/sign-in").presses("Sign in", 422).looks()
    settings.AXES_FAILURE_LIMIT = 2
    for status in (422, 429):
        me.opens("/sign-in").fills("User name", "pp").fills("Password", "wrong")
        me.presses("Sign in", status).looks()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_emails_of_the_demo(visitor: Visitors, settings: Any, tmp_path: Path, scripts: bool) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    for number in range(21):
        send_link("pp@example.com", subject=f"Case {number}", sentence="x" * 500, address=f"/cases/{number}")
    me = visitor(scripts=scripts).opens("/demo/emails").looks().follows("Next page").looks()
    assert "Showing 21 to 21 of 21 emails" in me.main


@pytest.mark.parametrize("persona", ["pp", "sp.caseworker", "admin"])
def test_ones_own_account(visitor: Visitors, persona: str) -> None:
    there, me = visitor().signs_in(persona), visitor().signs_in(persona)
    me.opens("/your-account").looks()
    assert "You are here" in me.main
    me.presses("Sign out there").looks()
    assert "You are signed out there." in me.main
    assert there.opens("/your-account").heading == "Sign in"

    me.follows("Change your password").looks()
    me.presses("Change password", 422).looks()
    me.fills("Current password", "wrong").fills("New password", "a longer pass phrase")
    me.presses("Change password", 422).looks()
    me.fills("Current password", "refer-and-monitor").fills("New password", "a longer pass phrase")
    me.presses("Change password").looks()
    assert "You have changed your password" in me.main


@pytest.mark.parametrize(
    ("persona", "address", "status"),
    [
        pytest.param("pp", "/fails/denied", 403, id="not allowed"),
        pytest.param("pp", "/no-such-page", 404, id="not there"),
        pytest.param("pp", "/fails/suspicious", 400, id="not understood"),
        pytest.param("pp", "/fails/broken", 500, id="broken"),
        pytest.param("sp.caseworker", "/no-such-page", 404, id="not there for a supplier"),
        pytest.param(None, "/no-such-page", 404, id="not there for anybody"),
    ],
)
def test_error_pages(
    visitor: Visitors, settings: Any, persona: str | None, address: str, status: int
) -> None:
    settings.ROOT_URLCONF = "tests.refer_monitor.addresses"
    me = visitor()
    if persona:
        me.signs_in(persona)
    me.opens(address, status).looks()


def test_the_catalogue_and_the_start_of_a_referral(visitor: Visitors) -> None:
    me = visitor().signs_in("pp")
    me.looks()
    me.opens(reverse("interventions:find")).looks()
    for contract in Contract.objects.open_on(timezone.localdate()):
        me.opens(reverse("interventions:detail", args=[contract.pk])).looks(thoroughly=False)
    me.looks()
    start = reverse("referrals:start", args=[Contract.objects.get(reference="DEMO_0003").pk])
    me.opens(start).looks()
    for crn in ("", "123", "X999999"):
        me.opens(start).fills("What is the person’s CRN?", crn).presses("Continue", 422).looks()
    me.opens(start).fills("What is the person’s CRN?", "X980010").presses("Continue").looks()
    assert "men" in me.main
    closed = Contract.objects.get(reference="DEMO_0011")
    me.opens(reverse("referrals:start", args=[closed.pk]), 410).looks()
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius"))
    me.opens(start).fills("What is the person’s CRN?", "X980001").presses("Continue", 422).looks()


def test_services_that_are_looked_for(visitor: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    me = visitor().signs_in("pp")
    find = reverse("interventions:find")
    assert me.opens(find).page.get_by_label("Words", exact=True).is_visible()  # beside the services
    me.chooses("West Yorkshire", "Humberside", "Accommodation").fills("Age of the person", "30")
    me.presses("Show services").looks()
    assert "area=humberside&area=west-yorkshire" in me.page.url
    assert "match your filters" in me.main
    me.follows("Remove filter Police area: Humberside").follows("Provider").looks(thoroughly=False)
    me.fills("Age of the person", "old").presses("Show services", 422).looks()
    me.opens(f"{find}?area=atlantis&words=quettlebaum").looks()
    assert me.follows("Clear all filters").page.url.endswith(find)
    monkeypatch.setattr("interventions.finding.page.SERVICES_A_PAGE", 3)
    me.opens(f"{find}?page=2").looks()
    me.opens(reverse("interventions:detail", args=[Contract.objects.get(reference="DEMO_0010").pk])).looks()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_filters_fold_away_on_a_phone(visitor: Visitors, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("pp")
    me.page.set_viewport_size({"width": 400, "height": 900})
    me.opens(reverse("interventions:find"))
    words = me.page.get_by_label("Words", exact=True)
    first = me.page.locator(".rm-service h2 a").first

    assert not words.is_visible()
    assert first.bounding_box()["y"] < 900  # type: ignore[index]  # the services begin on the first screen
    me.page.locator(".rm-filters summary").click()
    assert words.is_visible()
    words.fill("women")
    me.presses("Show services")
    assert me.page.locator(".rm-service h2 a").count() == 2


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_person_to_the_draft(visitor: Visitors, as_persona: AsPersona, scripts: bool) -> None:
    prepared.draft(as_persona, "X980010")
    prepared.sent(as_persona, "X980010")
    me = visitor(scripts=scripts).signs_in("pp").follows("Find a service for a person").looks()
    me.presses("Continue", 422).looks()
    me.fills("What is the person’s CRN?", "x980010").presses("Continue").looks()
    me.presses("Yes, find a service").looks()
    assert "Services that fit" in me.main
    if not scripts:
        me.opens(f"{me.page.url}?words=wales").looks()
    me.opens(f"{me.page.url.partition('?')[0]}?words=home+west").looks()
    me.follows("Finding and keeping a home in West Yorkshire").looks()
    me.presses("Start the referral").looks()
    assert me.heading == "Make a referral"
    assert "Continue that draft" in me.main


#: How many lines each card has, as the browser breaks them.
LINES_OF_CARDS = """cards => cards.map((card) => [...card.children].reduce((lines, part) =>
  lines + Math.round(part.getBoundingClientRect().height / parseFloat(getComputedStyle(part).lineHeight)), 0))"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("crn", ["X980010", "X980001"], ids=["a woman", "a man with most needs"])
def test_services_are_compact_cards(
    visitor: Visitors, as_persona: AsPersona, crn: str, scripts: bool
) -> None:
    prepared.draft(as_persona, crn)
    me = visitor(scripts=scripts).signs_in("pp").opens(reverse("referrals:find_person"))
    me.fills("What is the person’s CRN?", crn).presses("Continue").presses("Yes, find a service").looks()
    cards = me.page.locator(".rm-service")

    assert cards.count() == 13
    assert max(cards.evaluate_all(LINES_OF_CARDS)) <= 5
    assert me.height < 3_200  # it was 9,679 with every fact of every service
    me.page.set_viewport_size({"width": 400, "height": 900})
    assert me.height < 4_000  # it was 13,984
    me.page.get_by_role("link", name="Services that may not fit (9)").click()
    assert me.page.locator("#may-not-fit").bounding_box()["y"] < 900  # type: ignore[index]


def test_a_draft_whose_service_has_ended(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.ready(as_persona, "X980001")
    Contract.objects.filter(pk=practitioner.draft.contract_id).update(
        closes_on=timezone.localdate() - timedelta(days=1), allows_male=False
    )
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("resume")).looks()
    me.opens(practitioner.address("check_answers")).looks()


def test_a_person_whose_record_is_closed_to_the_practitioner(visitor: Visitors) -> None:
    me = visitor().signs_in("pp.barred")
    start = reverse("referrals:start", args=[Contract.objects.get(reference="DEMO_0001").pk])
    me.opens(start).fills("What is the person’s CRN?", "X980017").presses("Continue", 403).looks()


def test_every_question_unanswered_wrong_and_answered(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.draft(as_persona, "X980001")
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("tasks")).looks()
    practitioner.answers_where()
    addresses = _questions_of(practitioner)
    for address in addresses:
        _looks_unanswered_and_wrong(me, practitioner, address)
    practitioner.answers_all_but_risk()
    for address in addresses:
        me.opens(address).looks(thoroughly=False)
    me.opens(practitioner.address("tasks")).looks()
    me.opens(practitioner.address("preview")).looks()
    me.opens(practitioner.address("delete_draft")).looks()
    me.opens(reverse("referrals:drafts")).looks()
    me.opens("/sign-out").looks()


def _questions_of(practitioner: Practitioner) -> list[str]:
    """The addresses of every question that this draft asks on a page of its own."""
    draft = practitioner.draft
    progress = MAKE_A_REFERRAL.on(draft, draft.created_by, timezone.localdate())
    return [task_list.address(progress, placed) for placed in progress.steps if not placed.page.view_name]


def _looks_unanswered_and_wrong(me: Visitor, practitioner: Practitioner, address: str) -> None:
    me.opens(address).looks()
    if address != practitioner.address("personal-details"):  # nothing to share is an answer there
        me.page.evaluate(LEAVE_EVERYTHING_WRONG)
        me.presses("Save and continue", 422).looks()


@pytest.mark.parametrize("crn", ["X980002", "X980001"], ids=["in prison records", "not in them"])
def test_the_questions_before_a_release(visitor: Visitors, as_persona: AsPersona, crn: str) -> None:
    practitioner = prepared.draft(as_persona, crn, contract="DEMO_0004" if crn == "X980001" else "DEMO_0001")
    practitioner.answer("allocation", has_practitioner="NO")
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("release")).looks()
    practitioner.answer("release", is_releasing="YES")
    asked_before = (
        "personal-details",
        "needs",
        "interpreter",
        "responsibilities",
        "diversity",
        "date",
        "days",
    )
    for address in _questions_of(practitioner):
        if not address.endswith(
            (*asked_before, "/relevant-sentence", "/desired-outcomes", "/complexity-level")
        ):
            _looks_unanswered_and_wrong(me, practitioner, address)
    me.opens(practitioner.address("expected-release-date")).looks()


def test_a_question_answered_in_another_tab(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.draft(as_persona, "X980001")
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("enforceable-days"))
    practitioner.answer("enforceable-days", enforceable_days="10")
    me.fills("How many enforceable days will you use for this service?", "20")
    me.presses("Save and continue", 409).looks()


def test_a_person_without_sentence_and_a_person_with_many(visitor: Visitors, as_persona: AsPersona) -> None:
    me = visitor().signs_in("pp")
    for crn in ("X980025", "X980026", "X980027"):
        practitioner = prepared.draft(as_persona, crn)
        practitioner.answers_where()
        for page in ("practitioner", "personal-details", "relevant-sentence", "criminogenic-needs"):
            me.opens(practitioner.address(page)).looks()


@pytest.mark.parametrize("crn", RISK_PEOPLE)
def test_what_oasys_can_answer(visitor: Visitors, as_persona: AsPersona, crn: str) -> None:
    practitioner = prepared.draft(as_persona, crn)
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("risk_information")).looks()
    me.opens(practitioner.address("risk_edit")).looks(thoroughly=False)


@pytest.mark.parametrize("crn", ["X980001", "X980003", "X980007", "X980009"])
def test_risk_pages_in_every_state(visitor: Visitors, as_persona: AsPersona, crn: str) -> None:
    practitioner = prepared.draft(as_persona, crn)
    # X980003 has no OASys record: there is nothing to remove
    removing = "Share no information" if crn == "X980003" else "Remove this section"
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("risk_information")).looks()
    me.presses("Save and continue", 422).looks(thoroughly=False)
    me.chooses("No").presses("Save and continue", 422).looks()
    me.opens(practitioner.address("risk_edit")).looks()
    me.presses("Save and continue", 422).looks()
    me.opens(practitioner.address("risk_section", "who-is-at-risk")).looks()
    me.page.locator("textarea").fill("x" * 4001)
    me.presses("Save and continue", 422).looks(thoroughly=False)
    me.presses(f"{removing} (Who is at risk)", 422).looks(thoroughly=False)
    me.presses("Discard unsaved text").presses(f"{removing} (Who is at risk)")
    me.looks(thoroughly=False)
    me.opens(practitioner.address("preview")).looks(thoroughly=False)


def test_risk_information_that_is_newer_in_oasys(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.draft(as_persona, "X980037")
    practitioner.reviews_risk()
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("resume"))
    me.opens(practitioner.address("risk_information")).looks()
    me.presses("Use the newer information").looks()


@pytest.mark.parametrize("crn", ["X980001", "X980007", "X980008", "X980009"])
def test_checking_sending_and_following(visitor: Visitors, as_persona: AsPersona, crn: str) -> None:
    once = crn == "X980001"  # the same templates; what differs is how wide their texts are
    practitioner = prepared.ready(as_persona, crn)
    me = visitor().signs_in("pp")
    me.opens(practitioner.address("tasks")).looks(thoroughly=once)
    me.opens(practitioner.address("risk_information")).looks(thoroughly=once)
    me.opens(practitioner.address("check_answers")).looks(thoroughly=once)
    me.opens(practitioner.address("preview")).looks(thoroughly=once)
    practitioner.sends()
    me.opens(practitioner.address("sent")).looks(thoroughly=once)
    me.opens(practitioner.address("case")).looks(thoroughly=once)
    me.opens(reverse("referrals:cases")).looks(thoroughly=once)
    me.opens(practitioner.address("tasks"), 410).looks(thoroughly=once)
    supplier = visitor().signs_in("sp.caseworker")
    supplier.looks(thoroughly=once)
    received = ReceivedReferral.objects.unscoped().get()
    supplier.opens(reverse("monitoring:referral_details", args=[received.pk])).looks(thoroughly=once)
    supplier.opens(reverse("monitoring:reporting")).looks(thoroughly=once)


def test_lists_that_are_empty_and_a_case_opened_by_crn(visitor: Visitors, as_persona: AsPersona) -> None:
    me = visitor().signs_in("pp")
    for name in ("referrals:drafts", "referrals:cases", "referrals:open_by_crn"):
        me.opens(reverse(name)).looks()
    me.presses("Open the case", 422).looks()
    for persona in ("sp.caseworker", "sp.nogrant"):
        supplier = visitor().signs_in(persona)
        for name in ("monitoring:all_cases", "monitoring:reporting"):
            supplier.opens(reverse(name)).looks()


# --- The practitioner's details, checking and printing ------------------------------------------------

ON_PAPER = """() => [...document.querySelectorAll(
    "nav, button, form, .govuk-back-link, .rm-header, .govuk-footer, .govuk-phase-banner")]
  .filter((element) => element.getClientRects().length)
  .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)"""


def test_the_practitioners_details_in_every_state(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.draft(as_persona, "X980024")  # nDelius names a placeholder
    practitioner.answers_where()
    me = visitor().signs_in("pp")
    page = practitioner.address("practitioner")
    me.opens(page).looks().presses("Confirm and continue", 422).looks()
    me.follows("Enter the practitioner’s full name").looks()
    me.presses("Save and continue", 422).looks()
    me.fills("What is the practitioner’s full name?", "Ada Byrne").presses("Save and continue").looks()
    for detail in ("email-address", "phone-number", "team-phone-number"):
        address = practitioner.address("practitioner_change", detail)
        me.opens(address).looks(thoroughly=False)
        me.page.locator("main input:not([type=hidden])").fill("wrong")
        me.presses("Save and continue", 422).looks(thoroughly=detail == "email-address")
    for detail in ("probation-delivery-unit", "probation-office"):
        me.opens(practitioner.address("practitioner_change", detail)).looks()


def test_details_that_differ_from_ndelius_and_are_deleted(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.draft(as_persona, "X980001")
    practitioner.answers_where()
    for scripts in (True, False):
        me = visitor(scripts=scripts).signs_in("pp")
        me.opens(practitioner.address("practitioner_change", "phone-number"))
        me.fills("What is the practitioner’s phone number? (optional)", "07700 900123").presses(
            "Save and continue"
        ).looks()
        assert "nDelius says" in me.main
        me.opens(practitioner.address("practitioner_change", "phone-number")).looks(thoroughly=False)
        me.presses("Use what nDelius says").looks(thoroughly=False)
        me.follows("Delete phone number").looks().presses("Delete the phone number").looks()
        me.presses("Get the latest details from nDelius").looks(thoroughly=False)
        me.presses("Use what nDelius says (phone number)").presses("Confirm and continue")
        assert me.heading == "Who is the back-up contact for this referral?"


def test_what_is_printed_has_no_frame_and_no_addresses(visitor: Visitors, as_persona: AsPersona) -> None:
    practitioner = prepared.ready(as_persona, "X980001")
    me = visitor().signs_in("pp")
    without = visitor(scripts=False).signs_in("pp")
    for name in ("check_answers", "preview", "sent"):
        if name == "sent":
            practitioner.sends()
        me.opens(practitioner.address(name))
        button = me.page.get_by_role("button", name="Print this page")
        me.page.evaluate("window.print = () => { document.title = 'printed' }")
        button.click()
        assert me.page.title() == "printed"
        me.page.emulate_media(media="print")
        assert me.page.evaluate(ON_PAPER) == []
        spelt = "links => links.map((link) => getComputedStyle(link, '::after').content)"
        assert set(me.page.locator("a.govuk-link").evaluate_all(spelt)) <= {"none"}
        cards = me.page.locator(".govuk-summary-card").evaluate_all(
            "cards => cards.map((card) => getComputedStyle(card).breakInside)"
        )
        assert set(cards) <= {"avoid"}
        me.page.emulate_media(media="screen")
        without.opens(practitioner.address(name)).looks(thoroughly=False)
        assert without.page.get_by_role("button", name="Print this page").count() == 0
