"""Keeping that a practitioner looked at feedback, so that their desk no longer points to it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.models import SeenFeedback

A_BATCH = 500  # rows


@transaction.atomic
def see_feedback(feedback: Iterable[UUID], *, by: User, referral: UUID | None = None, crn: str = "") -> int:
    """Keep when each was looked at first, and how many were new. Looking again changes nothing and is not recorded."""
    wanted = {*feedback}
    if not wanted:
        return 0
    known = {*SeenFeedback.objects.filter(user=by, feedback__in=wanted).values_list("feedback", flat=True)}
    now = timezone.now()
    unseen = [SeenFeedback(user=by, feedback=one, seen_at=now) for one in wanted - known]
    if unseen:
        SeenFeedback.objects.bulk_create(unseen, A_BATCH, ignore_conflicts=True)
        audit.record(AuditAction.FEEDBACK_SEEN, by=by, referral=referral, crn=crn, count=len(unseen))
    return len(unseen)
