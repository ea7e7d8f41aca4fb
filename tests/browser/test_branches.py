"""Custody and several services in Chromium, from the CRN to the supplier's page.

The main job (a practitioner, the community, one service) is in ``test_refer_and_receive``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from interventions.models import Contract, ProbationOffice
from monitoring.models import ReceivedReferral
from referrals.models import Referral
from tests.browser.back_up_contact import names_a_back_up_contact
from tests.browser.sending import presses_send
from tests.browser.visitor import Visitor, normalised

Visitors = Callable[..., Visitor]
SAVE = "Save and continue"


def starts(me: Visitor, crn: str, contract: str) -> None:
    me.opens(f"/probation-practitioner/services/{Contract.objects.get(reference=contract).pk}/refer")
    me.fills("What is the person’s CRN?", crn).presses("Continue")
    me.presses("Yes, start the referral")


def goes_to(me: Visitor, task: str) -> Visitor:
    if me.heading != "Make a referral":
        me.follows("Return to the task list")
    return me.follows(task)


def answers_needs(me: Visitor) -> None:
    goes_to(me, "Personal details").presses(SAVE)
    goes_to(me, "Criminogenic needs").chooses("Do not share any").presses(SAVE)
    goes_to(me, "Needs and requirements").presses(SAVE)
    me.presses(SAVE).chooses("No").presses(SAVE).chooses("No").presses(SAVE).presses(SAVE)


def answers_details(me: Visitor, services: int = 1) -> None:
    goes_to(me, "Relevant sentence").page.get_by_role("radio").first.check()
    me.presses(SAVE)
    for _ in range(services):
        me.page.get_by_role("checkbox").first.check()
        me.presses(SAVE).page.get_by_role("radio").first.check()
        me.presses(SAVE)
    me.fills("How many enforceable days will you use for this service?", "10").presses(SAVE)
    types_date(me, days=90)
    me.presses(SAVE)
    me.fills("Reason for referral", "Needs help now.").fills("Further information", "There is none.").presses(
        SAVE
    )


def types_date(me: Visitor, *, days: int) -> None:
    until = timezone.localdate() + timedelta(days=days)
    for box, number in (("Day", until.day), ("Month", until.month), ("Year", until.year)):
        me.fills(box, str(number))


def shares_what_oasys_says(me: Visitor, crn: str) -> None:
    goes_to(me, "Risk information")
    draft = Referral.objects.get(crn=crn)
    for section in draft.risk.in_order():
        if section.needs_decision and section.state == "UNREVIEWED":
            me.page.locator(f"a[href$='{section.section_key.slug}']").first.click()
            me.page.get_by_role("button", name="Remove this section").first.click()
            me.page.wait_for_load_state()
    me.opens(f"/probation-practitioner/drafts/{draft.pk}/risk-information").chooses("No")
    me.page.get_by_label("I understand this information will be shared").check()
    me.presses(SAVE)


def sends(me: Visitor) -> None:
    me.opens(
        f"{me.page.url.partition('/drafts/')[0]}/drafts/{Referral.objects.get().pk}/check-answers"
    ).looks()
    presses_send(me)


def supplier_reads(visitor: Visitors) -> str:
    supplier = visitor().signs_in("sp.manager")
    received = ReceivedReferral.objects.unscoped().get()
    supplier.opens(f"/service-provider/referrals/{received.pk}/details").looks()
    return normalised(supplier.main)


@pytest.mark.parametrize("scripts", [pytest.param(True, id="scripts"), pytest.param(False, id="no scripts")])
def test_in_custody_with_a_practitioner(visitor: Visitors, scripts: bool) -> None:
    me = visitor(scripts=scripts).signs_in("pp")
    starts(me, "X980012", "DEMO_0001")
    me.follows("Practitioner and current location").looks().presses(SAVE, 422).looks()
    me.chooses("Yes").presses(SAVE).looks()
    me.presses(SAVE, 422).looks().chooses("In custody").presses(SAVE)
    goes_to(me, "Probation practitioner").looks().presses("Confirm and continue")
    names_a_back_up_contact(me)
    goes_to(me, "Establishment").looks()
    assert "Prison records say Moorland (HMP & YOI)" in me.main
    me.presses(SAVE, 422).looks().chooses("Yes").presses(SAVE).looks()
    me.chooses("On another date")
    types_date(me, days=-1)
    me.presses(SAVE, 422).looks()
    types_date(me, days=30)
    me.presses(SAVE)
    answers_needs(me)
    answers_details(me)
    shares_what_oasys_says(me, "X980012")
    sends(me)

    page = supplier_reads(visitor)
    assert "Establishment Moorland (HMP & YOI)" in page
    assert "Prison number A9812ZZ" in page


def test_several_services_before_allocation(visitor: Visitors) -> None:
    office = ProbationOffice.objects.in_use().order_by("name")[0]
    me = visitor().signs_in("pp")
    starts(me, "X980024", "DEMO_0012")
    me.follows("Practitioner and current location").chooses("No").presses(SAVE).looks()
    me.chooses("Yes, they will be released during the intervention").presses(SAVE)
    goes_to(me, "Name, role, email address and location").looks().presses(SAVE, 422).looks()
    me.fills("Role or job title", "Resettlement worker").chooses("In a probation office")
    types_office(me, office.name)
    me.looks().presses(SAVE).looks().presses(SAVE)
    goes_to(me, "Establishment").looks()
    me.page.get_by_label("Establishment", exact=True).fill("Leeds (HMP)")
    me.presses(SAVE).chooses("The date is not known").fills(
        "Why is the date not known?", "Waits for the board."
    )
    me.looks().presses(SAVE).looks().chooses("This probation office")
    types_office(me, office.name, box="Expected probation office")
    me.presses(SAVE)
    answers_needs(me)
    goes_to(me, "Services for the Personal Wellbeing referral").looks().presses(SAVE, 422).looks()
    for place in range(2):
        me.page.get_by_role("checkbox").nth(place).check()
    me.presses(SAVE)
    answers_details(me, services=2)
    shares_what_oasys_says(me, "X980024")
    sends(me)

    page = supplier_reads(visitor)
    assert "Main point of contact Full name Patience Okonjo Role or job title Resettlement worker" in page
    assert f"Expected probation office {office.name}" in page
    assert page.count("service Reason for referral Needs help now.") == 2


def types_office(me: Visitor, name: str, box: str = "Probation office") -> None:
    """In the box with the narrowing list: what stands in it counts."""
    me.page.get_by_label(box, exact=True).fill(name)
    me.page.keyboard.press("Tab")
