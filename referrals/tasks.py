"""Background work of the practitioner's side. Tasks may run twice."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from events.one_by_one import OneByOne
from integrations.ndelius.client import SYSTEM as NDELIUS
from integrations.transport import is_connected
from referrals.actions import correct_crn
from referrals.actions.check_oasys import SignInAgain, check_in_the_background
from referrals.actions.compare_sent import compare_person
from referrals.actions.correct_risk import end_correction, expire_correction, left_alone, of_ended_cases
from referrals.actions.expire_drafts import delete_expired, warn_of_expiry
from referrals.models import Referral
from referrals.pulls.people_to_ask import WallClock, due, forget_the_rest, is_somebody_at_work, people_to_ask

MOST_SILENT = 2
PEOPLE_IN_A_TASK = 20  # ten seconds at the pace that is kept


@shared_task
def expire_drafts() -> dict[str, int]:
    """Warn about drafts that near their end; delete drafts and corrected versions whose time is over. Every night.

    Says how many.
    """
    now = timezone.now()
    nearing = list(Referral.objects.to_warn_about(now).order_by("changed_at").values_list("pk", flat=True))
    over = list(Referral.objects.expired(now).order_by("changed_at").values_list("pk", flat=True))
    left = list(left_alone(now).values_list("pk", flat=True))
    with OneByOne() as each:
        return {
            "warned": sum(each(nearing, partial(warn_of_expiry, now=now))),
            "deleted": sum(each(over, partial(delete_expired, now=now)))
            + sum(each(left, partial(expire_correction, now=now))),
        }


@shared_task
def check_oasys_of_cases(
    user_id: int, referral_ids: list[str], silent: int = 0, own_token: bool = False
) -> None:
    """Ask OASys about the first of these cases for this user, and leave the others to the next task: one call in each.

    When OASys gave no answer twice in a row (``silent``), the rest are left for another time. ``own_token``: with the
    token of the user's web session, which each task looks up; once there is none, the rest are left until the user has
    signed in again.
    """
    first, *others = referral_ids
    try:
        check = check_in_the_background(referral_id=UUID(first), user_id=user_id, own_token=own_token)
    except SignInAgain:
        return
    if check is not None:
        silent = 0 if check.answered else silent + 1
    if others and silent < MOST_SILENT:
        check_oasys_of_cases.delay(user_id, others, silent, own_token)


@shared_task
def compare_open_cases() -> int:
    """Ask nDelius and prison records about people with open cases who were not asked about for 24 hours; how many.

    Runs every five minutes, and goes on where it stopped: a few people in each task, so that other work comes in
    between. One at a time, unless two begin at the same moment; then they share the people. When nDelius gave no answer
    twice in a row, the rest are left for the next time.
    """
    clock = WallClock()
    if not is_connected(NDELIUS) or is_somebody_at_work(clock.now()):
        return 0
    crns, compared, silent = due(clock.now(), PEOPLE_IN_A_TASK), 0, 0
    if len(crns) < PEOPLE_IN_A_TASK:
        forget_the_rest()
    with OneByOne() as each:
        for answered in each(people_to_ask(crns, clock), compare_person):
            compared, silent = compared + 1, 0 if answered else silent + 1
            if silent == MOST_SILENT:
                return compared
        if len(crns) == PEOPLE_IN_A_TASK:
            compare_open_cases.delay()
    return compared


@shared_task
def end_corrections() -> int:
    """Delete the text of corrected versions whose case has ended; of how many. Runs every five minutes.

    Whatever ended the case: also the service provider's report, whose request has no right to these rows.
    """
    ended = [*of_ended_cases().values_list("pk", flat=True)]
    with OneByOne() as each:
        return sum(each(ended, partial(end_correction, now=timezone.now())))


@shared_task
def catch_up_with_crns() -> int:
    """Give the current CRN to what was begun at the moment when it was corrected; to how many. Every five minutes."""
    return correct_crn.catch_up()
