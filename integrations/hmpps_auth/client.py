"""HMPPS Auth, which gives this service its tokens for other systems (client credentials, HTTP Basic).

| Function | Call | Answers beyond 200 |
|---|---|---|
| token | POST /oauth/token, grant_type=client_credentials | 401 the client's name or secret is wrong; 400 |

Every call asks anew: ``integrations.hmpps_auth.tokens`` keeps what it answers. Raises the types of
``integrations.failures``. Signing users in is not here: that is between a browser, HMPPS Auth and ``accounts``.
"""

from typing import Final

from integrations.credentials import Basic
from integrations.hmpps_auth import decoding
from integrations.hmpps_auth.types import Token
from integrations.transport import Transport

SYSTEM: Final = "hmpps_auth"

_hmpps_auth = Transport(
    SYSTEM,
    url_setting="HMPPS_AUTH_URL",
    timeouts_setting="HMPPS_AUTH_TIMEOUTS",
    timeouts=(2.0, 2.0, 2.0),
    credentials=Basic(name_setting="HMPPS_AUTH_CLIENT_ID", secret_setting="HMPPS_AUTH_CLIENT_SECRET"),  # noqa: S106
)


def token(username: str = "") -> Token:
    """A new token of this service. With ``username`` it says on whose behalf, which not every system heeds."""
    form = {"grant_type": "client_credentials"} | ({"username": username} if username else {})
    reply = _hmpps_auth.read("token", "/oauth/token", form=form)
    wire, _ = reply.decoded_as(decoding.TokenReply)
    try:
        return decoding.token_from(wire)
    except ValueError as error:
        problem = str(error)
    raise reply.malformed(problem)
