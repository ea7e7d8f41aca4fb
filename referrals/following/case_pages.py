"""The pages of one sent case, as links between them, for the practitioner.

Knows the order and the names of the pages. Must not know what stands on them.
"""

from __future__ import annotations

from django.urls import reverse

from monitoring.presenters.case_pages import CasePage
from referrals.models import Referral

#: Address name and what the link says, in the order shown.
PAGES = (("case", "Referral details"),)


def case_pages(referral: Referral, current: str = "") -> list[CasePage]:
    """Every page of the case; ``current`` is the address name of the page shown, if it is one of them."""
    return [
        CasePage(text, reverse(f"referrals:{name}", args=[referral.pk]), name == current)
        for name, text in PAGES
    ]
