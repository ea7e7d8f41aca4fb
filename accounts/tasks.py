"""What is done about accounts, and about text that was typed and not saved, without anybody asking."""

from __future__ import annotations

from celery import shared_task

from accounts.kept_text.keeping import forget_old_ones
from accounts.session_store import SessionStore


@shared_task
def forget_ended_sessions() -> None:
    """Delete the rows of web sessions that have ended."""
    SessionStore.clear_expired()


@shared_task
def forget_kept_text() -> int:
    """Delete kept text that nobody came back for in seven days; returns how many."""
    return forget_old_ones()
