"""Opening a colleague's case by CRN, with a reason that is kept (decision A2)."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.models import CaseOpening, Referral


@transaction.atomic
def open_case(*, referral: Referral, by: User, reason: str) -> CaseOpening:
    """Keep who opened which case and why. Limited access was checked before."""
    opening = CaseOpening.objects.create(referral=referral, user=by, reason=reason)
    audit.record(AuditAction.CASE_OPENED_WITH_REASON, by=by, referral=referral.pk, crn=referral.crn)
    return opening
