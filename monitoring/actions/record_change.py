"""Adding to the change log of a referral, inside the transaction of whatever changes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from monitoring.actions.idempotency import insert
from monitoring.models import ReceivedReferral, ReceivedService, ReferralChange, Topic

#: Who is named where no person made the change, and no other system has it.
THE_SERVICE = "This service"


def record_change(
    received: ReceivedReferral,
    *,
    topic: Topic,
    before: str,
    after: str,
    reason: str,
    by: User | None,
    at: datetime | None = None,
    service: ReceivedService | None = None,
    replaced: Mapping[str, object] | None = None,
    form_key: UUID | None = None,
    source: str = THE_SERVICE,
) -> ReferralChange:
    """Keep one change, in words as pages show them, and audit it by its topic.

    ``source`` is named where no person made it.

    ``received`` is locked by the caller, who has checked that the change may be made and tells whom it concerns.
    ``replaced``: what stood in the columns that were overwritten (text, numbers, ISO dates). Of risk information,
    ``before`` and ``after`` name sections and versions, never text.
    """
    change = ReferralChange(
        form_key=form_key,
        received=received,
        topic=topic,
        category_id=service.category_id if service else None,
        category_name=service.category_name if service else "",
        before=before,
        after=after,
        reason=reason,
        replaced=dict(replaced or {}),
        by=by,
        by_name=by.display_name if by else source,
        at=at or timezone.now(),
    )
    insert(change)
    audit.record(
        AuditAction.REFERRAL_CHANGED, by=by, referral=received.pk, crn=received.crn, topic=topic.value
    )
    return change
