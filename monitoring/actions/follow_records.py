"""Bringing a sent referral up to date with nDelius and prison records: what those systems say, not what somebody typed.

Takes values with a name, as the door does, and passes each through it. What may follow, and whether a practitioner has
to decide first, is the caller's. Must not know any client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import outbox
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.amend_referral import (
    CHANGED_MEANWHILE,
    TO_CASEWORKER,
    ChangedMeanwhile,
    Standing,
    apply,
)
from monitoring.models import ReceivedReferral, ReferralChange, Topic
from monitoring.rules.amendments import Amendment, NewPersonalDetails, why_not_now
from monitoring.rules.personal_details import differing


class Source(Enum):
    """Who changed it, as the change log names them."""

    NDELIUS = "nDelius"
    PRISON_RECORDS = "Prison records"


#: Why, as both sides read it, by what was changed.
REASONS: Mapping[Topic, str] = {
    Topic.ESTABLISHMENT: "Updated from prison records.",
    Topic.RELEASE_DATE: "Updated from prison records.",
    Topic.PRACTITIONER: "nDelius names this practitioner as responsible for the person.",
}


@dataclass(frozen=True, slots=True)
class FromRecords:
    """One item as a system has it now. ``seen``: the version of it that a page showed, where somebody decided."""

    source: Source
    amendment: Amendment
    seen: str = ""


@transaction.atomic
def follow_records(
    *,
    received: ReceivedReferral,
    said: Sequence[FromRecords],
    by: User | None = None,
    at: datetime | None = None,
) -> list[ReferralChange]:
    """Write what is another by now, with a change for each item, and tell the caseworker once.

    ``by`` decided it; nobody did where the referral follows by itself. What is the same already, or cannot change on
    this case any more, is left out, so the same again changes nothing. Raises ChangedMeanwhile, and NotAcceptable for
    a value that may not cross: nothing is changed then.
    """
    rows = ReceivedReferral.objects.unscoped().select_for_update(of=("self",))
    held = rows.get(pk=received.pk)
    changes = []
    for item in said:
        standing = type(item.amendment).standing(held)
        if item.amendment.same_as(standing) or why_not_now(item.amendment.topic, held):
            continue
        if item.seen and item.seen != standing.seen_as():
            raise ChangedMeanwhile(CHANGED_MEANWHILE)
        changes.append(_apply(held, item, standing, by=by, at=at or timezone.now()))
    if changes:
        _tell(held, changes)
        moving.finish(held)
    return changes


def _apply(
    held: ReceivedReferral, item: FromRecords, standing: Amendment, *, by: User | None, at: datetime
) -> ReferralChange:
    amendment = item.amendment
    parts: list[str] = []
    reason = REASONS.get(amendment.topic, "")
    if isinstance(amendment, NewPersonalDetails) and isinstance(standing, NewPersonalDetails):
        details = differing(standing.person, amendment.person)
        parts = [*dict.fromkeys(detail.part for detail in details)]
        reason = f"Updated from nDelius: {', '.join(detail.label.lower() for detail in details)}."
    return apply(
        held,
        amendment,
        Standing(standing, standing.words_beside(amendment)),
        after=amendment.words_beside(standing),
        reason=reason,
        by=by,
        at=at,
        source=item.source.value,
        parts=parts,
    )


def _tell(held: ReceivedReferral, changes: Sequence[ReferralChange]) -> None:
    """The caseworker: of one change with a link to it, of several with a link to the change log."""
    first, *others = changes
    outbox.enqueue(
        TO_CASEWORKER,
        key=f"{TO_CASEWORKER}:{first.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(held.caseworker_id),
        payload={} if others else {"change": str(first.pk)},
    )
