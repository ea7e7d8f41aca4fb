"""The keys that HMPPS Auth signs with, as it publishes them: kept in this process, asked for again now and then.

In memory and not in the cache: whoever could write a key there could sign in as anybody. A token that names a key
which is not known (HMPPS Auth has changed its keys) has them asked for again at once, but no more than once a minute,
or everybody with an invented token could make us ask.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

import jwt
import structlog
from django.conf import settings

from integrations.failures import UpstreamFailure
from integrations.hmpps_auth.signing_in import published_keys

ALGORITHM: Final = "RS256"
GOOD_FOR = 60 * 60  # seconds
BETWEEN_QUESTIONS = 60  # seconds
log = structlog.get_logger(__name__)


class PublishedKeys:
    """Of one HMPPS Auth."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._renew_at = self._may_ask_again_at = -float("inf")
        self._lock = threading.Lock()

    def named(self, name: str) -> jwt.PyJWK | None:
        """The key of this name; None when none is published. Raises the failures of HMPPS Auth while none is known."""
        if not self._is_to_ask(name):
            return self._keys.get(name)
        with self._lock:  # others wait, and find what was answered
            if self._is_to_ask(name):
                self._ask()
            return self._keys.get(name)

    def _is_to_ask(self, name: str) -> bool:
        now = time.monotonic()
        return now >= self._renew_at or (name not in self._keys and now >= self._may_ask_again_at)

    def _ask(self) -> None:
        """An answer replaces all keys: one that is published no more is good no more. Without one, they stay."""
        now = time.monotonic()
        if now < self._renew_at:
            self._may_ask_again_at = now + BETWEEN_QUESTIONS
        try:
            found = published_keys()
        except UpstreamFailure as failure:
            if not self._keys:
                raise
            log.warning("published_keys_not_renewed", outcome=failure.outcome)
            self._renew_at = now + BETWEEN_QUESTIONS
            return
        self._keys = dict(filter(None, map(_usable, found)))
        self._renew_at = now + GOOD_FOR


def _usable(key: dict[str, Any]) -> tuple[str, jwt.PyJWK] | None:
    """A public RSA key to check signatures with, and its name. Others are left out."""
    name = key.get("kid")
    if not isinstance(name, str) or key.get("kty") != "RSA" or key.get("use", "sig") != "sig":
        return None
    if key.get("alg", ALGORITHM) != ALGORITHM:
        return None
    try:
        return name, jwt.PyJWK({part: key[part] for part in ("kty", "n", "e")}, algorithm=ALGORITHM)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return None


_kept: PublishedKeys | None = None


def key_named(name: str) -> jwt.PyJWK | None:
    """The key of this name that HMPPS Auth publishes."""
    global _kept
    if _kept is None or _kept.url != settings.HMPPS_AUTH_URL:
        _kept = PublishedKeys(settings.HMPPS_AUTH_URL)
    return _kept.named(name)


def forget_keys() -> None:
    """Ask anew next time. For tests."""
    global _kept
    _kept = None
