"""What is looked up in the audit trail, on the administrators' pages, and what writing one event takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Final
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import audit
from events.audit_months.months import following, month_of, start_of
from events.models import AuditAction, AuditEvent
from monitoring.models import ReceivedReferral

#: Milliseconds in the database that an administrator's look-up may take.
MOST_MS: Final = 100.0
_LIST: Final = "admin:events_auditevent_changelist"


@dataclass(frozen=True, slots=True)
class LookUp:
    """A page of the trail; ``events`` is about how many there are of what it asks for."""

    name: str
    address: str
    events: int | None = None


def look_ups() -> Iterator[LookUp]:
    """By everything that an administrator may be told: each alone, and refusals of one user."""
    case = ReceivedReferral.objects.unscoped().order_by("pk")[0]
    busiest, usual = _users()
    everything = AuditEvent.objects.all()
    by_usual = everything.filter(user=usual)
    yield LookUp("Everything", reverse(_LIST))
    yield _asked("A case, by its reference", everything.filter(referral=case.pk).count(), q=case.reference)
    yield _asked("A CRN", everything.filter(crn=case.crn).count(), q=case.crn)
    yield _asked("A user", by_usual.count(), q=usual.username)
    yield _asked("The user with most", everything.filter(user=busiest).count(), q=busiest.username)
    yield _asked("What happened", None, action__exact=AuditAction.ACCESS_REFUSED)
    yield _asked("Refused only", None, outcome__exact="REFUSED")
    refused = by_usual.filter(outcome=AuditEvent.Outcome.REFUSED).count()
    yield _asked("A user, refused only", refused, q=usual.username, outcome__exact="REFUSED")
    one = everything.order_by("-at")[0]
    yield LookUp("One event", reverse("admin:events_auditevent_change", args=[one.pk]))


def _asked(name: str, events: int | None, **asked: str) -> LookUp:
    return LookUp(name, f"{reverse(_LIST)}?{urlencode(asked)}", events)


def _users() -> tuple[User, User]:
    """Who did most this month and the month before, and who is in the middle of all who did anything."""
    since = start_of(following(month_of(timezone.now()), by=-1))
    recent = AuditEvent.objects.filter(at__gte=since, user__isnull=False).order_by()
    by_number = recent.values_list("user").annotate(number=Count("pk")).order_by("-number", "user")
    people = [pk for pk, _ in by_number]
    return User.objects.get(pk=people[0]), User.objects.get(pk=people[len(people) // 2])


def seconds_of_one(by: User, *, times: int) -> list[float]:
    """How long each of some events takes to write, in a transaction of its own, as a page has."""
    took = []
    for _ in range(times):
        started = perf_counter()
        with transaction.atomic():
            audit.record(AuditAction.RISK_VIEWED, by=by)
        took.append(perf_counter() - started)
    return took
