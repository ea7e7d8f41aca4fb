"""Pulling the criminogenic needs that OASys holds, for the practitioner only (decision F10)."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failure_wording import UNREADABLE
from integrations.oasys import client
from integrations.oasys.types import (
    NeedsAssessed,
    NeedStatus,
    NoRecord,
    NotCompleted,
    NotPermitted,
    Trouble,
    Unreachable,
)
from referrals.access.lock_draft import locked
from referrals.finding.needs_to_match import NeedsToMatch
from referrals.journey.criminogenic_needs import as_kept
from referrals.models import Referral


def pull_needs(*, draft: Referral, by: User) -> str:
    """Ask once per draft and keep the answer on it. Returns what to say when there is nothing to show."""
    if draft.oasys_needs is not None:
        return ""
    answer = client.needs(draft.crn, timeout=5.0)
    if isinstance(answer, Unreachable):
        return (
            f"{_why_none(answer)}, so we cannot show what it says about this person’s needs. Try again later."
        )
    if not isinstance(answer, NeedsAssessed):
        return f"{_why_none(answer)}."
    with transaction.atomic():
        held = locked(draft, by)
        held.oasys_needs = as_kept(answer)
        held.save(update_fields=["oasys_needs"])
        audit.record(AuditAction.NEEDS_PULLED, by=by, referral=held.pk, crn=held.crn, needs=len(answer.needs))
    draft.oasys_needs = held.oasys_needs
    return ""


def pull_needs_to_match(*, crn: str, by: User) -> NeedsToMatch:
    """Ask once per person confirmed, before there is a draft. Without an answer nothing is matched."""
    answer = client.needs(crn, timeout=3.0)
    if not isinstance(answer, NeedsAssessed):
        return NeedsToMatch(why_unknown=_why_none(answer))
    audit.record(AuditAction.NEEDS_PULLED, by=by, crn=crn, needs=len(answer.needs))
    identified = {need.section: need.name for need in answer.needs if need.status is NeedStatus.IDENTIFIED}
    return NeedsToMatch(identified, is_partial=answer.is_partial, why_unknown="")


def _why_none(answer: NotCompleted | NoRecord | NotPermitted | Unreachable) -> str:
    match answer:
        case NotCompleted() | NoRecord():
            return "OASys has no full assessment of this person’s needs from the last 55 weeks"
        case NotPermitted():
            return "OASys does not permit you to see this person’s needs"
        case Unreachable(reason=Trouble.MALFORMED):
            return f"OASys {UNREADABLE}"
        case _:
            return "OASys is not answering"
