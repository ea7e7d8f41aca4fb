"""Where the pages of risk information are: of a draft, or of a corrected version after sending."""

from __future__ import annotations

from typing import Any

from govuk.addresses import reverse
from referrals.models import Referral

#: Address names of a draft, and of a corrected version. ``done``: where its author goes on when all is saved.
NAMES = {
    "review": ("risk_information", "correction"),
    "edit": ("risk_edit", "correction_edit"),
    "section": ("risk_section", "correction_section"),
    "done": ("tasks", "correction"),
}


def is_correcting(referral: Referral) -> bool:
    """Whether its ``risk`` is a corrected version, and not what it was sent with."""
    return referral.risk_id != referral.pk


def risk_address(referral: Referral, page: str, *args: Any) -> str:
    """The address of one of the pages."""
    of_draft, of_correction = NAMES[page]
    if is_correcting(referral):
        return reverse(f"referrals:{of_correction}", args=[referral.pk, referral.risk_id, *args])
    return reverse(f"referrals:{of_draft}", args=[referral.pk, *args])
