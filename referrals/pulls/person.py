"""Pulling the person's details from nDelius again, on resuming a draft and on demand (decision F4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.ndelius import client
from integrations.ndelius.types import Person
from referrals.access.lock_draft import locked
from referrals.models import Referral


def refresh_person(*, draft: Referral, by: User) -> None:
    """Pull and store. Raises integrations.failures.UpstreamFailure; the draft then stays as it was."""
    person = client.person(draft.crn)
    with transaction.atomic():
        held = locked(draft, by)
        put_person(held, person, timezone.now())
        held.save()
        audit.record(AuditAction.PERSON_PULLED, by=by, referral=held.pk, crn=held.crn)


def put_person(draft: Referral, person: Person, at: datetime) -> None:
    """Put what nDelius says onto the draft. The caller saves.

    What could not be read is not known, and no longer what it was; but nobody goes without a name or a date of birth.
    """
    draft.first_name = draft.first_name if "first_name" in person.unread else person.first_name[:200]
    draft.last_name = draft.last_name if "last_name" in person.unread else person.last_name[:200]
    draft.unread_in_ndelius = sorted(person.unread)
    if person.date_of_birth is not None:  # always shared, so never emptied
        draft.date_of_birth = person.date_of_birth
    draft.sex = (person.sex or "")[:60]
    draft.ethnicity = (person.ethnicity or "")[:200]
    draft.preferred_language = (person.preferred_language or "")[:200]
    draft.religion_or_belief = (person.religion_or_belief or "")[:200]
    draft.disabilities = list(person.disabilities)
    draft.address_lines = list(person.address_lines)
    draft.no_fixed_abode = person.no_fixed_abode
    draft.telephone = (person.telephone or "")[:60]
    draft.mobile = (person.mobile or "")[:60]
    draft.email = (person.email or "")[:254]
    draft.person_pulled_at = at
