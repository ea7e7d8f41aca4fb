"""What a token must be for somebody to be signed in with it, and what it says of them.

Signed by a key that HMPPS Auth publishes (RS256, nothing else), issued by it, for this service, to a user, in time.
Clocks may differ by ``CLOCKS_MAY_DIFFER_BY``: two machines are never exactly of one time, and a token that is two
seconds old by their clock and from the future by ours is a good one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import jwt
import structlog
from django.conf import settings

from sign_in import addresses
from sign_in.keys import ALGORITHM, key_named

CLOCKS_MAY_DIFFER_BY: Final = 30  # seconds
LONGEST_NAME: Final = 60  # characters
log = structlog.get_logger(__name__)


class Fault(StrEnum):
    """What is wrong with a token. Codes for the audit trail."""

    FROM_THE_FUTURE = "from_the_future"
    EXPIRED = "expired"
    NOT_SIGNED = "not_signed"  # by nobody, or in a way that anybody can
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NONCE = "nonce"
    UNREADABLE = "unreadable"
    NO_USER = "no_user"  # of a program, or of nobody whose name we could keep


class BadToken(Exception):
    """Nobody is signed in with this token."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is, as HMPPS Auth has signed it. ``username`` as it writes it: in capitals.

    ``ends_at``: when the token does, in seconds since the epoch.
    """

    username: str
    user_id: str
    source: str
    roles: frozenset[str] = frozenset()
    ends_at: int = 0


def read(token: str, *, nonce: str) -> Claims:
    """Who the token is of. Raises ``BadToken``, and the failures of HMPPS Auth when its keys cannot be had."""
    claims = _verified(token)
    _check_it_is_for_us(claims)
    if claims.get("nonce", nonce) != nonce:
        raise BadToken(Fault.NONCE)
    return _user_in(claims)


#: PyJWT's own words; the first that fits counts, so the more special ones come first.
_FAULTS: Final[tuple[tuple[type[Exception], Fault], ...]] = (
    (jwt.ImmatureSignatureError, Fault.FROM_THE_FUTURE),
    (jwt.ExpiredSignatureError, Fault.EXPIRED),
    (jwt.InvalidIssuerError, Fault.ISSUER),
    (jwt.InvalidSignatureError, Fault.FORGED),
    (jwt.InvalidAlgorithmError, Fault.NOT_SIGNED),
)


def _verified(token: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM:
            raise BadToken(Fault.NOT_SIGNED)
        key = key_named(str(header.get("kid", "")))
        if key is None:
            raise BadToken(Fault.UNKNOWN_KEY)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=addresses.issuer(),
            leeway=CLOCKS_MAY_DIFFER_BY,
            # Whom it is for is said in one of two claims: see below.
            options={"require": ["exp", "iat", "iss"], "verify_aud": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        fault = next((fault for kind, fault in _FAULTS if isinstance(error, kind)), Fault.UNREADABLE)
        raise BadToken(fault) from None
    return claims


def _check_it_is_for_us(claims: dict[str, Any]) -> None:
    """HMPPS Auth names the client that a token was given to, and may name it as the audience too. Whatever it says."""
    us = settings.HMPPS_AUTH_SIGN_IN_CLIENT_ID
    audience = claims.get("aud", [])
    named = [audience] if isinstance(audience, str) else audience
    client = claims.get("client_id")
    is_for_us = isinstance(named, list) and (us in named or not named) and client in (us, None)
    if not is_for_us or (not named and client is None):
        raise BadToken(Fault.AUDIENCE)


def _user_in(claims: dict[str, Any]) -> Claims:
    username, source, roles = (claims.get(name) for name in ("user_name", "auth_source", "authorities"))
    is_name = isinstance(username, str) and username.isascii() and username.isprintable()
    if claims.get("grant_type", "authorization_code") != "authorization_code" or not is_name:
        raise BadToken(Fault.NO_USER)
    name = str(username).strip()
    if not 0 < len(name) <= LONGEST_NAME or " " in name:
        raise BadToken(Fault.NO_USER)
    return Claims(
        username=name.upper(),
        user_id=str(claims.get("user_id", "")),
        source=source.lower() if isinstance(source, str) else "",
        roles=frozenset(filter(_is_text, roles)) if isinstance(roles, list) else frozenset(),
        ends_at=int(claims["exp"]),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)
