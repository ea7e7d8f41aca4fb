"""Keeps on the case what could not be delivered about it, until it is. Imported when the app starts.

Must not know what a page says of it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from events import outbox
from events.failure_words import why_not_delivered
from events.models import NDELIUS, OutboxEntry
from monitoring.models import ReceivedReferral, Receiver, UndeliveredMessage


@receiver([outbox.ended, outbox.put_off], dispatch_uid="monitoring.deliveries.undelivered")
def keep_on_the_case(entry: OutboxEntry, **_: Any) -> None:
    """Note a message that did not arrive, and why; strike out one that did after all, or is not needed any more.

    An email that an administrator dismissed is struck out, too. Of nDelius both sides must know what it never got.
    """
    kept = UndeliveredMessage.objects.unscoped()
    is_missing = entry.state == OutboxEntry.State.DISMISSED and entry.receiver == NDELIUS
    if entry.state in OutboxEntry.SETTLED and not is_missing:
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
            "state": UndeliveredMessage.State(entry.state),
            "why": why_not_delivered(entry),
            "at": timezone.now(),
        },
    )
