"""What prisoner search tells us, in the field's words: a plain, frozen value with no trace of the wire.

Knows nothing of HTTP, of our own models or of pages. A missing value is ``None``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Whereabouts(StrEnum):
    """Where somebody with a prison number is now. ``UNKNOWN``: not said, or a word that we do not know."""

    IN = "IN"
    OUT = "OUT"  # released; or, when an establishment is named, away from it for a time (court, hospital)
    TRANSFER = "TRANSFER"  # between two establishments
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Custody:
    """What the prison systems hold about somebody now.

    ``establishment_id`` is a code of ``integrations.establishments``, ``None`` for somebody who is released, on the
    way between two, or of whom nothing is said. ``release_date`` is the confirmed one when there is one, else the
    expected one; it may be past. ``legal_status`` is one of ``LEGAL_STATUSES`` or ``None``.

    ``was_mended`` says that the source held null bytes or lone surrogates, which were replaced by U+FFFD. ``unread``
    names the fields whose value could not be read; a ``release_date`` beside its name there may not be the newest.
    """

    prison_number: str
    establishment_id: str | None
    whereabouts: Whereabouts
    release_date: date | None
    release_date_is_confirmed: bool
    legal_status: str | None
    was_mended: bool = False
    unread: frozenset[str] = frozenset()


#: Prisoner search's words. Another one is read as "UNKNOWN".
LEGAL_STATUSES = frozenset(
    {
        "CIVIL_PRISONER",
        "CONVICTED_UNSENTENCED",
        "DEAD",
        "IMMIGRATION_DETAINEE",
        "INDETERMINATE_SENTENCE",
        "OTHER",
        "RECALL",
        "REMAND",
        "SENTENCED",
        "UNKNOWN",
    }
)
