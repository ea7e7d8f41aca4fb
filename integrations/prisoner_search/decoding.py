"""Prisoner search's wire shape, and how it becomes a value of ``integrations.prisoner_search.types``.

The only place that knows the keys of its JSON, a large document of which little is read. Every key may be missing
but the prison number. Word lists are read as plain text, so that a word we do not know becomes "unknown" instead of
failing the whole answer. Nothing here calls anything.
"""

import re
from typing import Final

from integrations.prisoner_search.types import LEGAL_STATUSES, Custody, Whereabouts
from integrations.unread_facts import facts_of
from integrations.wire import Day, Wire, text_or_none

#: Codes that stand where an establishment is expected and are none: released, and in transfer.
NO_ESTABLISHMENTS: Final = frozenset({"OUT", "TRN"})

_CODE: Final = re.compile(r"[A-Z0-9]{1,12}")
_WHEREABOUTS: Final = {"IN": Whereabouts.IN, "OUT": Whereabouts.OUT, "TRN": Whereabouts.TRANSFER}


class Prisoner(Wire):
    """GET /prisoner/{nomsId}."""

    prisoner_number: str
    prison_id: str | None = None
    in_out_status: str | None = None
    legal_status: str | None = None
    release_date: Day | None = None
    confirmed_release_date: Day | None = None


#: What each key says of custody.
_OF_CUSTODY: Final = {
    "prisonId": "establishment_id",
    "inOutStatus": "whereabouts",
    "legalStatus": "legal_status",
    "releaseDate": "release_date",
    "confirmedReleaseDate": "release_date",
}


def custody_from(wire: Prisoner, *, was_mended: bool) -> Custody:
    """A prisoner's document as custody."""
    place = (text_or_none(wire.prison_id) or "").upper()
    no_code = ["prisonId"] if place and not _CODE.fullmatch(place) else []
    return Custody(
        prison_number=wire.prisoner_number.strip().upper(),
        establishment_id=place if _is_an_establishment(place) else None,
        whereabouts=_whereabouts(wire.in_out_status, place),
        release_date=wire.confirmed_release_date or wire.release_date,
        release_date_is_confirmed=wire.confirmed_release_date is not None,
        legal_status=_legal_status(wire.legal_status),
        was_mended=was_mended,
        unread=facts_of([*wire.unread, *no_code], _OF_CUSTODY),
    )


def _is_an_establishment(code: str) -> bool:
    """What cannot be a code is none: it would be stored and shown."""
    return code not in NO_ESTABLISHMENTS and _CODE.fullmatch(code) is not None


def _whereabouts(word: str | None, place: str) -> Whereabouts:
    """By its own word. When that is missing, the two codes that are no establishments say it as well."""
    status = (word or "").strip().upper() or (place if place in NO_ESTABLISHMENTS else "")
    return _WHEREABOUTS.get(status, Whereabouts.UNKNOWN)


def _legal_status(word: str | None) -> str | None:
    status = text_or_none(word)
    return status if status is None or status in LEGAL_STATUSES else "UNKNOWN"
