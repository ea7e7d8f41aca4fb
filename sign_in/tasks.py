"""What is done about tokens without anybody asking."""

from __future__ import annotations

from celery import shared_task

from sign_in import daily_checks
from sign_in.own_tokens import forget_what_is_over


@shared_task
def forget_tokens() -> int:
    """Delete the tokens that are over; returns how many. Every minute."""
    return forget_what_is_over()


@shared_task
def check_accounts() -> int:
    """Ask about the accounts of people who have not signed in for a day; how many answers. Every five minutes."""
    return daily_checks.check_accounts()
