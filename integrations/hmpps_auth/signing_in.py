"""What the service asks HMPPS Auth, behind the browser's back, when somebody signs in.

| Function | Call | Answers beyond 200 |
|---|---|---|
| redeem | POST /oauth/token, grant_type=authorization_code | 400 the code is no good; 401 our client is unknown |
| published_keys | GET /.well-known/jwks.json, public | |

Raises the types of ``integrations.failures``. What a token must say is judged in ``sign_in``.
"""

from typing import Any, Final

from integrations.credentials import Basic
from integrations.hmpps_auth.client import SYSTEM
from integrations.transport import Reply, Transport
from integrations.wire import Wire, read_json

#: The time limits to connect, to read and to write, in seconds.
TIMEOUTS: Final = (2.0, 5.0, 5.0)

_sign_in = Transport(
    SYSTEM,
    url_setting="HMPPS_AUTH_URL",
    timeouts_setting="HMPPS_AUTH_TIMEOUTS",
    timeouts=TIMEOUTS,
    credentials=Basic(
        name_setting="HMPPS_AUTH_SIGN_IN_CLIENT_ID",
        secret_setting="HMPPS_AUTH_SIGN_IN_CLIENT_SECRET",  # noqa: S106 (the name of a setting)
    ),
)
_keys = Transport(
    SYSTEM,
    url_setting="HMPPS_AUTH_URL",
    timeouts_setting="HMPPS_AUTH_TIMEOUTS",
    timeouts=TIMEOUTS,
    credentials=None,
)


class TokenOfUser(Wire):
    """The answer of the token endpoint. What it says beside the token is not signed, and so not read."""

    access_token: str


def redeem(code: str, *, redirect_uri: str, verifier: str) -> str:
    """The token of whoever signed in, unread. A code is good once: after a lost answer, ``Rejected``."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    reply = _sign_in.read("redeem", "/oauth/token", form=form)
    wire, _ = reply.decoded_as(TokenOfUser)
    return wire.access_token


def published_keys() -> list[dict[str, Any]]:
    """The keys that tokens are signed with, as JSON web keys, unread."""
    reply = _keys.read("published_keys", "/.well-known/jwks.json")
    found = _keys_in(reply)
    if not found:
        raise reply.malformed("no keys")
    return found


def _keys_in(reply: Reply) -> list[dict[str, Any]]:
    try:
        value, _ = read_json(reply.body)
    except ValueError:
        return []
    keys = value.get("keys") if isinstance(value, dict) else None
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
