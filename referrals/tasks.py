"""Background work of the practitioner's side. Tasks may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from referrals.actions.correct_risk import expire_correction, left_alone
from referrals.actions.expire_drafts import delete_expired, warn_of_expiry
from referrals.models import Referral


@shared_task
def expire_drafts() -> dict[str, int]:
    """Warn about drafts that near their end; delete drafts and corrected versions whose time is over. Every night.

    Says how many.
    """
    now = timezone.now()
    nearing = list(Referral.objects.to_warn_about(now).order_by("changed_at").values_list("pk", flat=True))
    over = list(Referral.objects.expired(now).order_by("changed_at").values_list("pk", flat=True))
    left = list(left_alone(now).values_list("pk", flat=True))
    return {
        "warned": sum(warn_of_expiry(pk, now=now) for pk in nearing),
        "deleted": sum(delete_expired(pk, now=now) for pk in over)
        + sum(expire_correction(pk, now=now) for pk in left),
    }
