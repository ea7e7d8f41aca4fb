"""nDelius does not have the CRN of a sent referral any more: it was deleted there, or merged into another.

The one place that is told so. What is shared stays as it is.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import audit
from events.models import AuditAction
from referrals.actions.hold_case import hold_open_case
from referrals.actions.tell_of_records import About, tell
from referrals.pulls.people_to_ask import open_cases


def crn_not_found(crn: str, *, at: datetime) -> None:
    """Keep it on each open case of this CRN, and tell the practitioner of each once. The same again changes nothing.

    Called outside any transaction, after nDelius answered.
    """
    for referral_id in open_cases().filter(crn=crn).order_by("sent_at", "pk").values_list("pk", flat=True):
        _keep(referral_id, crn, at)


@transaction.atomic
def _keep(referral_id: UUID, crn: str, at: datetime) -> None:
    held = hold_open_case(referral_id)
    if held is None or held[1].crn != crn:  # corrected meanwhile
        return
    referral, _, check = held
    is_new = check.not_found_at is None
    check.checked_at, check.silent = at, []
    check.not_found_at = check.not_found_at or at
    check.save()
    if is_new:
        audit.record(AuditAction.CRN_NOT_FOUND, by=None, referral=referral.pk, crn=referral.crn)
        tell(referral, About.NOT_FOUND, once=at.isoformat())
