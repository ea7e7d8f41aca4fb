"""Prisoner search: where somebody with a prison number is held, and when they are to be released.

| Function | Call | Answers beyond 200 |
|---|---|---|
| custody | GET /prisoner/{nomsId} | 404 no such prisoner; 401, 403 our token or its role |

Raises the types of ``integrations.failures``. Pages, which know a person by CRN, ask ``integrations.custody``.
"""

from typing import Final

from integrations.hmpps_auth.tokens import ServiceToken
from integrations.prisoner_search import decoding
from integrations.prisoner_search.types import Custody
from integrations.transport import Transport

SYSTEM: Final = "prisoner_search"

_prisoner_search = Transport(
    SYSTEM,
    url_setting="PRISONER_SEARCH_URL",
    timeouts_setting="PRISONER_SEARCH_TIMEOUTS",
    timeouts=(2.0, 5.0, 5.0),
    credentials=ServiceToken(),
)


def custody(prison_number: str) -> Custody:
    """What the prison systems hold about this person now. Raises ``NotFound`` for an unknown number."""
    reply = _prisoner_search.read("custody", "/prisoner/{prison_number}", prison_number=prison_number)
    wire, was_mended = reply.decoded_as(decoding.Prisoner)
    found = decoding.custody_from(wire, was_mended=was_mended)
    if found.prison_number != prison_number.strip().upper():
        raise reply.malformed("another prisoner")
    return found
