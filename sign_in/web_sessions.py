"""What a web session knows of a sign-in through HMPPS Auth: whom HMPPS Auth says it is. No token."""

from __future__ import annotations

from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from sign_in.tokens import Claims

KEY: Final = "hmpps_auth"


def remember(session: SessionBase, claims: Claims) -> None:
    """They came through HMPPS Auth, as this account."""
    session[KEY] = {"username": claims.username, "user_id": claims.user_id, "source": claims.source}


def claims_in(session: SessionBase) -> Claims | None:
    """Whom they came as; roles are not kept. None: they came with a password, or nobody came."""
    kept = session.get(KEY)
    return None if kept is None else Claims(**kept)
