"""Writing down a referral as it was sent, for whoever has to show what was shared that day. Audited, also when refused.

Everything in it was shared. What was not shared never reached the service provider's side, which this reads.
"""

from __future__ import annotations

import json
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from monitoring.actions.as_sent import as_sent
from monitoring.handover.seal import canonical, fits
from monitoring.models import ReceivedReferral
from personal_records.policies import may_export

REFUSED = "This account may not export what is held about a person."
UNKNOWN = "No referral has this reference number."
BLANKED = "The details of this referral were deleted, because its retention period is over."


def export_as_sent(*, reference: str, by: User, to: IO[bytes]) -> bool:
    """Write it to ``to`` as JSON; whether it is to the letter what was sealed on sending (R9). Raises Refused."""
    if not may_export(by):
        audit.record(AuditAction.AS_SENT_EXPORTED, by=by, outcome=AuditEvent.Outcome.REFUSED)
        raise Refused(REFUSED, code="not_permitted")
    case = ReceivedReferral.objects.unscoped().filter(reference=reference).first()
    if case is None:
        raise Refused(UNKNOWN, code="unknown")
    if case.blanked_at is not None:
        raise Refused(BLANKED, code="blanked")
    handover, share = as_sent(case), case.shares.get(number=1)
    is_as_sealed = fits(handover, share.handover_hash)
    front = {
        "format": "referral as sent, 1",
        "made_at": timezone.now(),
        "made_by": by.display_name,
        "seal": share.handover_hash,
        "fits_its_seal": is_as_sealed,
        "risk_recalled_at": share.recalled_at,
        "sent": json.loads(canonical(handover)),
    }
    to.write(json.dumps(front, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode() + b"\n")
    audit.record(
        AuditAction.AS_SENT_EXPORTED, by=by, referral=case.pk, crn=case.crn, fits_its_seal=is_as_sealed
    )
    return is_as_sealed
