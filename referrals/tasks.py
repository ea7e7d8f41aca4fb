"""Background work of the practitioner's side. Tasks may run twice."""

from __future__ import annotations

from functools import partial

from celery import shared_task
from django.utils import timezone

from events.one_by_one import OneByOne
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
    with OneByOne() as each:
        return {
            "warned": sum(each(nearing, partial(warn_of_expiry, now=now))),
            "deleted": sum(each(over, partial(delete_expired, now=now)))
            + sum(each(left, partial(expire_correction, now=now))),
        }
