"""What nDelius is told about a referral, delivered from the outbox. Safe to repeat."""

from __future__ import annotations

from django.urls import reverse

from events import audit, outbox
from events.models import NDELIUS, AuditAction, OutboxEntry
from integrations import failures
from integrations.ndelius import client
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.models import Referral


@outbox.handler(NDELIUS_REFERRAL, receiver=NDELIUS, about="The referral")
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
    try:
        client.record_referral(
            referral.crn,
            referral.pk,
            referral.sent_at,
            referral.contract.contract_type.code,
            referral.sentence_id,
            notes,
        )
    except (failures.Rejected, failures.NotFound, failures.Conflict) as refusal:
        raise outbox.CannotBeDelivered(type(refusal).__name__) from None  # it would say the same again
    audit.record(
        AuditAction.NDELIUS_UPDATED, by=referral.created_by, referral=referral.pk, crn=referral.crn,
        attempts=entry.attempts,
    )  # fmt: skip
