"""Placing a hold on a person, of whom nothing is blanked from then on, and lifting it.

A hold that is placed while a case of the person is being blanked waits for that: the case is either blanked as a whole
before the hold is there, or not at all.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.crn_changes.numbers import ever_joined_with
from events.models import AuditAction
from events.refusals import Refused
from monitoring.models import ReceivedReferral
from personal_records.models import RetentionHold


@transaction.atomic
def place_hold(*, crn: str, reason: str, by: User, at: datetime | None = None) -> RetentionHold:
    """The hold; one that is in force already is answered as it is."""
    _require_administrator(by)
    # Who blanks a case locks its row, and looks for a hold after that.
    cases = ReceivedReferral.objects.unscoped().filter(ever_joined_with(crn))
    [*cases.select_for_update().order_by("pk").values_list("pk", flat=True)]
    hold, is_new = RetentionHold.objects.get_or_create(
        crn=crn,
        lifted_at=None,
        defaults={"reason": reason, "placed_by": by, "placed_at": at or timezone.now()},
    )
    if is_new:
        audit.record(AuditAction.HOLD_PLACED, by=by, crn=crn)
    return hold


@transaction.atomic
def lift_hold(*, hold: RetentionHold, by: User, at: datetime | None = None) -> bool:
    """From now on what is held of the person can be blanked again. False: it was lifted before."""
    _require_administrator(by)
    in_force = RetentionHold.objects.filter(pk=hold.pk, lifted_at=None)
    if not in_force.update(lifted_at=at or timezone.now()):
        return False
    audit.record(AuditAction.HOLD_LIFTED, by=by, crn=hold.crn)
    return True


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise Refused("Only an administrator can place or lift a hold.", code="audience")
