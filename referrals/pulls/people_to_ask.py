"""About which people other systems are asked next: each once in 24 hours, and of everybody at most two a second.

Whoever asks claims a person first, in the database, so that two at once never claim the same, and together keep the
pace. A claim ends by itself: who was killed is followed by another, who goes on with the same person.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from monitoring.rules.stages import OPEN
from referrals.models import AskingPace, PersonCheck, Referral
from referrals.models.records_check import CLAIM

PEOPLE_A_SECOND = 2
BETWEEN_TWO = timedelta(seconds=1) / PEOPLE_A_SECOND


class Clock(Protocol):
    """What tells the time and waits."""

    def now(self) -> datetime:
        """The time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class WallClock:
    """The real one."""

    def now(self) -> datetime:
        """The time."""
        return timezone.now()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A person to ask about, and from when on."""

    crn: str
    at: datetime


def open_cases() -> QuerySet[Referral]:
    """The sent referrals that other systems are asked about: those whose case has not ended."""
    return Referral.objects.sent().filter(received__stage__in=OPEN, blanked_at=None)


def due(now: datetime, most: int) -> list[str]:
    """Who is to be asked about, those first who were not for longest. One statement."""
    check = PersonCheck.objects.filter(crn=OuterRef("crn"))
    people = open_cases().order_by().values("crn").annotate(asked=Subquery(check.values("asked_at")))
    waiting = people.filter(~Exists(check.not_due(now))).distinct()
    return [*waiting.order_by(F("asked").asc(nulls_first=True), "crn").values_list("crn", flat=True)[:most]]


def is_somebody_at_work(now: datetime) -> bool:
    """Whether another one is asking at this moment."""
    return PersonCheck.objects.filter(claimed_until__gt=now).exists()


def people_to_ask(crns: Iterable[str], clock: Clock) -> Iterator[Claimed]:
    """These people one by one, each claimed when its turn comes and given out no sooner than the pace allows."""
    for crn in crns:
        claimed = _claim(crn, clock.now())
        if claimed is None:
            continue
        if (early := (claimed.at - clock.now()).total_seconds()) > 0:
            clock.sleep(early)
        yield claimed


@transaction.atomic
def _claim(crn: str, now: datetime) -> Claimed | None:
    """None: somebody else has them, or has just asked."""
    pace, _ = AskingPace.objects.select_for_update().get_or_create(pk=1, defaults={"next_at": now})
    check, _ = PersonCheck.objects.get_or_create(crn=crn)
    if PersonCheck.objects.filter(pk=crn).not_due(now).exists():
        return None
    at = max(now, pace.next_at)
    check.claimed_until = at + CLAIM
    check.save(update_fields=["claimed_until"])
    pace.next_at = at + BETWEEN_TWO
    pace.save(update_fields=["next_at"])
    return Claimed(crn, at)


def settle(claimed: Claimed) -> None:
    """They were asked about, whatever was answered: not again for 24 hours."""
    PersonCheck.objects.filter(pk=claimed.crn).update(asked_at=claimed.at, claimed_until=None)


def forget_the_rest() -> int:
    """Delete what is kept of people who have no open case any more; of how many."""
    still = open_cases().filter(crn=OuterRef("crn"))
    return PersonCheck.objects.filter(~Exists(still)).delete()[0]
