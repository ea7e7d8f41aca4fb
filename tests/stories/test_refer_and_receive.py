"""The main job, end to end: pull, redact, declare, send; the supplier sees only what was shared."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from monitoring.models import ReceivedReferral
from tests.pages import assert_page
from tests.stories.referring import Practitioner

REMOVED = ("Dorian", "Vellacott", "Milo", "Tern Court", "Fosse")


def test_a_redacted_referral_reaches_the_supplier(as_persona: Callable[[str], Client]) -> None:
    # Given a practitioner who has answered everything about a person whose OASys text names third parties
    practitioner = Practitioner(as_persona("pp")).starts("X980010").answers_all_but_risk()
    review = practitioner.reviews_risk()
    assert "Vellacott" in review.get_text()

    # When they remove one section, edit another, revert a third, and decide the rest
    practitioner.edits("who-is-at-risk", "Her former partner and their child.")
    practitioner.presses("suicide", "remove")
    practitioner.edits("nature-of-risk", "Something else.")
    practitioner.presses("nature-of-risk", "revert")
    for section in practitioner.draft.risk.in_order():
        if any(name in section.box_text for name in REMOVED):
            practitioner.presses(section.section_key.slug, "remove")
        elif section.needs_decision and section.state == "UNREVIEWED":
            practitioner.presses(section.section_key.slug, "none")
    preview = practitioner.open(practitioner.address("preview"))
    practitioner.declares()
    sent = practitioner.sends()
    practitioner.open(sent["Location"])

    # Then the supplier finds the referral and sees the preview, and no name that was removed
    supplier = as_persona("sp.caseworker")
    received = ReceivedReferral.objects.unscoped().get()
    cases = assert_page(supplier.get(reverse("monitoring:all_cases")))
    assert received.reference in cases.get_text()
    details = assert_page(supplier.get(reverse("monitoring:referral_details", args=[received.pk])))
    text = details.get_text()
    assert "Her former partner and their child." in text
    assert not [name for name in REMOVED if name in text + preview.get_text()]

    # And the practitioner follows the case
    case = practitioner.open(practitioner.address("case"))
    assert received.reference in case.get_text()
