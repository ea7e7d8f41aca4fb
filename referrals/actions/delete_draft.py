"""Deleting a draft, with everything that was pulled or typed for it."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.access.lock_draft import locked
from referrals.models import Referral
from risk import source_text


@transaction.atomic
def delete_draft(*, draft: Referral, by: User) -> None:
    """Delete a draft for good. Raises Gone once sent, Refused for anybody but its author."""
    held = locked(draft, by)
    audit.record(AuditAction.DRAFT_DELETED, by=by, referral=held.pk, crn=held.crn)
    delete_with_everything(held)


def delete_with_everything(draft: Referral) -> None:
    """Delete a draft's row, its risk information and every copy of OASys's text. Inside the caller's transaction."""
    risk = draft.risk
    source_text.purge(draft.pk)
    draft.delete()
    risk.delete()
