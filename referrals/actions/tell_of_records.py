"""Telling the practitioner of a sent case what other systems have by now: once for each thing, never a word of it."""

from __future__ import annotations

from enum import StrEnum

from events import outbox
from monitoring.models import Receiver
from referrals.models import Referral

#: Outbox kinds. Payload: ``about``, one of ``About``.
RECORDS_TO_CHECK, PRACTITIONER_CHANGED = "email.records_to_check", "email.practitioner_changed"


class About(StrEnum):
    """What there is to know."""

    DIFFERS = "differs"
    LIMITED = "limited"
    NOT_LIMITED = "not_limited"
    NOT_FOUND = "not_found"
    # Of the practitioner whom the service provider contacts
    REPLACED = "replaced"
    ANOTHER = "another"
    NOBODY = "nobody"


OF_THE_PRACTITIONER = frozenset({About.REPLACED, About.ANOTHER, About.NOBODY})


def tell(referral: Referral, about: About, *, once: str) -> None:
    """Have it told after the transaction. ``once``: the same about the same case is not told again."""
    assert referral.received_id is not None  # sent
    kind = PRACTITIONER_CHANGED if about in OF_THE_PRACTITIONER else RECORDS_TO_CHECK
    outbox.enqueue(
        kind,
        key=f"{kind}:{referral.received_id}:{about}:{once}"[:120],
        referral=referral.received_id,
        receiver=Receiver.PRACTITIONER,
        payload={"about": about.value},
    )
