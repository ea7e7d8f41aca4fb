"""Takes old months out of the audit trail, each as a table of its own that nobody can change. PostgreSQL only."""

from __future__ import annotations

from datetime import date

from django.db import connection

from accounts.models import User
from events import audit
from events.append_only import NO_TEXT, allow_blanking, install
from events.audit_months.months import following, month_of, start_of
from events.audit_months.partitions import TRAIL, changing, is_partitioned, parts
from events.audit_months.verifying import verify
from events.models import AuditAction, AuditEvent, AuditSeal


class NotMovedOut(Exception):
    """Why a month stays."""


def move_out(month: date, *, by: User) -> str:
    """Move out the part that this month is in; which table it is now.

    Every month of the part must be sealed, and be as it was sealed.
    """
    if not is_partitioned():
        raise NotMovedOut("The audit trail has no months: it is not on PostgreSQL.")
    limits = start_of(month), start_of(following(month))
    part = next((part for part in parts() if part.overlaps(*limits)), None)
    if part is None or part.until is None:
        raise NotMovedOut(f"The audit trail has no table for {month:%B %Y}.")
    until = month_of(part.until)
    first = month_of(part.since) if part.since else _first_month(until)
    for each in _months(first, until):
        if not AuditSeal.objects.filter(month=each).exists():
            raise NotMovedOut(f"{each:%B %Y} is not sealed yet.")
        if faults := [what for at, what in verify(only=each).faults if at == each]:
            raise NotMovedOut(f"{each:%B %Y}: {faults[0]}.")
    with changing(connection) as cursor:
        cursor.execute(f"ALTER TABLE {TRAIL} DETACH PARTITION {part.table}")
        # PostgreSQL takes away the triggers that were the trail's.
        install(connection, part.table)
        allow_blanking(connection, part.table, {"crn": NO_TEXT})
        audit.record(
            AuditAction.AUDIT_MONTHS_MOVED_OUT,
            by=by,
            first=first.isoformat(),
            until=until.isoformat(),
            table=part.table,
        )
    return part.table


def _first_month(until: date) -> date:
    """Of a part without a beginning."""
    at = AuditEvent.objects.order_by("at").values_list("at", flat=True).first()
    return min(month_of(at), until) if at else until


def _months(first: date, until: date) -> list[date]:
    months = []
    while first < until:
        months.append(first)
        first = following(first)
    return months
