"""The end of drafts that nobody changes: a warning, and 14 days later the deletion (decision F3).

Each draft in a transaction of its own, looked at again under its lock: may run twice, be cut off, and meet its author.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import audit, outbox
from events.models import AuditAction
from referrals.actions.delete_draft import delete_with_everything
from referrals.models import Referral

DRAFT_EXPIRES = "email.draft_expires"


def warn_of_expiry(draft_id: UUID, *, now: datetime) -> bool:
    """Tell the author that the draft will be deleted, once for each last change. False: there was no need."""
    with transaction.atomic():
        draft = (
            Referral.objects.to_warn_about(now).select_for_update(of=("self",)).filter(pk=draft_id).first()
        )
        if draft is None:
            return False
        Referral.objects.filter(pk=draft.pk).update(expiry_warned_at=now)
        outbox.enqueue(
            DRAFT_EXPIRES, key=f"{DRAFT_EXPIRES}:{draft.pk}:{draft.changed_at.isoformat()}", referral=draft.pk
        )
        audit.record(AuditAction.DRAFT_EXPIRY_WARNED, by=None, referral=draft.pk, crn=draft.crn)
        return True


def delete_expired(draft_id: UUID, *, now: datetime) -> bool:
    """Delete one draft whose time is over. False: somebody changed, sent or deleted it meanwhile."""
    with transaction.atomic():
        expired = Referral.objects.expired(now).select_for_update(of=("self",)).select_related("risk")
        draft = expired.filter(pk=draft_id).first()
        if draft is None:
            return False
        audit.record(AuditAction.DRAFT_EXPIRED, by=None, referral=draft.pk, crn=draft.crn)
        delete_with_everything(draft)
        return True
