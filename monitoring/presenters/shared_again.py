"""What is said above a version that replaced another, or that was recalled: when, what changed, whom to ask.

In words of our own and names of sections. Must not say anything that an earlier version said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from govuk.template_filters import date_time
from monitoring.handover.contents import Handover
from monitoring.models import ShareOpening, ShareVersion
from monitoring.rules.risk_sections import RISK_LABELS


@dataclass(frozen=True, slots=True)
class SharedAgain:
    """A sentence, what follows it, and the sections that changed."""

    sentence: str
    more: str = ""
    sections: tuple[str, ...] = ()


def recalled(share: ShareVersion, handover: Handover) -> str:
    """What stands in place of the risk information; nothing while it was not recalled."""
    if share.recalled_at is None:
        return ""
    return (
        f"The risk information was recalled on {date_time(share.recalled_at)}, because it was shared in error. Do not "
        f"use it, and delete any copies. {whom_to_ask(handover)}"
    )


def whom_to_ask(handover: Handover) -> str:
    """The practitioner, or the main point of contact, with how to reach them."""
    contact = handover.main_contact if handover.main_contact.name else handover.practitioner
    ways = ", ".join(way for way in (contact.email, contact.phone) if way)
    name = contact.name or "the probation practitioner"
    return f"If you need risk information, contact {name}{f' ({ways})' if ways else ''}."


def what_changed(share: ShareVersion, opening: ShareOpening | None) -> SharedAgain | None:
    """Since the version that its reader last opened (``opening``; None: they opened none before this one).

    Nothing for the first version, and for one that was recalled.
    """
    if share.number == 1 or share.recalled_at is not None:
        return None
    at = date_time(share.shared_at)
    sentence = f"The probation practitioner shared a corrected version of the risk information on {at}."
    if opening is None:
        return SharedAgain(sentence, "You had not opened an earlier version.")
    return SharedAgain(sentence, *_since(opening.last_opened_at, share.changed_since(opening.share)))


def _since(last: datetime, changed: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    sections = tuple(RISK_LABELS[section] for section in changed)
    if not sections:
        return f"No section changed since you last opened it on {date_time(last)}.", ()
    return f"Changed since you last opened it on {date_time(last)}:", sections


def last_opened_before(share: ShareVersion, user_id: int) -> ShareOpening | None:
    """When this person opened the newest of the earlier versions that they opened. No statement for a first version."""
    if share.number == 1:
        return None
    openings = ShareOpening.objects.unscoped().filter(
        share__received=share.received_id, share__number__lt=share.number, user=user_id
    )
    return openings.select_related("share").order_by("-share__number").first()
