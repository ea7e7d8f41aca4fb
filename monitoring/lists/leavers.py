"""Open cases whose caseworker cannot work on them any more: their account is closed, or they lost the contract."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.lookups import In
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract, ContractGrant
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import ReceivedReferralQuerySet, held_by
from prepared.queries import PreparedQuery

KEPT_FOR = 60  # seconds


def cases_of_leavers(contracts: Collection[Contract]) -> ReceivedReferralQuerySet:
    """Those on these contracts, which ``Contract.objects.granted_to(user)`` has answered."""
    cases = ReceivedReferral.objects.on_contracts(contracts).not_ended()
    return cases.filter(~is_at_work(now=timezone.now()), caseworker__isnull=False)


def how_many_are_left(user: User, contracts: Collection[Contract]) -> int:
    """How many there are on these contracts of theirs, as every list of open cases says it.

    Counted once a minute and kept as a number: who works on what takes as long to find out as the rest of a list. Who
    gives such a case to somebody sees it at once.
    """
    kept = cache.get(_key(user))
    if isinstance(kept, int):
        return kept
    ((count,),) = _COUNT.rows(now=timezone.now(), **held_by(contracts))
    cache.set(_key(user), count, KEPT_FOR)
    return count


def count_again(user: User) -> None:
    """At their next list."""
    cache.delete(_key(user))


def _key(user: User) -> str:
    return f"leavers:{user.pk}"


def _counted(*, now: datetime, **held: Any) -> QuerySet[Any, tuple[int]]:
    """Who is at work on what is found once for all cases, and compared as one number: Django has no IN for pairs."""
    cases = ReceivedReferral.objects.held(**held).not_ended().filter(caseworker__isnull=False)
    at_work = ContractGrant.objects.effective(now=now).order_by().values_list(_pair("user", "contract"))
    has_left = Case(When(~Q(In(_pair("caseworker", "contract"), at_work)), then=Value(1)))
    return cases.order_by().values(all=Value(0)).annotate(count=Count(has_left)).values_list("count")


def _pair(person: str, contract: str) -> ExpressionWrapper:
    """One number, for keys are smaller than this."""
    beside = Value(2**31, output_field=BigIntegerField())
    return ExpressionWrapper(F(person) * beside + F(contract), output_field=BigIntegerField())


def is_at_work(case: str = "", *, now: datetime | None = None) -> Exists:
    """Whether the caseworker can open the case. ``case``: the way to it from the rows asked for ("received__")."""
    grants = ContractGrant.objects.effective(now=now)
    return Exists(grants.filter(user=OuterRef(f"{case}caseworker"), contract=OuterRef(f"{case}contract")))


_COUNT = PreparedQuery(_counted)
