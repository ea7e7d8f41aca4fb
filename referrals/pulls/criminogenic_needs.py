"""Pulling the criminogenic needs that OASys holds, for the practitioner beside the question (decision F10)."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failure_wording import UNREADABLE
from integrations.oasys import client
from integrations.oasys.types import NeedsAssessed, NoRecord, NotCompleted, NotPermitted, Trouble
from referrals.access.lock_draft import locked
from referrals.journey.criminogenic_needs import as_kept
from referrals.models import Referral


def pull_needs(*, draft: Referral, by: User) -> str:
    """Ask once per draft and keep the answer on it. Returns what to say when there is nothing to show."""
    if draft.oasys_needs is not None:
        return ""
    said = client.needs(draft.crn, timeout=5.0)
    if isinstance(said, NotCompleted | NoRecord):
        return "OASys has no full assessment of this person’s needs from the last 55 weeks."
    if isinstance(said, NotPermitted):
        return "OASys does not permit you to see this person’s needs."
    if not isinstance(said, NeedsAssessed):
        is_unreadable = said.reason is Trouble.MALFORMED
        happened = UNREADABLE if is_unreadable else "is not answering"
        return f"OASys {happened}, so we cannot show what it says about this person’s needs. Try again later."
    with transaction.atomic():
        held = locked(draft, by)
        held.oasys_needs = as_kept(said)
        held.save(update_fields=["oasys_needs"])
        audit.record(AuditAction.NEEDS_PULLED, by=by, referral=held.pk, crn=held.crn, needs=len(said.needs))
    draft.oasys_needs = held.oasys_needs
    return ""
