"""The refusal for whoever works on a draft that was sent meanwhile."""

from __future__ import annotations

from events.refusals import Gone
from govuk.addresses import reverse
from referrals.models import Referral

SENT = "You have sent this referral, so you can no longer change it here."


def already_sent(referral: Referral) -> Gone:
    """The refusal for whoever works on a draft that was sent meanwhile, with the way to its case."""
    return Gone(SENT, link=("View this referral", reverse("referrals:case_progress", args=[referral.pk])))
