"""The access token of a practitioner who signed in through HMPPS Auth: kept sealed, and found for asking OASys.

Never in a log, a task's arguments, the cache, the audit trail or a page; in the clear in memory only, while OASys is
asked. It goes with its web session, and when it ends. Knows no page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from encryption.sealing import NotReadable, seal, unseal
from integrations.hmpps_auth.tokens import SignedIn, signed_in_with
from sign_in import web_sessions
from sign_in.models import UserToken
from sign_in.tokens import Claims

#: In the web session: OASys needed a token that was over, and they were not told yet.
TO_SIGN_IN_AGAIN: Final = "to_sign_in_again"
log = structlog.get_logger(__name__)


def keep(session: SessionBase, user: User, *, token: str, claims: Claims) -> None:
    """Keep the token of whoever has just signed in, in place of the one before. Only practitioners' are ever used."""
    session.pop(TO_SIGN_IN_AGAIN, None)
    if not user.is_practitioner:
        return
    session.save()  # its row is what the token belongs to
    now = timezone.now()
    latest = now + timedelta(seconds=settings.WEB_SESSION_LIFETIME)
    ends_at = datetime.fromtimestamp(min(claims.ends_at, int(latest.timestamp())), tz=UTC)
    key = str(session.session_key)
    UserToken.objects.update_or_create(
        web_session_id=key,
        defaults={
            "user": user,
            "sealed": seal(token, bound_to=_place(user.pk, key)),
            "ends_at": ends_at,
            "refused_at": None,
        },
    )


def forget_what_is_over() -> int:
    """Delete the tokens that ended, and those of web sessions and accounts that did; how many."""
    return UserToken.objects.over(timezone.now()).delete()[0]


# --- In a request


def has_own_token(request: HttpRequest) -> bool:
    """Whether OASys is asked with a token of theirs in this web session, be it over: they came through HMPPS Auth."""
    user = request.user
    return (
        isinstance(user, User)
        and user.is_practitioner
        and web_sessions.claims_in(request.session) is not None
    )


def must_sign_in_again(request: HttpRequest) -> bool:
    """Whether their token is over, so that OASys cannot be asked for them. If so, the page says it."""
    if not has_own_token(request) or _good_in(request.session) is not None:
        return False
    request.session[TO_SIGN_IN_AGAIN] = True
    return True


@contextmanager
def asking_in(request: HttpRequest) -> Iterator[None]:
    """Inside, OASys is asked with the token of this web session's user."""

    def find() -> SignedIn | None:
        if not has_own_token(request):
            return None
        user = request.user
        assert isinstance(user, User)
        kept = _good_in(request.session)
        token = _token_in(kept)
        if not token:
            request.session[TO_SIGN_IN_AGAIN] = True

        def refused() -> None:
            _note_refusal(kept)
            request.session[TO_SIGN_IN_AGAIN] = True

        return SignedIn(user.ndelius_username, token, refused)

    with signed_in_with(find):
        yield


def _good_in(session: SessionBase) -> UserToken | None:
    return UserToken.objects.good(timezone.now()).filter(web_session=session.session_key).first()


# --- In the background


@contextmanager
def asking_for(user: User) -> Iterator[None]:
    """Inside, OASys is asked with this user's token: of their web sessions, the one that lasts longest."""

    def find() -> SignedIn | None:
        kept = UserToken.objects.good(timezone.now()).filter(user=user).order_by("-ends_at").first()
        return SignedIn(user.ndelius_username, _token_in(kept), lambda: _note_refusal(kept))

    with signed_in_with(find):
        yield


# --- What is kept


def _token_in(kept: UserToken | None) -> str:
    """The token; nothing when there is none. One that cannot be opened any more is deleted."""
    if kept is None:
        return ""
    try:
        return unseal(bytes(kept.sealed), bound_to=_place(kept.user_id, kept.web_session_id))
    except NotReadable:
        log.warning("user_token_not_readable")
        kept.delete()
        return ""


def _note_refusal(kept: UserToken | None) -> None:
    if kept is not None:
        UserToken.objects.filter(pk=kept.pk).update(refused_at=timezone.now())


def _place(user_id: int, session_key: str) -> str:
    return f"token of user {user_id} in web session {session_key}"
