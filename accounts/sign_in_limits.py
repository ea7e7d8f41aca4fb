"""How many wrong tries at a password are taken, and from whom: django-axes with counts of our own.

Three counts, each of a quarter of an hour from its first wrong try:

- one user name from one address: 10. Not one name from everywhere: anybody could keep a named person out with that.
- one address, whatever the names: 50, so that nobody tries one password with many names. Whole offices share one.
- one browser in which that person signed in before: 10, counted apart from the two above and in place of them, so that
  wrong tries of others, also of others in the same office, never keep somebody out of a browser of theirs.

A right password forgets the wrong tries of that name or browser, never those of the address: whoever has one account
could try the others for ever. Counted in the cache under hashes: what was typed as a name may be a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import structlog
from axes.handlers.cache import AxesCacheHandler
from axes.helpers import get_cache_timeout, get_client_username
from axes.signals import user_locked_out
from django.conf import settings
from django.http import HttpRequest

from accounts.known_devices import known_device
from accounts.models import User
from accounts.tries import count_try, forget_tries, tries_counted

UNKNOWN_ADDRESS = "unknown"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """Wrong tries counted under one key, and how many are taken."""

    key: str
    tries: int


class SignInLimits(AxesCacheHandler):
    """What django-axes asks and tells about wrong tries."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """As many as lock, once one of the counts has reached its limit."""
        reached = any(tries_counted(limit.key) >= limit.tries for limit in _limits(request, credentials))
        return int(settings.AXES_FAILURE_LIMIT) if reached else 0

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
    ) -> None:
        """Count a wrong try; one that was not even looked at is not counted."""
        if request is None or getattr(request, "axes_locked_out", False):
            return
        seconds = get_cache_timeout()
        counts = [
            (count_try(limit.key, seconds=seconds), limit.tries) for limit in _limits(request, credentials)
        ]
        if any(count >= tries for count, tries in counts):
            log.warning("sign_in_locked")
            request.axes_locked_out = True  # type: ignore[attr-defined]
            request.axes_credentials = credentials  # type: ignore[attr-defined]
            user_locked_out.send("axes", request=request, username=None, ip_address=None)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
        """Forget the wrong tries of this name from here, or of this browser."""
        forget_tries(_of_name_or_device(request, user.username).key)


def client_address(request: HttpRequest) -> str:
    """Who asks: the address that the outermost of our proxies saw, IPv6 by the network of 64 bits.

    Counted from the right of X-Forwarded-For: what stands further left was written by whoever asks.
    """
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return _network(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return _network(seen[-proxies] if len(seen) >= proxies else request.META.get("REMOTE_ADDR", ""))


def _limits(request: HttpRequest, credentials: dict[str, Any] | None) -> list[Limit]:
    username = get_client_username(request, credentials) or ""
    first = _of_name_or_device(request, username)
    if known_device(request, username):
        return [first]
    return [first, Limit(_key("address", client_address(request)), settings.SIGN_IN_TRIES_OF_AN_ADDRESS)]


def _of_name_or_device(request: HttpRequest, username: str) -> Limit:
    device, name = known_device(request, username), User.normalize_username(username)
    parts = ["device", device] if device else ["name", name, client_address(request)]
    return Limit(_key(*parts), settings.AXES_FAILURE_LIMIT)


def _key(*parts: str) -> str:
    return f"sign-in:{sha256(repr(parts).encode()).hexdigest()}"


def _network(written: str) -> str:
    """An address as one who asks; some proxies add a port."""
    host = written.strip("[]").partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
