"""The pages of one sent case, as links between them, for the practitioner.

Knows the order and the names of the pages. Must not know what stands on them.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from govuk.addresses import reverse
from monitoring.models import ReceivedReferral
from monitoring.presenters.case_pages import CasePage
from monitoring.presenters.progress_records import progress_of
from monitoring.presenters.received_referral import banner_of
from referrals.cases.progress_actions import PractitionerActions
from referrals.models import Referral

#: Address name and what the link says, in the order shown.
PAGES = (
    ("case_progress", "Progress"),
    ("case", "Referral details"),
    ("case_notes", "Case notes"),
    ("case_questions", "Questions"),
    ("case_changes", "Change log"),
)


def case_pages(referral: Referral, current: str = "") -> list[CasePage]:
    """Every page of the case; ``current`` is the address name of the page shown, if it is one of them."""
    return [
        CasePage(text, reverse(f"referrals:{name}", args=[referral.pk]), name == current)
        for name, text in PAGES
    ]


def case_frame(referral: Referral, current: str = "") -> dict[str, Any]:
    """What every page of a case shows around its own content: the person as shared now, and the other pages."""
    received = received_of(referral)
    return {
        # Read only where a page shows it: beside what was just done.
        "next_task": SimpleLazyObject(
            lambda: PractitionerActions(referral, received).next_task(
                progress_of(received), now=timezone.now()
            )
        ),
        "banner": banner_of(received.shared_person(), crn=received.crn),
        "case_pages": case_pages(referral, current),
    }


def received_of(referral: Referral) -> ReceivedReferral:
    """The supplier's row of a sent referral, which holds its current values."""
    assert referral.received is not None  # sent means received
    return referral.received
