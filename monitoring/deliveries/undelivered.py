"""Keeps on the case what could not be delivered about it, until it is. Imported when the app starts.

Must not know what a page says of it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from events import outbox
from events.models import OutboxEntry
from monitoring.models import ReceivedReferral, Receiver, UndeliveredMessage


@receiver(outbox.ended, dispatch_uid="monitoring.deliveries.undelivered")
def keep_on_the_case(entry: OutboxEntry, **_: Any) -> None:
    """Note a message that was given up; strike out one that was delivered after all, or is not needed any more."""
    kept = UndeliveredMessage.objects.unscoped()
    if entry.state != OutboxEntry.State.GIVEN_UP:
        kept.filter(entry=entry.pk).delete()
        return
    delivery = outbox.HANDLERS.get(entry.kind)
    # nDelius knows a referral by the practitioner's id of it, everybody else by the supplier's.
    of_the_case = Q(pk=entry.referral) | Q(key=entry.referral)
    case = ReceivedReferral.objects.unscoped().filter(of_the_case).only("pk").first()
    if delivery is None or delivery.receiver not in Receiver or case is None:
        return  # of a draft, or a report: nobody sees that on a case
    kept.update_or_create(
        entry=entry.pk,
        defaults={
            "received": case,
            "receiver": delivery.receiver,
            "about": delivery.about,
            "given_up_at": timezone.now(),
        },
    )
