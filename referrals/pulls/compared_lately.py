"""Which drafts were just compared with the other systems, so that opening a page again asks nobody.

Practitioners come back to "check your answers" again and again, from each change and from resuming the draft. What is
kept for a minute is a keyed hash of everything the draft holds: nothing of a case, and a draft that was changed in any
way is another one. Sending never looks here: it always asks.
"""

from __future__ import annotations

from typing import Final

from django.core.cache import cache

from referrals.models import Referral
from risk.redaction import keyed_hash

ASKED_EVERY: Final = 60  # seconds, as about access
#: When something happened, which is nothing that another system says.
_TIMES: Final = {"changed_at", "person_pulled_at", "expiry_warned_at"}
_COMPARED: Final = tuple(
    field.attname for field in Referral._meta.concrete_fields if field.attname not in _TIMES
)


def note_compared(draft: Referral) -> None:
    """Every system answered, and the draft is as it stands after that."""
    cache.set(_key(draft), 1, ASKED_EVERY)


def was_compared(draft: Referral) -> bool:
    """Whether that is less than a minute ago, and the draft still is the same."""
    return cache.get(_key(draft)) is not None


def _key(draft: Referral) -> str:
    held = vars(draft)  # as loaded: what is encrypted stays encrypted
    return f"facts-compared:{keyed_hash(repr([held.get(name) for name in _COMPARED]))}"
