"""Ending a case when its facts say that it is over, whichever action made them so."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from monitoring.actions.announce import Event, announce
from monitoring.actions.close_appointments import close_what_is_left
from monitoring.actions.standing import facts_of
from monitoring.models import ReceivedReferral
from monitoring.rules import conclusion


def conclude_when_over(held: ReceivedReferral, *, by: User, at: datetime) -> bool:
    """Conclude the locked case if it is over: close its appointments, end its pause. True when it was concluded now."""
    ending = conclusion.concludes_now(facts_of(held))
    if ending is None:
        return False
    held.concluded_at, held.conclusion = at, ending
    held.save(update_fields=["concluded_at", "conclusion"])
    close_what_is_left(held, at=at)
    _end_pause(held, at)
    audit.record(AuditAction.CASE_CONCLUDED, by=by, referral=held.pk, crn=held.crn, conclusion=ending.value)
    if held.end_requested_at is None:  # else that was told when it was
        announce(Event.ENDED, held)
    announce(Event.CONCLUDED, held)
    return True


def _end_pause(held: ReceivedReferral, at: datetime) -> None:
    going_on = held.pauses.going_on().first()
    if going_on is not None:
        going_on.ends_on = max(going_on.starts_on, timezone.localdate(at))
        going_on.save(update_fields=["ends_on"])
