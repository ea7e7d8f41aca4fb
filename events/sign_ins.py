"""Writes signing in and out, and a new password, to the audit trail.

Never what somebody typed as a user name: it may be a password.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.models import User
from accounts.signed_in import password_changed, sessions_ended
from events import audit
from events.models import AuditAction, AuditEvent


@receiver(user_logged_in, dispatch_uid="audit_signed_in")
def signed_in(user: User, **_: Any) -> None:
    """Somebody came in."""
    audit.record(AuditAction.SIGNED_IN, by=user)


@receiver(user_logged_out, dispatch_uid="audit_signed_out")
def signed_out(user: User | None, **_: Any) -> None:
    """Somebody left. A web session that nobody was signed in to is no event."""
    if user is not None:
        audit.record(AuditAction.SIGNED_OUT, by=user)


@receiver(user_login_failed, dispatch_uid="audit_sign_in_failed")
def sign_in_failed(**_: Any) -> None:
    """Somebody did not get in."""
    audit.record(AuditAction.SIGN_IN_FAILED, by=None, outcome=AuditEvent.Outcome.REFUSED)


@receiver(sessions_ended, dispatch_uid="audit_sessions_ended")
def ended_elsewhere(user: User, count: int, **_: Any) -> None:
    """Somebody ended web sessions of their own."""
    audit.record(AuditAction.SESSIONS_ENDED, by=user, count=count)


@receiver(password_changed, dispatch_uid="audit_password_changed")
def changed_password(user: User, **_: Any) -> None:
    """Somebody gave themselves a new password."""
    audit.record(AuditAction.PASSWORD_CHANGED, by=user)
