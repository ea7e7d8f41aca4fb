"""What is done about accounts without anybody asking."""

from __future__ import annotations

from celery import shared_task

from accounts.session_store import SessionStore


@shared_task
def forget_ended_sessions() -> None:
    """Delete the rows of web sessions that have ended."""
    SessionStore.clear_expired()
