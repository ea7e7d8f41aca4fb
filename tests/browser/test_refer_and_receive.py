"""The main job in Chromium, with and without scripts: refer, redact, declare, send; the supplier sees what was shared.

X980010's texts name other people. What is removed, edited away or reverted must be found (or not) on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from monitoring.models import ReceivedReferral
from tests.browser.back_up_contact import names_a_back_up_contact
from tests.browser.sending import presses_send
from tests.browser.visitor import Visitor, normalised

Visitors = Callable[..., Visitor]
SERVICE = "Finding and keeping a home in West Yorkshire"
#: Words of the sections that are edited or removed, and of an edit that is reverted.
TAKEN_OUT = (
    "Dorian", "Vellacott", "Milo", "Tern Court", "Adeyinka", "Fosse", "Larch House", "overdose", "stairwell",
    "An edit that is taken back", "Typed and then removed",
)  # fmt: skip
#: Words that stay: of the edits, and of the section that is reverted to what OASys says.
KEPT = (
    "Her former partner and their child.",
    "Has carried a knife.",
    "After family court hearings.",
    "Captain Ross",
)


@pytest.mark.parametrize("scripts", [pytest.param(True, id="scripts"), pytest.param(False, id="no scripts")])
def test_a_redacted_referral_reaches_the_supplier_and_nothing_else_does(
    visitor: Visitors, scripts: bool
) -> None:
    me = visitor(scripts=scripts).signs_in("pp")

    starts_the_referral(me, "X980010")
    answers_all_but_risk(me)
    redacts_and_declares(me)
    preview = sees_the_preview(me)
    reference = sends(me)

    supplier = visitor(scripts=scripts).signs_in("sp.caseworker")
    supplier.looks().follows("Kezia Brackenridge").looks()
    cards = supplier.page.locator("main .govuk-summary-card").all_inner_texts()
    assert normalised(" ".join(cards)) == preview.replace(
        "Given when the referral is sent", reference
    ).replace("Not sent yet", normalised(row(supplier, "Sent on")))
    for address, html in every_page_of(supplier):
        assert not [words for words in TAKEN_OUT if words in html], address
        assert "RoSH" not in html, address
    assert not [words for words in KEPT if words not in " ".join(cards)]


def starts_the_referral(me: Visitor, crn: str) -> None:
    me.looks().follows("Find a service and make a referral").looks()
    me.follows(SERVICE).looks()
    me.presses("Make a referral").looks()
    me.fills("What is the person’s CRN?", crn).presses("Continue").looks()
    assert "Kezia Brackenridge" in me.main
    me.presses("Yes, start the referral").looks()
    assert me.heading == "Make a referral"


def answers_all_but_risk(me: Visitor) -> None:
    me.follows("Practitioner and current location").looks().chooses("Yes").presses("Save and continue")
    me.looks().chooses("In the community").presses("Save and continue")
    goes_to(me, "Probation practitioner").looks().presses("Confirm and continue")
    names_a_back_up_contact(me.looks())
    goes_to(me, "Personal details").looks().page.get_by_label("Religion or belief", exact=True).uncheck()
    me.presses("Save and continue")
    goes_to(me, "Criminogenic needs").looks().chooses("Accommodation")
    me.fills("What does the service provider need to know about accommodation?", "Loses tenancies.")
    me.presses("Save and continue")
    goes_to(me, "Needs and requirements").looks().fills("Additional needs (optional)", "Help with forms.")
    goes_on(me.presses("Save and continue")).looks()
    me.presses("Save and continue").looks().chooses("No")
    me.presses("Save and continue").looks().chooses("Yes").fills("When are they unavailable?", "School runs.")
    goes_on(me.presses("Save and continue")).looks().presses("Save and continue")
    goes_to(me, "Relevant sentence").looks().chooses("Violence against the person")
    me.presses("Save and continue").looks().page.get_by_role("checkbox").first.check()
    me.presses("Save and continue").looks().chooses("Medium complexity")
    me.presses("Save and continue").looks()
    me.fills("How many enforceable days will you use for this service?", "10")
    me.presses("Save and continue").looks()
    until = timezone.localdate() + timedelta(days=90)
    for box, number in (("Day", until.day), ("Month", until.month), ("Year", until.year)):
        me.fills(box, str(number))
    me.presses("Save and continue").looks()
    me.fills("Reason for referral", "Needs a home.").fills("Further information", "There is none.")
    me.presses("Save and continue")


def goes_on(me: Visitor) -> Visitor:
    """Past the page on details that may be sensitive, when the last save led there."""
    if me.heading == "Check for sensitive details":
        me.looks().follows("Continue without deciding")
    return me


def goes_to(me: Visitor, task: str) -> Visitor:
    """A task of the list, from wherever the last answer led."""
    goes_on(me)
    if me.heading != "Make a referral":
        me.follows("Return to the task list")
    return me.follows(task)


def redacts_and_declares(me: Visitor) -> None:
    goes_to(me, "Risk information").looks()
    assert "Vellacott" in me.main
    assert "Not shared with provider" in me.main
    changes(me, "Who is at risk", "Her former partner and their child.")
    changes(me, "What is the nature of the risk", "Has carried a knife.")
    changes(me, "When is the risk likely to be greatest", "After family court hearings.")
    opens_section(me, "Concerns in relation to self-harm")
    me.presses("No identified risk for Concerns in relation to self-harm").looks()
    opens_section(me, "Concerns in relation to suicide")
    me.presses("Remove this section (Concerns in relation to suicide)")
    changes(me, "Concerns in relation to coping in a hostel setting", "Typed and then removed.")
    opens_section(me, "Concerns in relation to coping in a hostel setting")
    me.presses("Remove this section (Concerns in relation to coping in a hostel setting)")
    changes(me, "Concerns in relation to vulnerability", "An edit that is taken back.")
    opens_section(me, "Concerns in relation to vulnerability").looks()
    assert "Captain Ross" in me.page.locator(".rm-beside__side").first.inner_text()
    me.presses("Revert to original OASys information for Concerns in relation to vulnerability").looks()
    me.follows("Back").follows("Preview what the service provider will see").looks()
    assert not [words for words in TAKEN_OUT if words in me.page.content()]
    me.follows("Back")
    goes_to(me, "Risk information").looks()
    me.chooses("No")
    me.page.get_by_label("I understand this information will be shared").check()
    me.looks().presses("Save and continue").looks()


def changes(me: Visitor, section: str, text: str) -> None:
    opens_section(me, section)
    me.page.locator("main textarea").fill(text)
    goes_on(me.presses("Save and continue"))
    assert text in me.main


def opens_section(me: Visitor, section: str) -> Visitor:
    return me.follows(f"Change ({section})")


def sees_the_preview(me: Visitor) -> str:
    """What the preview shows in place of the supplier's page."""
    me.follows("Preview what the service provider will see").looks()
    cards = me.page.locator("#as-supplier .govuk-summary-card").all_inner_texts()
    me.follows("Back")
    return normalised(" ".join(cards))


def sends(me: Visitor) -> str:
    """The reference number from the confirmation."""
    me.follows("Check your answers and send the referral").looks()
    assert not [words for words in TAKEN_OUT if words in me.page.content()]
    presses_send(me)
    reference = ReceivedReferral.objects.unscoped().get().reference
    expect(me.page.locator(".govuk-panel")).to_contain_text(reference)
    me.follows("View the referral").looks()
    assert not [words for words in TAKEN_OUT if words in me.page.content()]
    return reference


def row(me: Visitor, label: str) -> str:
    """The value of one row of the page's cards."""
    found = me.page.locator(".govuk-summary-list__row", has=me.page.get_by_text(label, exact=True))
    return found.locator("dd").inner_text()


def every_page_of(me: Visitor) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, with its HTML."""
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        me.opens(address)
        yield address, me.page.content()
        links = me.page.locator("a[href^='/']").evaluate_all(
            "links => links.map((link) => link.getAttribute('href'))"
        )
        waiting += [link for link in links if urlsplit(link).path not in seen]
        seen.add(urlsplit(address).path)
