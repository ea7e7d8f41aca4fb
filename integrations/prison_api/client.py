"""Prison API, asked for one thing: the secure children's homes, which the prison register does not have.

| Function | Call | Answers beyond 200 |
|---|---|---|
| secure_childrens_homes | GET /api/agencies/type/SCH?activeOnly=true | 401; an empty list is an answer |

Raises the types of ``integrations.failures``. Pages ask ``integrations.establishments``, which keeps the list.
"""

from typing import Final

from integrations.hmpps_auth.tokens import ServiceToken
from integrations.prison_api import decoding
from integrations.prison_api.types import Establishment
from integrations.transport import Transport

SYSTEM: Final = "prison_api"

_prison_api = Transport(
    SYSTEM,
    url_setting="PRISON_API_URL",
    timeouts_setting="PRISON_API_TIMEOUTS",
    timeouts=(2.0, 5.0, 5.0),
    credentials=ServiceToken(),
)


def secure_childrens_homes() -> tuple[Establishment, ...]:
    """The secure children's homes that are open, in Prison API's order; may be empty."""
    reply = _prison_api.read("secure_childrens_homes", "/api/agencies/type/SCH?activeOnly=true")
    wire, _ = reply.decoded_as_list_of(decoding.Agency)
    return decoding.establishments_from(wire)
