"""What is remembered of somebody who was sent to HMPPS Auth, until they come back: in a signed cookie for each tab.

``state`` ties the answer to the browser that asked, ``nonce`` the token to the question, and ``verifier`` (RFC 7636)
the code to us. Nothing of it is kept here, so that a visit costs nothing; decision 29 says why that is as safe. The
cookie holds ``state`` and where they were going. The other two are made from ``state`` by our key: no browser, address
or log ever holds the verifier.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

SALT: Final = "sign_in.attempts"
GOOD_FOR = 30 * 60  # seconds: somebody may have to reset a password on the way
MOST = 5  # tabs
LONGEST_NEXT = 1000  # characters of an address; who was going to a longer one arrives on the first page


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to HMPPS Auth and back. ``next_page``: where they were going, an address of this service."""

    state: str
    next_page: str
    began_at: float

    @property
    def nonce(self) -> str:
        """What the token must say again, if it says one."""
        return _made_from(self.state, "nonce")

    @property
    def verifier(self) -> str:
        """What is shown together with the code, to HMPPS Auth alone."""
        return _made_from(self.state, "verifier")

    @property
    def challenge(self) -> str:
        """What the verifier answers (S256)."""
        return _in_address(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def cookie(self) -> str:
        """The name of its cookie: each tab's is its own."""
        return _cookie_of(self.state)


def begin(*, next_page: str) -> Attempt:
    """One more."""
    kept = next_page if len(next_page) <= LONGEST_NEXT else ""
    return Attempt(secrets.token_urlsafe(32), kept, time.time())


def remember(attempt: Attempt, request: HttpRequest, response: HttpResponse) -> None:
    """Have the browser keep it; beyond a few, the oldest is forgotten, and whatever cannot be read."""
    under_way = {name: _read(value) for name, value in request.COOKIES.items() if name.startswith(_prefix())}
    good = [kept for kept in under_way.values() if kept is not None]
    stay = {kept.cookie for kept in sorted(good, key=lambda kept: kept.began_at)[-(MOST - 1) :]}
    for name in under_way.keys() - stay:
        response.delete_cookie(name)
    response.set_cookie(
        attempt.cookie,
        signing.dumps([attempt.state, attempt.next_page, attempt.began_at], salt=SALT, compress=True),
        max_age=GOOD_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def under_way(request: HttpRequest) -> Attempt | None:
    """The one that this request comes back from. None: there is none, it was used, or it began too long ago."""
    state = request.GET.get("state", "")
    attempt = _read(request.COOKIES.get(_cookie_of(state), ""))
    if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode()):
        return None
    return attempt


def forget(attempt: Attempt, response: HttpResponse) -> None:
    """It is good no more."""
    response.delete_cookie(attempt.cookie)


def _read(cookie: str) -> Attempt | None:
    """What we wrote, if it is not too old."""
    try:
        state, next_page, began_at = signing.loads(cookie, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Attempt(state, next_page, began_at)


def _prefix() -> str:
    return f"{settings.SIGN_IN_COOKIE_NAME}-"


def _cookie_of(state: str) -> str:
    return f"{_prefix()}{hashlib.sha256(state.encode(errors='replace')).hexdigest()[:12]}"


def _made_from(state: str, purpose: str) -> str:
    return _in_address(salted_hmac(f"{SALT}.{purpose}", state, algorithm="sha256").digest())


def _in_address(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
