"""The open case of a sent referral, locked while what other systems have is kept of it."""

from __future__ import annotations

from uuid import UUID

from monitoring.models import ReceivedReferral
from monitoring.rules.stages import OPEN
from referrals.models import CaseCheck, Referral
from referrals.pulls.since_sending import as_sent


def hold_open_case(referral_id: UUID) -> tuple[Referral, ReceivedReferral, CaseCheck] | None:
    """The referral, what the service provider has of it, locked for this transaction, and what was compared before.

    None once the case has ended. The check is not saved before something is kept in it.
    """
    referral = Referral.objects.get(pk=referral_id)
    assert referral.received_id is not None  # sent
    rows = ReceivedReferral.objects.unscoped().select_for_update(of=("self",))
    received = rows.get(pk=referral.received_id)
    if received.stage not in OPEN:
        return None
    referral.received = received
    return referral, received, CaseCheck.objects.filter(referral=referral).first() or as_sent(referral)
