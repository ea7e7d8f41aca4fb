"""Every list at every width: nothing is cut off, nothing scrolls to the side, no word or date is broken in two, and on
a desktop a case stands on three lines at most.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.models import ReceivedReferral, Stage
from tests.browser.visitor import Visitor
from tests.factories.monitoring_delivery import assigned, at_stage
from tests.factories.monitoring_work import delivered
from tests.factories.referrals import ACCOMMODATION, a_draft_with_risk, a_sent_referral

Visitors = Callable[..., Visitor]
WIDTHS = (1280, 1024, 768, 400, 320)
#: Boxes whose content is wider than they are; and words of ordinary length that stand on two lines.
FAULTS = """() => {
  const found = [];
  const name = (box) => `${box.tagName.toLowerCase()}.${box.className}: ${box.textContent.trim().slice(0, 60)}`;
  // Headings of stacked rows and words for screen readers are hidden from the eye on purpose.
  const isHidden = (box) => {
    for (let each = box; each; each = each.parentElement) if (getComputedStyle(each).clipPath !== "none") return true;
    return box.closest(".govuk-visually-hidden") !== null;
  };
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) found.push(`the page scrolls: ${page.scrollWidth} > ${page.clientWidth}`);
  const boxes = document.querySelectorAll("main .rm-scroll, main table, main th, main td, main dd, main dt");
  for (const box of boxes) {
    if (isHidden(box)) continue;
    if (box.clientWidth && box.scrollWidth > box.clientWidth + 1) found.push(`cut off, ${name(box)}`);
  }
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest("td, th, dd, dt") || isHidden(node.parentElement)) continue;
    if (node.textContent.includes("@")) continue; // an email address may go on in the next line
    // Words, and dates as lists write them.
    for (const match of node.textContent.matchAll(/\\d{1,2}\\s[A-Z][a-z]{2}\\s\\d{4}|[\\p{L}\\p{N}]+/gu)) {
      if (match[0].length > 20) continue;
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((rectangle) => Math.round(rectangle.top)));
      if (lines.size > 1) found.push(`broken word: ${match[0]}`);
    }
  }
  return [...new Set(found)];
}"""

#: Rows of a list of cases that stand on more than three lines.
TALL_ROWS = """() => [...document.querySelectorAll("main tbody tr")].flatMap((row) => {
  const style = getComputedStyle(row.cells[0]);
  const room = row.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const lines = Math.floor(room / parseFloat(style.lineHeight));
  return lines > 3 ? [`${lines} lines: ${row.textContent.replace(/\\s+/g, " ")}`] : [];
})"""
LISTS_OF_CASES = ("mine", "unassigned", "open", "completed", "cancelled")


@pytest.fixture
def contract(transactional_db: None, personas: dict[str, User]) -> Contract:
    """With a case at every stage, cases of the demo caseworker's, a sent referral in delivery, and two drafts."""
    contract = Contract.objects.get(reference=ACCOMMODATION)
    for stage in Stage:
        at_stage(stage, contract=contract)
    for _ in range(3):
        assigned(at_stage(Stage.ASSIGN, contract=contract), to=personas["sp.caseworker"])
    # Dates whose months have the longest names.
    long_ago = timezone.now().replace(month=9, day=28) - timedelta(days=365)
    ReceivedReferral.objects.unscoped().update(sent_at=long_ago, received_at=long_ago)
    for _ in range(2):
        a_draft_with_risk(personas["pp"])
    return contract


def _look(me: Visitor, address: str) -> list[str]:
    me.opens(address)
    found = []
    for width in WIDTHS:
        me.page.set_viewport_size({"width": width, "height": 900})
        found += [f"{address} at {width}: {fault}" for fault in me.page.evaluate(FAULTS)]
    return found


def _lists_of_a_supplier(case: ReceivedReferral) -> list[str]:
    lists = [reverse("monitoring:case_list", args=[which]) for which in LISTS_OF_CASES]
    pages = (
        "progress",
        "case_notes",
        "questions",
        "action_plan",
        "choose_caseworker",
        "referral_details",
        "pauses",
    )
    return [
        *lists,
        reverse("monitoring:by_caseworker"),
        reverse("monitoring:reporting"),
        *(reverse(f"monitoring:{name}", args=[case.pk]) for name in pages),
    ]


def _lists_of_a_practitioner(referral: Any) -> list[str]:
    pages = ("case_progress", "case_notes", "case_questions", "case_openings", "case_pauses", "case")
    return [
        reverse("referrals:cases"),
        reverse("referrals:drafts"),
        reverse("interventions:find"),
        *(reverse(f"referrals:{name}", args=[referral.pk]) for name in pages),
    ]


@pytest.mark.parametrize("side", ["sp.manager", "pp"])
def test_nothing_is_cut_off_and_no_word_is_broken(
    visitor: Visitors, contract: Contract, personas: dict[str, User], side: str
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = delivered(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    addresses = _lists_of_a_supplier(case) if side == "sp.manager" else _lists_of_a_practitioner(sent)
    me = visitor().signs_in(side)

    faults = [fault for address in addresses for fault in _look(me, address)]

    assert not faults, "\n".join(faults)


def test_a_case_stands_on_three_lines_at_most(
    visitor: Visitors, contract: Contract, personas: dict[str, User]
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    delivered(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    supplier, practitioner = visitor().signs_in("sp.caseworker"), visitor().signs_in("pp")
    lists = [(supplier, reverse("monitoring:case_list", args=[which])) for which in LISTS_OF_CASES]

    tall = []
    for me, address in [*lists, (practitioner, reverse("referrals:cases"))]:
        rows = me.opens(address).page.locator("main tbody tr").count()
        assert rows, address
        tall += [f"{address}: {row}" for row in me.page.evaluate(TALL_ROWS)]

    assert not tall, "\n".join(tall)
