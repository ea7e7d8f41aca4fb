"""Writing to the audit trail. Takes ids, counts and codes; has no parameter that a text could go through."""

from __future__ import annotations

from uuid import UUID

from structlog.contextvars import get_contextvars

from accounts.models import User
from events.models import AuditAction, AuditEvent
from prepared.inserts import PreparedInsert

_EVENTS = PreparedInsert(AuditEvent)


def record(
    action: AuditAction,
    *,
    by: User | None,
    referral: UUID | None = None,
    crn: str = "",
    version: int | None = None,
    outcome: AuditEvent.Outcome = AuditEvent.Outcome.DONE,
    **facts: int | bool | str,
) -> None:
    """Add one event. ``facts`` are counts and codes of ours (a section's key, a state), never text of a case."""
    event = AuditEvent(
        action=action,
        user=by,
        referral=referral,
        crn=crn,
        share_version=version,
        outcome=outcome,
        facts=facts,
        request_id=str(get_contextvars().get("request_id", ""))[:64],
    )
    _EVENTS.add(event)
