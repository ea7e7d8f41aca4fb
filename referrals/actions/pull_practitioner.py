"""Pulling who is responsible for the person from nDelius, to confirm rather than to type."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from referrals.actions.changing import locked
from referrals.journey.records import OfficerInNdelius
from referrals.models import Referral

NOT_ANSWERING = "nDelius is not answering, so we could not fill in who is responsible for this person."


def pull_practitioner(*, draft: Referral, by: User, again: bool = False) -> str:
    """Ask once per draft, or ``again`` on demand; what was confirmed here stays as it is.

    Returns what to say when nDelius did not answer.
    """
    if draft.practitioner_in_ndelius is not None and not again:
        return ""
    try:
        officer = OfficerInNdelius.of(client.responsible_officer(draft.crn))
    except NotFound:
        officer = OfficerInNdelius()
    except UpstreamFailure:
        return NOT_ANSWERING
    with transaction.atomic():
        held = locked(draft, by)
        held.practitioner_in_ndelius = officer.as_kept()
        held.save(update_fields=["practitioner_in_ndelius"])
        audit.record(AuditAction.PRACTITIONER_PULLED, by=by, referral=held.pk, crn=held.crn)
    draft.practitioner_in_ndelius = held.practitioner_in_ndelius
    return ""
