"""Where somebody is signed in, and the ways to end that: one place, everywhere else, or by a new password.

Rules and writes of web sessions. Who did what is audited by whoever listens to the signals here.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.devices import device_name
from accounts.models import User, WebSession
from accounts.session_store import BEGAN, DEVICE

#: Sent inside the transaction, with ``user`` (and ``count`` of web sessions).
sessions_ended, password_changed = Signal(), Signal()


@receiver(user_logged_in, dispatch_uid="accounts_signed_in")
def begin(request: HttpRequest | None, **_: Any) -> None:
    """Note when and with what somebody signed in; their web session's end is counted from here."""
    if request is not None and hasattr(request, "session"):
        request.session[BEGAN] = time.time()
        request.session[DEVICE] = device_name(request.headers.get("User-Agent", ""))


def sessions_of(user: User) -> QuerySet[WebSession]:
    """Where they are signed in now, last used first."""
    return WebSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by(
        "-last_used_at", "session_key"
    )


@transaction.atomic
def end_session(*, by: User, name: str) -> int:
    """End one web session of their own. How many ended: none when it had ended already, or is somebody else's."""
    keys = [one.session_key for one in sessions_of(by) if one.name == name]
    return _end(by, sessions_of(by).filter(session_key__in=keys))


@transaction.atomic
def end_other_sessions(*, by: User, but: str | None) -> int:
    """End every web session of theirs but the one with this key; how many."""
    return _end(by, sessions_of(by).exclude(session_key=but))


@transaction.atomic
def change_password(*, by: User, new: str, session_key: str | None) -> None:
    """Give themselves a new password, which ends every web session but the one with this key."""
    by.set_password(new)
    by.save(update_fields=["password"])
    password_changed.send(User, user=by)
    end_other_sessions(by=by, but=session_key)


def _end(by: User, sessions: QuerySet[WebSession]) -> int:
    _, deleted = sessions.order_by().delete()
    ended = deleted.get(WebSession._meta.label, 0)  # and not what goes with them
    if ended:
        sessions_ended.send(WebSession, user=by, count=ended)
    return ended
