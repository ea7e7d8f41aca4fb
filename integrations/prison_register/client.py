"""The prison register: the names of prisons. Public, so no token of ours is sent.

| Function | Call | Answers beyond 200 |
|---|---|---|
| prisons | GET /prisons/names?active=true | none promised; an empty list is no register |

Raises the types of ``integrations.failures``. Pages ask ``integrations.establishments``, which keeps the list.
"""

from typing import Final

from integrations.prison_register import decoding
from integrations.prison_register.types import Establishment
from integrations.transport import Transport

SYSTEM: Final = "prison_register"

_register = Transport(
    SYSTEM,
    url_setting="PRISON_REGISTER_URL",
    timeouts_setting="PRISON_REGISTER_TIMEOUTS",
    timeouts=(2.0, 5.0, 5.0),
    credentials=None,
)


def prisons() -> tuple[Establishment, ...]:
    """The prisons that are open, by the register's own order (their names)."""
    reply = _register.read("prisons", "/prisons/names?active=true")
    wire, _ = reply.decoded_as_list_of(decoding.PrisonName)
    found = decoding.establishments_from(wire)
    if not found:
        raise reply.malformed("no prison in the register")
    return found
