"""Deciding about details that may be sensitive. Changes no text, blocks nothing (decision R12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Refused
from referrals.access.lock_draft import locked, touch
from referrals.models import Decision, Referral, SensitiveDetailDecision
from referrals.sensitive_details.undecided import Detail

LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Decided:
    """What the practitioner decided about one detail; to keep it needs a reason."""

    detail: Detail
    decision: Decision
    reason: str = ""


@transaction.atomic
def decide_details(*, draft: Referral, decided: Iterable[Decided], by: User) -> int:
    """Keep the decisions; returns how many were new or changed. The same again changes nothing.

    Raises Gone once sent, Refused for anybody but the author, and for keeping without a reason. Recorded are
    counts by category, no words.
    """
    held = locked(draft, by)
    counts: Counter[str] = Counter()
    for one in decided:
        if one.decision == Decision.KEEP and not one.reason.strip():
            raise Refused(
                "Enter why the detail you are keeping is needed to deliver the service safely.",
                code="no_reason",
            )
        if _keep(held, one, by):
            counts[f"{one.decision.lower()}_{one.detail.category}"] += 1
    if counts:
        touch(held)
        _record(held, by, counts)
    return counts.total()


def _keep(draft: Referral, one: Decided, by: User) -> bool:
    reason = one.reason if one.decision == Decision.KEEP else ""
    place, finding_hash = one.detail.written.place, one.detail.hash
    there = SensitiveDetailDecision.objects.filter(
        referral=draft, place=place, finding_hash=finding_hash
    ).first()
    if there is not None and (there.decision, there.reason) == (one.decision, reason):
        return False
    SensitiveDetailDecision.objects.update_or_create(
        referral=draft,
        place=place,
        finding_hash=finding_hash,
        defaults={
            "key_of": draft.risk_id,
            "category": one.detail.category.value,
            "decision": one.decision,
            "reason": reason,
            "decided_by": by,
            "decided_at": timezone.now(),
        },
    )
    return True


@transaction.atomic
def decide_again(*, draft: Referral, decision: int, by: User) -> bool:
    """Take one decision back, so that the detail is asked about again. False when there is no such decision."""
    held = locked(draft, by)
    there = SensitiveDetailDecision.objects.filter(referral=held, pk=decision).first()
    if there is None:
        return False
    category = there.category
    there.delete()
    touch(held)
    _record(held, by, Counter({f"taken_back_{category}": 1}))
    return True


def _record(draft: Referral, by: User, counts: Counter[str]) -> None:
    facts: dict[str, Any] = dict(counts)
    audit.record(AuditAction.DETAILS_DECIDED, by=by, referral=draft.pk, crn=draft.crn, **facts)
