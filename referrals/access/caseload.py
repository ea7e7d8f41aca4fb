"""Whose cases a practitioner follows: their own, and for a working day those of a colleague they cover for.

A case is somebody's when they sent it, an administrator gave it to them, or they manage its person in nDelius (decision
A2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from integrations.failures import UpstreamFailure
from prepared.queries import PreparedQuery
from referrals.access.managed import managed_crns
from referrals.models import Cover, Reassignment, Referral
from referrals.models.cover import COVER_HOLDS


@dataclass(frozen=True, slots=True)
class Caseload:
    """The cases of one person: those they sent or were given, and those of the people they manage, as far as nDelius
    answered."""

    user: User
    managed: frozenset[str]
    failure: UpstreamFailure | None = None  # why nDelius did not say whom they manage

    @classmethod
    def of(cls, user: User, kept: Mapping[str, Any] | None = None) -> Caseload:
        """As nDelius has it now. ``kept``: see ``managed_crns``."""
        return cls(user, *managed_crns(user, kept=kept))

    def theirs(self) -> Q:
        """Which sent referrals are in it."""
        return Q(pk__in=ids_of([self.user.pk], self.managed))


def is_given_to(user: User, referral: Referral) -> bool:
    """Whether an administrator gave the case to ``user``, and to nobody since."""
    return Reassignment.objects.in_force().filter(referral=referral, successor=user).exists()


def covers_of(user: User) -> list[Cover]:
    """The covers of theirs that hold now, with the colleague; those whose account was closed as well."""
    return _COVERS.rows(user=user.pk, since=timezone.now() - COVER_HOLDS)


_COVERS = PreparedQuery(
    lambda user, since: Cover.objects.begun_since(since).filter(user=user).select_related("colleague")
)


def is_covered_by(user: User, referral: Referral) -> bool:
    """Whether a sent case is that of a colleague for whom ``user`` covers now."""
    return any(
        referral.created_by_id == cover.colleague_id
        or is_given_to(cover.colleague, referral)
        or referral.crn in managed_crns(cover.colleague, including=referral.crn)[0]
        for cover in covers_of(user)
    )


def ids_of(users: Collection[int], managed: frozenset[str]) -> QuerySet[Any, Any]:
    """The ids of what these users sent or were given, and of what was sent for the people with these CRNs.

    A union, each part of which a database finds by an index of its own: asked for with "or", it read every referral
    that there is, 190 of the 200 ms of a page at 200,000.
    """
    sent = Referral.objects.sent().order_by().values("pk")
    given = Reassignment.objects.in_force().filter(successor__in=users).order_by().values("referral")
    return sent.filter(created_by__in=users).union(given, sent.filter(crn__among=managed))
