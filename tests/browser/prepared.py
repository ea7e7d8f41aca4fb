"""Drafts and sent referrals, made quickly through the test client before a browser looks at them."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from risk.redaction import proposed, undecided
from tests.stories.referring import Practitioner

AsPersona = Callable[[str], Client]


def draft(as_persona: AsPersona, crn: str, **contract: str) -> Practitioner:
    """A draft of ``pp`` about somebody, with nothing answered."""
    return Practitioner(as_persona("pp")).starts(crn, **contract)


def ready(as_persona: AsPersona, crn: str) -> Practitioner:
    """A draft with everything answered and the risk information declared."""
    practitioner = draft(as_persona, crn).answers_all_but_risk()
    practitioner.reviews_risk()
    for section in practitioner.draft.risk.in_order():
        if undecided(section) or len(proposed(section).text) > 4000:
            practitioner.edits(section.section_key.slug, "Written by the practitioner.")
    practitioner.declares()
    return practitioner


def sent(as_persona: AsPersona, crn: str) -> Practitioner:
    """A referral that has been sent."""
    practitioner = ready(as_persona, crn)
    practitioner.sends()
    return practitioner
