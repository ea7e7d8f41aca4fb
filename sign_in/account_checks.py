"""Whether the account of somebody who is signed in is still open, and their groups still the same.

Asked of Manage Users in a request of theirs, every ``ACCOUNT_CHECK_MINUTES``. Silence is no answer: they stay signed
in, everything stays as it was, and it is asked again after a pause. Of all the requests of a user one asks, whichever
browser they come from; the others go on without waiting.
"""

from __future__ import annotations

import time
from datetime import datetime
from enum import Enum, auto
from typing import Final

import structlog
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from integrations.deadlines import deadline
from integrations.manage_users.client import SYSTEM
from integrations.transport import is_connected
from sign_in import web_sessions
from sign_in.actions import close_account, keep_in_line
from sign_in.directory import entry_again
from sign_in.models import AccountCheck, check_every
from sign_in.tokens import Claims

SECONDS: Final = 2.0  # for Manage Users: somebody waits for a page
#: In the web session: until when nothing is to be asked, in seconds since the epoch. Saves a statement on each page.
LOOK_AGAIN: Final = "look_at_account_at"
log = structlog.get_logger(__name__)


class Found(Enum):
    """What came of it."""

    NOTHING_NEW = auto()
    OTHER_ACCESS = auto()
    CLOSED = auto()


def begin(session: SessionBase, user: User) -> None:
    """They have just signed in, so their account is open, and in line with HMPPS Auth."""
    now = timezone.now()
    check, _ = AccountCheck.objects.update_or_create(
        user=user, defaults={"asked_at": now, "answered_at": now}
    )
    session[LOOK_AGAIN] = check.due_at.timestamp()


def look_at_account(request: HttpRequest) -> Found:
    """Ask, if it is time to; bring the account in line with the answer."""
    user, claims = request.user, web_sessions.claims_in(request.session)
    if claims is None or not isinstance(user, User) or not _is_time(request.session):
        return Found.NOTHING_NEW
    found = Found.NOTHING_NEW
    if is_connected(SYSTEM) and AccountCheck.objects.claim(user, timezone.now()):
        found = _ask(user, claims)
    request.session[LOOK_AGAIN] = _next_time(user).timestamp()
    return found


def _is_time(session: SessionBase) -> bool:
    """A time that is too far away was noted by another clock, or under another setting."""
    left = session.get(LOOK_AGAIN, 0) - time.time()
    return not 0 < left <= check_every().total_seconds()


def _next_time(user: User) -> datetime:
    check = AccountCheck.objects.filter(user=user).first()
    if check is None or not is_connected(SYSTEM):
        return timezone.now() + check_every()
    return check.due_at


def _ask(user: User, claims: Claims) -> Found:
    with deadline(SECONDS):
        entry = entry_again(claims)
    if entry.has_failed:
        log.warning("account_not_checked", why=entry.silence)
        return Found.NOTHING_NEW
    AccountCheck.objects.filter(user=user).update(answered_at=timezone.now())
    if entry.is_open is False:
        return Found.CLOSED
    return Found.OTHER_ACCESS if keep_in_line(user=user, entry=entry) else Found.NOTHING_NEW


def sign_out_everywhere(request: HttpRequest) -> None:
    """Close the account of somebody who is signed in, and end this web session as the others."""
    user = request.user
    assert isinstance(user, User)
    close_account(user)
    logout(request)
