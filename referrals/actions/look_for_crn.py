"""Asking nDelius whether it still has anybody of the CRN of a sent referral, outside the daily comparison."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from referrals.actions.crn_not_found import crn_not_found
from referrals.models import CaseCheck

ASKED_EVERY = 15 * 60  # seconds, for pages that have a hint and nobody waiting for the answer


def is_still_there(crn: str) -> bool | None:
    """What nDelius answers, which is noted on the cases of the CRN; None when it does not answer."""
    try:
        client.person(crn)
    except NotFound:
        crn_not_found(crn, at=timezone.now())
        return False
    except UpstreamFailure:
        return None
    CaseCheck.objects.filter(referral__crn=crn).exclude(not_found_at=None).update(not_found_at=None)
    return True


def is_gone(crn: str) -> bool:
    """The same, asked at most every 15 minutes: for a page to which nDelius has named nobody for the person."""
    key = f"still-in-ndelius:{crn}"
    known: bool | None = cache.get(key)
    if known is None:
        known = is_still_there(crn) is not False
        cache.set(key, known, ASKED_EVERY)
    return not known
