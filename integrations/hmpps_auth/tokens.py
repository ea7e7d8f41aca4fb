"""The tokens this service has now, and the credentials that other systems' clients use.

Its own are kept in this process's memory and nowhere else: not in the cache, which other programs can read and which is
written to disk, nor in a log. Each web and worker process asks for its own, about once in the time that one lasts.

- Many threads that need a token at once make one request; the others wait for it, no longer than their deadline.
- A token is renewed a minute before it ends (one that lasts two minutes or less: at half of its time). While it is
  being renewed, and when that fails, the old one is used until it ends.
- A system that answers 401 is asked once more with a new token. When it refuses that one too, none is asked for on its
  account for half a minute: a system that refuses every token must not make us ask HMPPS Auth at each call.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import structlog
from django.conf import settings

from integrations import failures
from integrations.deadlines import deadline, remaining
from integrations.hmpps_auth import client

SECONDS_BEFORE_THE_END: Final = 60.0
SECONDS_BETWEEN_REFUSALS: Final = 30.0
SECONDS_TO_WAIT: Final = 10.0  # for another thread's request, when no deadline is nearer
SECONDS_TO_RENEW: Final = 2.0  # while the old token still is good
MOST_KEPT: Final = 500  # one for the service, and one for each user on whose behalf OASys was asked lately

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str = field(repr=False)
    began_at: float
    renew_at: float
    ends_at: float
    is_after_refusal: bool

    def is_fresh(self, now: float) -> bool:
        """To be used as it is. A clock that was put back makes it doubtful."""
        return self.began_at <= now < self.renew_at

    def is_good(self, now: float) -> bool:
        """Not over yet."""
        return self.began_at <= now < self.ends_at


_Key = tuple[str, str, str]


class Tokens:
    """The tokens of one process, by user name; that of the service itself has none."""

    def __init__(self) -> None:
        self._kept: dict[_Key, _Kept] = {}
        self._locks: dict[_Key, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, username: str = "") -> str:
        """A token that is good now. Raises the failures of HMPPS Auth."""
        key = _key(username)
        kept = self._kept.get(key)
        now = time.time()
        if kept is not None and kept.is_fresh(now):
            return kept.value
        usable = kept if kept is not None and kept.is_good(now) else None
        with self._only_one(key, wait=usable is None) as is_ours:
            if not is_ours:
                assert usable is not None
                return usable.value
            kept = self._kept.get(key)
            if kept is not None and kept.is_fresh(time.time()):
                return kept.value  # another thread was faster
            if usable is None:
                return self._ask(key, username)
            try:
                with deadline(SECONDS_TO_RENEW):
                    return self._ask(key, username)
            except failures.UpstreamFailure:
                log.warning("upstream_token_not_renewed", seconds_left=round(usable.ends_at - time.time()))
                return usable.value

    def renewed(self, refused: str, username: str = "") -> str | None:
        """Another token than the one that a system refused; ``None`` when there is none to be had now."""
        key = _key(username)
        try:
            with self._only_one(key, wait=True):
                kept = self._kept.get(key)
                if kept is not None and kept.value != refused:
                    return kept.value  # another thread was refused before
                if kept is not None and kept.is_after_refusal and _is_recent(kept):
                    return None
                return self._ask(key, username, is_after_refusal=True)
        except failures.UpstreamFailure:
            return None

    def forget(self) -> None:
        """Ask anew next time."""
        with self._guard:
            self._kept.clear()

    @contextmanager
    def _only_one(self, key: _Key, *, wait: bool) -> Iterator[bool]:
        """Inside, no other thread asks for the same token. Without ``wait``, says False when one does."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        is_ours = (
            lock.acquire(timeout=min(remaining(), SECONDS_TO_WAIT)) if wait else lock.acquire(blocking=False)
        )
        if wait and not is_ours:
            raise failures.TimedOut(client.SYSTEM, "token")
        try:
            yield is_ours
        finally:
            if is_ours:
                lock.release()

    def _ask(self, key: _Key, username: str, *, is_after_refusal: bool = False) -> str:
        now = time.time()  # before it is asked for: from here on it lasts
        token = client.token(username)
        early = min(SECONDS_BEFORE_THE_END, token.lasts / 2)
        kept = _Kept(token.value, now, now + token.lasts - early, now + token.lasts, is_after_refusal)
        with self._guard:
            if len(self._kept) >= MOST_KEPT:
                self._make_room(now)
            self._kept[key] = kept
        return kept.value

    def _make_room(self, now: float) -> None:
        """Those that are over go, and of the others those that began first."""
        good = sorted((kept.began_at, key) for key, kept in self._kept.items() if kept.is_good(now))
        stay = {key for _, key in good[-MOST_KEPT // 2 :]}
        self._kept = {key: kept for key, kept in self._kept.items() if key in stay}
        self._locks = {key: lock for key, lock in self._locks.items() if key in stay or lock.locked()}


def _key(username: str) -> _Key:
    """By whom it was asked for, too: settings change under tests."""
    return settings.HMPPS_AUTH_URL, settings.HMPPS_AUTH_CLIENT_ID, username.upper()


def _is_recent(kept: _Kept) -> bool:
    return 0 <= time.time() - kept.began_at < SECONDS_BETWEEN_REFUSALS


_tokens = Tokens()


def forget_tokens() -> None:
    """Ask anew next time. For tests."""
    _tokens.forget()


# --- Credentials ---------------------------------------------------------------------------------


class ServiceToken:
    """The service's own token; with ``username`` one that says on whose behalf."""

    refused_as = failures.AuthFailed

    def __init__(self, username: str = "") -> None:
        self._username = username

    def authorization(self) -> str:
        """As kept, or asked for now."""
        return f"Bearer {_tokens.get(self._username)}"

    def renewed(self, refused: str) -> str | None:
        """A new one."""
        another = _tokens.renewed(refused.removeprefix("Bearer "), self._username)
        return f"Bearer {another}" if another else None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who signed in through HMPPS Auth, by its name for them. No ``token``: theirs is over.

    ``refused`` is called when a system answers 401 to it.
    """

    username: str
    token: str = field(default="", repr=False)
    refused: Callable[[], None] = field(default=lambda: None, repr=False)


Find = Callable[[], SignedIn | None]
_signed_in: ContextVar[Find | None] = ContextVar("hmpps_auth_signed_in", default=None)


@contextmanager
def signed_in_with(find: Find) -> Iterator[None]:
    """Inside, whoever asks as the user that ``find`` finds asks with that user's own token, or not at all.

    For the request of a user, or for what is done in the background for one. ``find`` is called only when a system is
    asked on somebody's behalf, so it may look the token up. It finds nobody where they signed in otherwise.
    """
    before = _signed_in.set(find)
    try:
        yield
    finally:
        _signed_in.reset(before)


class UsersToken:
    """For one call: the token of ``username`` when they signed in through HMPPS Auth; else ours, on their behalf.

    Nobody can renew a user's token but they themselves, and ours does not stand in for one that is over: it may open
    what is closed to them, or be refused what is open.
    """

    def __init__(self, username: str) -> None:
        self._username = username

    @property
    def refused_as(self) -> type[failures.UpstreamFailure]:
        """They have to sign in again; or our own credentials are wrong."""
        return failures.SignInAgain if self._own else failures.AuthFailed

    def authorization(self) -> str:
        """Theirs, or the service's. Raises ``SignInAgain`` when theirs is over."""
        if self._own is None:
            return ServiceToken(self._username).authorization()
        if not self._own.token:
            raise failures.SignInAgain(client.SYSTEM, "token")
        return f"Bearer {self._own.token}"

    def renewed(self, refused: str) -> str | None:
        """Another of the service's; none for the user's own."""
        if self._own is None:
            return ServiceToken(self._username).renewed(refused)
        self._own.refused()
        return None

    @cached_property
    def _own(self) -> SignedIn | None:
        find = _signed_in.get()
        signed_in = find() if find is not None and self._username else None
        is_theirs = signed_in is not None and signed_in.username.upper() == self._username.upper()
        return signed_in if is_theirs else None
