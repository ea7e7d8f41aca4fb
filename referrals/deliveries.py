"""What other systems are told about a referral, delivered from the outbox. Safe to repeat."""

from __future__ import annotations

from django.urls import reverse

from events import audit, outbox
from events.models import AuditAction, OutboxEntry
from integrations.ndelius import client
from referrals.models import Referral

NDELIUS_REFERRAL = "ndelius.referral"


@outbox.handler(NDELIUS_REFERRAL)
def record_in_ndelius(entry: OutboxEntry) -> None:
    """Write the referral into nDelius, which knows it by its id and so takes it once (decision F8)."""
    referral = Referral.objects.select_related(
        "contract__contract_type", "contract__prime", "created_by"
    ).get(pk=entry.referral)
    assert referral.sent_at is not None
    assert referral.sentence_id is not None
    address = reverse("referrals:case", args=[referral.pk])
    notes = (
        f"{referral.contract.contract_type.name} referral {referral.reference} to "
        f"{referral.contract.prime.name}.\n{address}"
    )
    client.record_referral(
        referral.crn,
        referral.pk,
        referral.sent_at,
        referral.contract.contract_type.code,
        referral.sentence_id,
        notes,
    )
    audit.record(
        AuditAction.NDELIUS_UPDATED, by=referral.created_by, referral=referral.pk, crn=referral.crn,
        attempts=entry.attempts,
    )  # fmt: skip
