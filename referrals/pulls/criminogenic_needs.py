"""Pulling the criminogenic needs that OASys holds, for the practitioner only (decision F10)."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failure_wording import OASYS, said_of, what_happened
from integrations.oasys import client
from integrations.oasys.types import (
    NeedsAssessed,
    NeedStatus,
    NoRecord,
    NotCompleted,
    NotPermitted,
    Unreachable,
)
from referrals.access.lock_draft import locked
from referrals.finding.needs_to_match import NeedsToMatch
from referrals.journey.criminogenic_needs import as_kept, name_of
from referrals.models import Referral
from risk.models import OasysOutcome, RiskInformation

NOT_COMPLETED = "OASys has no full assessment of this person’s needs from the last 55 weeks"
NO_RECORD = "OASys has no record of this person"
NO_RECORD_OR_NOT_COMPLETED = f"{NO_RECORD}, or no full assessment of their needs from the last 55 weeks"


def pull_needs(*, draft: Referral, by: User) -> str:
    """Ask once per draft and keep the answer on it. Returns what to say when there is nothing to show."""
    if draft.oasys_needs is not None:
        return ""
    answer = client.needs(draft.crn, asker=by.ndelius_username, timeout=5.0)
    if isinstance(answer, Unreachable):
        return said_of(OASYS, answer.reason, "so we cannot show what it says about this person’s needs.")
    if not isinstance(answer, NeedsAssessed):
        return f"{_why_none(answer, draft.risk)}."
    with transaction.atomic():
        held = locked(draft, by)
        held.oasys_needs = as_kept(answer)
        held.save(update_fields=["oasys_needs"])
        audit.record(AuditAction.NEEDS_PULLED, by=by, referral=held.pk, crn=held.crn, needs=len(answer.needs))
    draft.oasys_needs = held.oasys_needs
    return ""


def pull_needs_to_match(*, crn: str, by: User) -> NeedsToMatch:
    """Ask once per person confirmed, before there is a draft. Without an answer nothing is matched."""
    answer = client.needs(crn, asker=by.ndelius_username, timeout=3.0)
    if not isinstance(answer, NeedsAssessed):
        return NeedsToMatch(why_unknown=_why_none(answer, None))
    audit.record(AuditAction.NEEDS_PULLED, by=by, crn=crn, needs=len(answer.needs))
    identified = {
        need.section: name_of(need.section, need.name)
        for need in answer.needs
        if need.status is NeedStatus.IDENTIFIED
    }
    return NeedsToMatch(identified, is_partial=answer.is_partial, why_unknown="")


def _why_none(
    answer: NotCompleted | NoRecord | NotPermitted | Unreachable, risk: RiskInformation | None
) -> str:
    """Absence, refusal, silence and bad data in words of their own, the same as on the risk page (decision W6)."""
    match answer:
        case NotCompleted():
            return NOT_COMPLETED
        case NoRecord():
            return _no_record(risk)
        case NotPermitted():
            return "OASys does not permit you to see this person’s needs"
    return what_happened(OASYS, answer.reason)


def _no_record(risk: RiskInformation | None) -> str:
    """Asked for needs, OASys says the same of a person it does not know and of one without a full assessment.

    Which it is, it has said when it was asked about risk, if it was and answered.
    """
    snapshot = risk.oasys_snapshot if risk is not None else None
    if snapshot is None:
        return NO_RECORD_OR_NOT_COMPLETED
    return NO_RECORD if snapshot.outcome == OasysOutcome.NO_RECORD else NOT_COMPLETED
