"""Pulling where the prison records have somebody in custody, and when they expect the release."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.custody import custody_of
from integrations.failure_wording import NDELIUS, PRISON_RECORDS, not_known, said_of
from integrations.failures import UpstreamFailure
from integrations.ndelius import client as ndelius
from monitoring.handover import labels
from referrals.access.lock_draft import locked
from referrals.journey.records import CustodyFacts
from referrals.models import Referral

GOOD_FOR = timedelta(hours=1)  # people are moved between prisons, but not between two pages of a form
NOT_FILLED_IN = "so we could not fill this in for you."
LABELS = {"establishment_id": labels.ESTABLISHMENT, "release_date": labels.RELEASE_DATE}
NOT_IN_RECORDS = "Prison records do not have this person’s prison number."


def pull_custody(*, draft: Referral, by: User) -> str:
    """Ask when the last answer is older than an hour. Returns what to say when there is nothing to show."""
    facts = CustodyFacts.from_kept(draft.custody_facts)
    if facts is None or timezone.now() - facts.asked_at > GOOD_FOR:
        try:
            facts = CustodyFacts.of(custody_of(draft.crn), timezone.now())
        except UpstreamFailure as failure:
            # nDelius is asked for the prison number first.
            silent = NDELIUS if failure.system == ndelius.SYSTEM else PRISON_RECORDS
            return said_of(silent, failure, NOT_FILLED_IN)
        with transaction.atomic():
            held = locked(draft, by)
            held.custody_facts = facts.as_kept()
            held.save(update_fields=["custody_facts"])
            audit.record(AuditAction.CUSTODY_PULLED, by=by, referral=held.pk, crn=held.crn)
        draft.custody_facts = held.custody_facts
    if not facts.prison_number:
        return NOT_IN_RECORDS
    return not_known(PRISON_RECORDS, [LABELS[fact] for fact in facts.unread if fact in LABELS])
