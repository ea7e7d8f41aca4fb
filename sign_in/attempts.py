"""What is remembered of somebody who was sent to HMPPS Auth, until they come back: in their web session, used once.

``state`` ties the answer to the browser that asked, ``nonce`` the token to the question, and ``verifier`` (RFC 7636)
the code to us. Several tabs may be on their way at once.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

IN_THE_WEB_SESSION: Final = "sign_ins_under_way"
GOOD_FOR = 30 * 60  # seconds: somebody may have to reset a password on the way
MOST = 5  # tabs


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to HMPPS Auth and back. ``next_page``: where they were going, an address of this service."""

    state: str
    nonce: str
    verifier: str
    next_page: str
    began_at: float

    @property
    def challenge(self) -> str:
        """What the verifier answers (S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(session: SessionBase, *, next_page: str) -> Attempt:
    """Remember one more; beyond a few, the oldest is forgotten."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    made = Attempt(state, nonce, verifier, next_page, time.time())
    session[IN_THE_WEB_SESSION] = [*_under_way(session), asdict(made)][-MOST:]
    return made


def take(session: SessionBase, state: str) -> Attempt | None:
    """The one with this state, which is good no more. None: there is none, it was used, or it began too long ago."""
    found: Attempt | None = None
    left: list[dict[str, Any]] = []
    for kept in _under_way(session):
        if found is None and secrets.compare_digest(kept["state"].encode(), state.encode()):
            found = Attempt(**kept)
        else:
            left.append(kept)
    if found is not None:
        session[IN_THE_WEB_SESSION] = left
    return found


def _under_way(session: SessionBase) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = session.get(IN_THE_WEB_SESSION, [])
    return [one for one in kept if 0 <= time.time() - one["began_at"] < GOOD_FOR]
