"""What is done about tokens without anybody asking."""

from __future__ import annotations

from celery import shared_task

from sign_in.own_tokens import forget_what_is_over


@shared_task
def forget_tokens() -> int:
    """Delete the tokens that are over; returns how many. Every minute."""
    return forget_what_is_over()
