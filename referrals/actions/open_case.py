"""Opening a person's cases by CRN, with a reason that is kept (decision A2)."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.models import CaseOpening, Referral


@transaction.atomic
def open_cases(*, crn: str, by: User, reason: str) -> list[Referral]:
    """Keep who opened which cases and why: every sent referral of the person, the newest first; none when none is.

    Limited access was checked before.
    """
    opened = [*Referral.objects.sent().filter(crn=crn).order_by("-sent_at", "pk")]
    CaseOpening.objects.bulk_create(CaseOpening(referral=one, user=by, reason=reason) for one in opened)
    for one in opened:
        audit.record(AuditAction.CASE_OPENED_WITH_REASON, by=by, referral=one.pk, crn=crn)
    return opened
