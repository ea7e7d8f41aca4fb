"""HMPPS Auth's answers as they come."""

from integrations.hmpps_auth.types import Token
from integrations.wire import Number, Wire


class TokenReply(Wire):
    """The answer of the token endpoint; what else it says is in the token, which only its receiver reads."""

    access_token: str
    expires_in: Number


def token_from(wire: TokenReply) -> Token:
    """The token, if it is one that can stand in a header."""
    value = wire.access_token
    if not value or not value.isascii() or not value.isprintable() or " " in value or wire.expires_in <= 0:
        raise ValueError("no usable token")
    return Token(value, float(wire.expires_in))
