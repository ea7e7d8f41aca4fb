"""Reads every sealed month of the audit trail again: is each as it was when it was over, and is none missing?

Says which month is wrong and how, never what stands in it. ``docs/operations.md`` says what it cannot find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.sql.datastructures import BaseTable

from encryption import declaration_keys
from events.audit_months import sealing
from events.audit_months.models import AuditSeal, BlankedCrns
from events.audit_months.months import following, start_of
from events.models import AuditAction, AuditEvent


@dataclass(slots=True)
class Verified:
    """What was looked at. ``faults``: a month and what is wrong with it."""

    months: int = 0
    events: int = 0
    elsewhere: int = 0  # months that were moved out and are not in this database
    faults: list[tuple[date, str]] = field(default_factory=list)


def verify(only: date | None = None) -> Verified:
    """Look at every sealed month, or read the events of one only; the chain is looked at in any case."""
    result = Verified()
    moved = moved_out()
    due, previous = None, ""
    for seal in AuditSeal.objects.order_by("month"):
        while due is not None and due < seal.month:
            result.faults.append((due, "the seal is missing"))
            due = following(due)
        if not declaration_keys.proves(seal.proof, sealing.sealed_text(seal)):
            result.faults.append((seal.month, "the seal was changed, or made without our keys"))
        if seal.previous != previous:
            result.faults.append((seal.month, "the seal does not follow the one before it"))
        if only in (None, seal.month):
            result.faults += [(seal.month, what) for what in _wrong(seal, moved, result)]
        due, previous = following(seal.month), seal.proof
    result.faults += _seals_that_are_missed()
    first = AuditSeal.objects.order_by("month").first()
    if first and AuditEvent.objects.filter(at__lt=start_of(first.month)).exists():
        result.faults.append((first.month, "there are events from before the first seal"))
    return result


def moved_out() -> dict[date, str]:
    """Months that were moved out, and the table that each is in."""
    months = {}
    events = AuditEvent.objects.filter(action=AuditAction.AUDIT_MONTHS_MOVED_OUT).order_by("at")
    for facts in events.values_list("facts", flat=True):
        month, until = date.fromisoformat(facts["first"]), date.fromisoformat(facts["until"])
        while month < until:
            months[month] = facts["table"]
            month = following(month)
    return months


def of_table(table: str) -> QuerySet[AuditEvent]:
    """The events in a table like the audit trail's."""
    rows: QuerySet[AuditEvent] = AuditEvent._base_manager.all()
    rows.query.join(BaseTable(table, None))
    return rows


def _wrong(seal: AuditSeal, moved: dict[date, str], result: Verified) -> Iterator[str]:
    with transaction.atomic():
        sealing.lock()
        rows = AuditEvent.objects.all()
        if seal.month in moved:
            if moved[seal.month] not in connection.introspection.table_names():
                result.elsewhere += 1
                return
            rows = of_table(moved[seal.month])
        found = sealing.read(rows, seal.month)
        notes = [*BlankedCrns.objects.filter(month=seal.month)]
    result.months += 1
    result.events += found.rows
    if found.rows != seal.rows:
        yield f"{seal.rows:,} events were sealed, and there are {found.rows:,}"
    elif found.hash != seal.hash:
        yield "events were changed"
    if not all(declaration_keys.proves(note.proof, sealing.noted_text(note)) for note in notes):
        yield "a note about blanked CRNs was changed, or made without our keys"
    if f"{sealing.total(found.crns, *(_number(note.crns) for note in notes)):064x}" != seal.crns:
        yield "CRNs were changed, or blanked outside the service"


def _number(written: str) -> int:
    try:
        return int(written, 16)
    except ValueError:
        return 0


def _seals_that_are_missed() -> Iterator[tuple[date, str]]:
    """Those of which the audit trail knows."""
    proofs: dict[Any, str] = dict(AuditSeal.objects.values_list("month", "proof"))
    recorded = AuditEvent.objects.filter(action=AuditAction.AUDIT_MONTH_SEALED).order_by("at")
    for facts in recorded.values_list("facts", flat=True):
        month = date.fromisoformat(facts["month"])
        if proofs.get(month) != facts["proof"]:
            yield month, "the audit trail knows of another seal"
