"""Having OASys asked about the cases of a desk: in the background, so that nobody waits for it (decision 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from accounts.models import User
from events.job_queue import queue_job
from integrations.oasys.client import SYSTEM
from integrations.transport import is_connected
from monitoring.models import ReceivedReferral
from prepared.queries import PreparedQuery
from referrals.actions.check_oasys import beginning_of
from referrals.desk.desk import Desk, key_of_oasys_checks
from referrals.desk.needs import due_in_oasys
from referrals.models import OasysCheck
from referrals.tasks import check_oasys_of_cases
from sign_in.own_tokens import has_own_token, must_sign_in_again

MOST_AT_ONCE = 20  # cases
NOT_AGAIN_FOR = 2 * 60  # seconds: by then most are done


@dataclass(frozen=True, slots=True)
class Checking:
    """How many cases OASys is being asked about; ``waits``: it would be, once the practitioner has signed in again."""

    cases: int = 0
    waits: bool = False


def start_oasys_checks(desk: Desk, request: HttpRequest) -> Checking:
    """Have the cases checked that were not today, those first that were not for longest. No statement, or one."""
    if not is_connected(SYSTEM):
        return Checking()
    count = min(desk.due_in_oasys, MOST_AT_ONCE)
    if count and must_sign_in_again(request):
        return Checking(count, waits=True)
    is_begun = desk.has_oasys_asked or not count
    if is_begun or not cache.add(key_of_oasys_checks(desk.user), True, NOT_AGAIN_FOR):
        return Checking()
    beginning = beginning_of(desk.now)
    due = [str(key) for key in _DUE.rows(beginning=beginning, keys=desk.keys, window=(0, MOST_AT_ONCE))]
    transaction.on_commit(partial(_start, desk.user, due, own_token=has_own_token(request)))
    return Checking(len(due))


def _due(*, beginning: datetime, keys: frozenset[UUID]) -> QuerySet[Any, UUID]:
    last = OasysCheck.objects.filter(referral=OuterRef("key")).values("checked_at")
    cases = ReceivedReferral.objects.unscoped().filter(due_in_oasys(beginning), key__among=keys)
    ordered = cases.order_by(Subquery(last).asc(nulls_first=True), "sent_at", "pk")
    return ordered.values_list("key", flat=True)


_DUE = PreparedQuery(_due)


def _start(user: User, referral_ids: list[str], *, own_token: bool) -> None:
    """Without a queue they stay due, for the next time the desk is opened."""
    if not queue_job(check_oasys_of_cases, user.pk, referral_ids, own_token=own_token):
        cache.delete(key_of_oasys_checks(user))
