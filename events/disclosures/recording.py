"""Adding to the disclosure record: once for each thing, at the end of its referral's chain.

Called inside the transaction of what it records, so that neither is there without the other. Reads the chain and so
needs the service's own database rights: a service provider's request calls it after giving its own back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Provider, User
from events import audit
from events.disclosures.chain import canonical, keyed_hash
from events.models import AuditAction, DisclosureEvent
from govuk.text import composed
from prepared.queries import PreparedQuery

TRIES = 10  # of two that begin a chain at the same moment one tries again


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One thing to record. ``once`` names it within its referral; parts are names of fields, never what they hold."""

    kind: DisclosureEvent.Kind
    once: str
    at: datetime
    referral: UUID
    crn: str
    by: User | None
    by_name: str
    recipient: Provider
    subcontractors: Collection[str]
    shared: Collection[str]
    withheld: Collection[str]
    reason: str
    share_version: int
    wording_version: str
    content_hash: str


def is_recorded(referral: UUID, once: str) -> bool:
    """Whether this is in the referral's chain already."""
    return _RECORDED.first(referral=referral, once=once) is not None


_RECORDED = PreparedQuery(
    lambda referral, once: DisclosureEvent.objects.filter(referral=referral, once=once).values_list("pk")
)


@transaction.atomic
def record(disclosure: Disclosure) -> bool:
    """Add it to its referral's chain. False when it was recorded before: nothing is added then.

    Two that write to one chain at the same moment: the second waits for the first (PostgreSQL locks the chain's first
    entry; SQLite lets in one writer at a time). Where there is no entry yet to lock, the unique number decides, and the
    one that lost tries again.
    """
    rows = DisclosureEvent.objects.filter(referral=disclosure.referral)
    for _ in range(TRIES):
        rows.filter(number=1).select_for_update().values_list("pk").first()
        if is_recorded(disclosure.referral, disclosure.once):
            return False
        try:
            with transaction.atomic():
                _add(disclosure, rows.order_by("-number").first())
        except IntegrityError:
            continue
        return True
    raise RuntimeError(f"No place in the disclosure record after {TRIES} tries")


def begin_chain(disclosure: Disclosure) -> None:
    """Add the first entry of a referral that came to be in this transaction.

    Nobody else knows it yet, so there is no chain to read or lock. Raises IntegrityError, by the unique number, if
    there is one after all.
    """
    _add(disclosure, None)


def _add(disclosure: Disclosure, last: DisclosureEvent | None) -> None:
    entry = DisclosureEvent(
        referral=disclosure.referral,
        number=last.number + 1 if last else 1,
        once=disclosure.once,
        kind=disclosure.kind.value,
        at=disclosure.at,
        crn=disclosure.crn,
        by=disclosure.by,
        by_name=composed(disclosure.by_name),
        recipient=disclosure.recipient,
        recipient_name=composed(disclosure.recipient.name),
        subcontractors=[composed(name) for name in disclosure.subcontractors],
        shared=[*disclosure.shared],
        withheld=[*disclosure.withheld],
        reason=composed(disclosure.reason),
        share_version=disclosure.share_version,
        wording_version=disclosure.wording_version,
        content_hash=disclosure.content_hash,
        previous=last.hash if last else "",
    )
    entry.canonical = canonical(entry)
    entry.hash = keyed_hash(entry.canonical)
    entry.save(force_insert=True)
    # The trail knows how long the chain is: entries cut off at its end are missed (``verifying``).
    audit.record(
        AuditAction.DISCLOSURE_RECORDED,
        by=disclosure.by,
        referral=disclosure.referral,
        crn=disclosure.crn,
        version=disclosure.share_version,
        number=entry.number,
        hash=entry.hash,
    )
