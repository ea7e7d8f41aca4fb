"""Giving a case the CRN by which nDelius knows its person now, when that was corrected on the practitioner's side.

A change like any other: in the change log, a disclosure, and undone by ``as_sent``, so that what was sent stays
provable (decision 26). Of a case that has ended too: it must be found, and nDelius may have to be told of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from events import outbox
from events.refusals import Refused
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions.amend_referral import TO_CASEWORKER
from monitoring.actions.record_change import record_change
from monitoring.actions.record_disclosure import record_changed
from monitoring.models import ReceivedReferral, Topic

#: Both sides read it in the change log. What the corrector wrote is for the practitioner's side.
REASON = "The CRN of this person was corrected."


@transaction.atomic
def change_crn(received_id: UUID, *, crn: str, by: User, at: datetime) -> bool:
    """Put the CRN on the case, and tell its caseworker; False: it has it already."""
    if by.is_supplier:
        raise Refused("A service provider cannot correct a CRN.", code="audience")
    held = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=received_id)
    if held.crn == crn:
        return False
    before, held.crn = held.crn, crn
    held.save(update_fields=["crn"])
    change = record_change(
        held, topic=Topic.CRN, before=before, after=crn, reason=REASON, by=by, at=at, replaced={"crn": before}
    )
    record_changed(change, by=by, at=at)
    if held.concluded_at is None:
        outbox.enqueue(
            TO_CASEWORKER,
            key=f"{TO_CASEWORKER}:{change.pk}",
            referral=held.pk,
            receiver=caseworker_as_receiver(held.caseworker_id),
            payload={"change": str(change.pk)},
        )
    return True
