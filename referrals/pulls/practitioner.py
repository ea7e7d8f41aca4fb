"""Pulling who is responsible for the person from nDelius, to confirm rather than to type."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from referrals.access.lock_draft import locked
from referrals.journey.answers import Practitioner
from referrals.journey.practitioner_details import DETAILS, brought_up_to_date
from referrals.journey.records import OfficerInNdelius
from referrals.journey.store import DraftStore
from referrals.models import Referral

NOT_FILLED_IN = "so we could not fill in the probation practitioner’s details."


def pull_practitioner(*, draft: Referral, by: User, again: bool = False) -> str:
    """Ask once per draft, or ``again`` on demand; what was changed here stays as it is.

    Returns what to say when nDelius was of no use.
    """
    if draft.practitioner_in_ndelius is not None and not again:
        return ""
    try:
        officer = OfficerInNdelius.of(client.responsible_officer(draft.crn))
    except NotFound:
        officer = OfficerInNdelius()
    except UpstreamFailure as failure:
        return said_of(NDELIUS, failure, NOT_FILLED_IN)
    with transaction.atomic():
        held = locked(draft, by)
        if again:
            _follow(held, officer)
        held.practitioner_in_ndelius = officer.as_kept()
        held.save()
        audit.record(AuditAction.PRACTITIONER_PULLED, by=by, referral=held.pk, crn=held.crn)
    draft.practitioner_in_ndelius = held.practitioner_in_ndelius
    DraftStore(draft).write(DraftStore(held).read(Practitioner))
    return ""


def _follow(held: Referral, officer: OfficerInNdelius) -> None:
    """Details that were not changed here follow nDelius; nothing is filled in before the details were asked for."""
    store = DraftStore(held)
    standing = store.read(Practitioner)
    if not any(one.of(standing) for one in DETAILS):
        return
    current = brought_up_to_date(standing, OfficerInNdelius.from_kept(held.practitioner_in_ndelius), officer)
    if current != standing:
        store.write(current)
        held.changed_at = timezone.now()
