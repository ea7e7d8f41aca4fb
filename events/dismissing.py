"""An administrator decides that something is not to be delivered any more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction, OutboxEntry
from events.refusals import Refused


@transaction.atomic
def dismiss(entry: OutboxEntry, *, reason: str, by: User) -> bool:
    """End an entry that waits or was given up; the row stays, with who, when and why.

    What stood behind it is delivered then (nDelius). Returns False, with nothing done, when it is settled already or
    is being delivered at this moment. The reason is not in the audit trail, which takes no text.
    """
    if not by.is_administrator:
        raise Refused("Only an administrator can dismiss a message.", code="audience")
    if not reason.strip():
        raise Refused("Enter a reason.", code="reason")
    now = timezone.now()
    if not outbox.unsettled(entry, now=now).update(
        state=OutboxEntry.State.DISMISSED,
        dismissed_at=now,
        dismissed_by=by,
        dismissed_because=reason.strip(),
        claimed_until=None,
    ):
        return False
    entry.refresh_from_db()
    audit.record(AuditAction.OUTBOX_DISMISSED, by=by, referral=entry.referral, kind=entry.kind)
    outbox.ended.send(OutboxEntry, entry=entry)
    outbox.start_next(entry, now)
    return True
