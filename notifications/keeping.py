"""Keeps every email as a notification of whoever gets it, and says whether it is to be sent, too.

Called by ``events.emails`` for each email, whatever it is about. Runs with the service's own database rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from accounts.models import Audience, User
from events.emails import Written
from events.models import OutboxEntry
from notifications.models import EmailChoice, Notification
from notifications.types import DIGEST, TYPES, URGENT
from notifications.unread import forget


class How(Enum):
    """How somebody is told, beside their list of notifications."""

    EMAIL = "by email, at once"
    DAILY = "in the daily email"
    NOT = "by no email"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose: the types without an email, and whether the rest comes once a day."""

    switched_off: frozenset[str] = frozenset()
    daily: bool = False

    def how_to_tell(self, kind: str) -> How:
        """For one kind of email. What is urgent, and a kind without a type, always comes at once."""
        told = TYPES.get(kind)
        if told is None or told in URGENT:
            return How.EMAIL
        if told.value in self.switched_off:
            return How.NOT
        return How.DAILY if self.daily else How.EMAIL


def choice_of(user: User) -> Choice:
    """What this user chose; every email at once unless they chose."""
    row = EmailChoice.objects.filter(user=user).first()
    return Choice(frozenset(row.switched_off), row.daily) if row else Choice()


def keep(entry: OutboxEntry, written: Written) -> bool:
    """Keep a notification of everybody with an account under this address, once. True: send the email, too.

    Not sent only where nobody who reads it there wants it at once. A mailbox of a team is nobody's.
    """
    if entry.kind == DIGEST:
        return True
    accounts = User.objects.filter(email__iexact=written.email, is_active=True)
    ways = [_keep(entry, written, user) for user in accounts.exclude(audience=Audience.ADMINISTRATOR)]
    return How.EMAIL in ways or not ways


def _keep(entry: OutboxEntry, written: Written, user: User) -> How:
    how = choice_of(user).how_to_tell(entry.kind)
    in_digest = how == How.DAILY
    kept, is_new = Notification.objects.get_or_create(
        entry=entry.pk,
        user=user,
        defaults={
            "kind": entry.kind,
            "referral": entry.referral,
            "subject": written.subject,
            "sentence": written.sentence,
            "path": written.address,
            "in_digest": in_digest,
        },
    )
    # Tried before, and not sent: they may have chosen otherwise since. What the daily email told stays told.
    if not is_new and kept.in_digest != in_digest:
        Notification.objects.filter(pk=kept.pk, digested_at=None).update(in_digest=in_digest)
    forget(user)
    return how
