"""Whether the accounts of people who have not signed in for a day are still open, and their groups still the same.

Whoever leaves does not sign in any more, so nothing else would notice: they would be written to, and stand as the
caseworker or the practitioner of their cases. Asked are those who once came through HMPPS Auth, each once in 24 hours,
and of all at most two a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events.one_by_one import OneByOne
from integrations.deadlines import deadline
from integrations.manage_users.client import SYSTEM
from integrations.transport import is_connected
from sign_in.actions import close_account, keep_in_line
from sign_in.audiences import HMPPS_AUTH, NDELIUS
from sign_in.directory import entry_again
from sign_in.models import AccountCheck
from sign_in.tokens import Claims

EVERY: Final = timedelta(days=1)
ACCOUNTS_IN_A_TASK: Final = 100
BETWEEN_TWO: Final = 0.5  # seconds
SECONDS: Final = 10.0  # for one account: nobody waits, but for the next
MOST_SILENT: Final = 2  # in a row: then Manage Users is left alone until the next run
log = structlog.get_logger(__name__)


def check_accounts(*, sleep: Callable[[float], None] = time.sleep) -> int:
    """Ask about the accounts that are due, those first that were not asked about for longest; how many answers."""
    if not is_connected(SYSTEM):
        return 0
    answered = silent = 0
    with OneByOne() as each:
        for is_answered in each(_due(), _check):
            if is_answered is None:
                continue
            answered, silent = answered + is_answered, 0 if is_answered else silent + 1
            if silent == MOST_SILENT:
                break
            sleep(BETWEEN_TWO)
    return answered


def _due() -> list[int]:
    now = timezone.now()
    due = AccountCheck.objects.not_asked_about_for(EVERY, now).filter(user__is_active=True)
    return [*due.order_by("answered_at", "pk").values_list("pk", flat=True)[:ACCOUNTS_IN_A_TASK]]


def _check(user_id: int) -> bool | None:
    """Whether there was an answer; None: somebody else asks, or it is closed by now. Outside any transaction."""
    now = timezone.now()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    mine = AccountCheck.objects.not_asked_about_for(EVERY, now).filter(pk=user_id).update(asked_at=now)
    if user is None or not mine:
        return None
    with deadline(SECONDS):
        entry = entry_again(_claims_of(user))
    if entry.has_failed:
        log.warning("account_not_checked", why=entry.silence)
        return False
    with transaction.atomic():
        AccountCheck.objects.filter(pk=user_id).update(answered_at=now)
        if entry.is_open is False:
            close_account(user)
        else:
            keep_in_line(user=user, entry=entry)
    return True


def _claims_of(user: User) -> Claims:
    """As they came last. Manage Users itself says by which identifier it knows their groups."""
    if user.is_practitioner:
        return Claims(username=user.ndelius_username or user.username.upper(), user_id="", source=NDELIUS)
    return Claims(username=user.username.upper(), user_id="", source=HMPPS_AUTH)
