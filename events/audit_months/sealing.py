"""Seals each month of the audit trail a day after it is over: one hash over all its events, in order, chained to the
month before and keyed, so that whoever can write rows cannot make a seal that fits.

CRNs are blanked when their time is over (decision 23), so they stand in no line that is hashed. Each has a keyed hash
with its event's id, and the seal has the sum of these. Blanking notes what it takes off the sum.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Min, QuerySet

from encryption import declaration_keys
from events import audit
from events.audit_months.models import AuditSeal, BlankedCrns
from events.audit_months.months import following, month_of, start_of
from events.models import AuditAction, AuditEvent

FORMAT: Final = "audit trail, 1"
#: An event is stamped by the web server and is there when its transaction ends: nobody is a day late.
GRACE: Final = timedelta(days=1)
_COLUMNS: Final = (
    "at", "id", "action", "outcome", "user_id", "referral", "share_version", "facts", "request_id", "crn",
)  # fmt: skip
_ONE_AT_A_TIME: Final = 5_219_003  # any number of ours: sealing and blanking wait for each other
_MODULUS: Final = 2**256


@dataclass(frozen=True, slots=True)
class Found:
    """What the events of a month are, now."""

    rows: int
    hash: str
    crns: int


def read(rows: QuerySet[AuditEvent], month: date) -> Found:
    """Read the month's events, a few thousand at a time. Call inside a transaction that holds the ``lock``."""
    digest, number, crns = hashlib.sha256(), 0, 0
    of_month = rows.filter(at__gte=start_of(month), at__lt=start_of(following(month))).order_by("at", "id")
    for values in of_month.values_list(*_COLUMNS).iterator(chunk_size=5_000):
        *kept, crn = values
        digest.update(_line(*kept))
        number += 1
        if crn:
            crns += _of_crn(values[1], crn)
    return Found(number, digest.hexdigest(), crns % _MODULUS)


def lock() -> None:
    """Until the transaction ends, nobody else seals, verifies or blanks. SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def seal_months(now: datetime) -> list[date]:
    """Seal every month that is over and is not sealed; which. May run twice, and be cut off."""
    sealed = []
    while (month := _seal_next(now)) is not None:
        sealed.append(month)
    return sealed


@transaction.atomic
def _seal_next(now: datetime) -> date | None:
    lock()
    last = AuditSeal.objects.order_by("-month").first()
    first_at = AuditEvent.objects.aggregate(first=Min("at"))["first"]
    if first_at is None:
        return None
    month = following(last.month) if last else month_of(first_at)
    if start_of(following(month)) + GRACE > now:
        return None
    found = read(AuditEvent.objects.all(), month)
    seal = AuditSeal(
        month=month,
        rows=found.rows,
        hash=found.hash,
        crns=f"{found.crns:064x}",
        previous=last.proof if last else "",
        sealed_at=now,
    )
    seal.proof = declaration_keys.proof(sealed_text(seal))
    seal.save(force_insert=True)
    # The trail knows of every seal: those cut off at the end are missed (``verifying``).
    audit.record(
        AuditAction.AUDIT_MONTH_SEALED, by=None, month=month.isoformat(), rows=seal.rows, proof=seal.proof
    )
    return month


@transaction.atomic
def blank_crns(rows: QuerySet[AuditEvent], *, at: datetime) -> int:
    """Blank the CRNs of these events, and note for sealed months what that takes off their sums; how many events."""
    lock()
    last = AuditSeal.objects.order_by("-month").first()
    if last is not None:
        sums: dict[date, list[int]] = defaultdict(list)
        sealed = rows.exclude(crn="").filter(at__lt=start_of(following(last.month))).order_by()
        for pk, when, crn in sealed.values_list("pk", "at", "crn"):
            sums[month_of(when)].append(_of_crn(pk, crn))
        for month, hashes in sums.items():
            noted = BlankedCrns(month=month, rows=len(hashes), crns=f"{sum(hashes) % _MODULUS:064x}", at=at)
            noted.proof = declaration_keys.proof(noted_text(noted))
            noted.save(force_insert=True)
    return rows.update(crn="", blanked_at=at)


def sealed_text(seal: AuditSeal) -> bytes:
    """What the proof of a seal is made of."""
    return _text(seal.month.isoformat(), seal.rows, seal.hash, seal.crns, seal.previous)


def noted_text(noted: BlankedCrns) -> bytes:
    """What the proof of a note about blanking is made of."""
    return _text(noted.month.isoformat(), noted.rows, noted.crns, _moment(noted.at))


def total(first: int, *others: int) -> int:
    """The sum, as seals have it."""
    return sum(others, first) % _MODULUS


def _line(
    at: datetime, pk: Any, action: str, outcome: str, user: int | None, referral: Any, *rest: Any
) -> bytes:
    """An event written down in one way only. Facts have keys of ASCII, and numbers and words of ours."""
    of = str(referral) if referral else None
    return _text(_moment(at), str(pk), action, outcome, user, of, *rest) + b"\n"


def _text(*values: Any) -> bytes:
    written = json.dumps([FORMAT, *values], ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return written.encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _of_crn(pk: Any, crn: str) -> int:
    return int(declaration_keys.to_compare(_text(str(pk), crn)), 16)
