"""The pages of one case, as links between them, for the supplier.

Knows the order and the names of the pages. Must not know what stands on them.
"""

from __future__ import annotations

from dataclasses import dataclass

from govuk.addresses import reverse
from monitoring.models import ReceivedReferral

#: Address name and what the link says, in the order shown.
PAGES = (
    ("progress", "Progress"),
    ("referral_details", "Referral details"),
    ("case_notes", "Case notes"),
    ("questions", "Questions"),
    ("changes", "Change log"),
)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One link of the navigation between the pages of a case."""

    text: str
    href: str
    is_current: bool


def case_pages(received: ReceivedReferral, current: str = "") -> list[CasePage]:
    """Every page of the case; ``current`` is the address name of the page shown, if it is one of them."""
    return [
        CasePage(text, reverse(f"monitoring:{name}", args=[received.pk]), name == current)
        for name, text in PAGES
    ]
