"""Blanking the entries of a referral whose retention period is over (decision 23).

CRN, staff names, reasons and the hashed text go; ids, kinds, service providers, dates and hashes stay. The audit trail
gets a keyed hash of what is left, so that ``verifying`` can tell blanking from tampering.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from events import audit
from events.disclosures.chain import BLANKED, hash_of_what_is_left
from events.models import AuditAction, DisclosureEvent


def blank(referral: UUID, *, at: datetime) -> int:
    """Blank the entries of a referral that are not yet; how many. Call inside the transaction that blanks the case."""
    entries = [*DisclosureEvent.objects.filter(referral=referral, blanked_at=None).order_by("number")]
    for entry in entries:
        for column in BLANKED:
            setattr(entry, column, "")
        entry.blanked_at = at
    if entries:
        rows = DisclosureEvent.objects.filter(pk__in=[entry.pk for entry in entries])
        rows.update(**dict.fromkeys(BLANKED, ""), blanked_at=at)
        audit.record(
            AuditAction.RETENTION_APPLIED,
            by=None,
            referral=referral,
            entries=len(entries),
            hash=hash_of_what_is_left(entries),
        )
    return len(entries)
