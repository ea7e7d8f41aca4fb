"""Receiving a referral: the only way into the supplier's side.

Takes a :class:`~monitoring.handover.contents.Handover` and nothing else that could carry a text. Must not know where
it came from.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from monitoring.actions.record_disclosure import record_shared
from monitoring.actions.standing import begin
from monitoring.handover.acceptance import accept
from monitoring.handover.contents import Handover
from monitoring.handover.seal import seal
from monitoring.models import (
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ShareVersion,
)

FIRST_VERSION = 1
#: Outbox kind: tells the provider's mailbox for new referrals. No payload; the case is the entry's own.
REFERRAL_RECEIVED = "email.referral_received"


class ReferenceTaken(Exception):
    """Another referral has this reference number already: draw another and try again. Nothing was stored."""


def receive(
    handover: Handover, *, sent_by_user: User | None = None, at: datetime | None = None
) -> ReceivedReferral:
    """Store what was handed over as one received referral with share version 1, all or nothing, once per key.

    The same key again answers the row that is there and changes nothing. ``at`` is when it was received (now unless
    told). Raises :class:`~monitoring.handover.acceptance.NotAcceptable` for a value that may not cross, and
    :class:`ReferenceTaken`. Safe inside a caller's transaction: a refusal undoes only its own work.
    """
    accept(handover)
    rows = ReceivedReferral.objects.unscoped()
    try:
        with transaction.atomic():
            return _store(handover, sent_by_user=sent_by_user, at=at or timezone.now())
    except IntegrityError:
        # The same key is there already, or the reference number is another's. Most are new: so there is no look before.
        already = rows.filter(key=handover.key).first()
        if already is not None:
            return already
        if rows.filter(reference=handover.reference).exists():
            raise ReferenceTaken(handover.reference) from None
        raise


def _store(handover: Handover, *, sent_by_user: User | None, at: datetime) -> ReceivedReferral:
    received = ReceivedReferral.from_handover(handover, received_at=at)
    begin(received)
    received.save(force_insert=True)
    _store_services(handover, received)
    ReceivedCriminogenicNeed.objects.unscoped().bulk_create(
        ReceivedCriminogenicNeed(received=received, position=position, name=need.name, comment=need.comment)
        for position, need in enumerate(handover.needs.criminogenic)
    )
    share = ShareVersion.from_handover(
        handover, received=received, number=FIRST_VERSION, handover_hash=seal(handover), shared_at=at
    )
    share.save(force_insert=True)
    record_shared(received, share, handover, by=sent_by_user, at=at)
    for action in (AuditAction.REFERRAL_RECEIVED, AuditAction.RISK_SHARED):
        audit.record(action, by=sent_by_user, referral=received.pk, crn=received.crn, version=FIRST_VERSION)
    return received


def _store_services(handover: Handover, received: ReceivedReferral) -> None:
    """All services with all their outcomes: two statements."""
    rows = [
        ReceivedService.from_shared(service, received=received, position=position)
        for position, service in enumerate(handover.services)
    ]
    ReceivedService.objects.unscoped().bulk_create(rows)
    ReceivedOutcome.objects.unscoped().bulk_create(
        ReceivedOutcome(service=row, position=place, outcome_id=outcome.outcome_id, text=outcome.text)
        for row, service in zip(rows, handover.services, strict=True)
        for place, outcome in enumerate(service.outcomes)
    )
