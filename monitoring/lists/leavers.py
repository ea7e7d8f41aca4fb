"""Open cases whose caseworker cannot work on them any more: their account is closed, or they lost the contract."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import BigIntegerField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.lookups import In
from django.utils import timezone

from interventions.models import Contract, ContractGrant
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import ReceivedReferralQuerySet, held_by
from monitoring.rules.stages import OPEN


def cases_of_leavers(contracts: Collection[Contract]) -> ReceivedReferralQuerySet:
    """Those on these contracts, which ``Contract.objects.granted_to(user)`` has answered."""
    return left_on(now=timezone.now(), **held_by(contracts))


def left_on(
    *, now: datetime, contracts: frozenset[int], later: list[int], since: list[datetime]
) -> ReceivedReferralQuerySet:
    """The same, of what ``held_by`` answered."""
    cases = ReceivedReferral.objects.held(contracts=contracts, later=later, since=since)
    return cases.standing_at(OPEN).not_ended().filter(~is_at_work(now=now), caseworker__isnull=False)


def has_left(*, now: datetime) -> Q:
    """The same as a condition, for counting in cases that are read anyway: of these, whose caseworker is not at work.

    Who is at work on what is found once for all of them, and compared as one number: Django has no IN for pairs.
    """
    at_work = ContractGrant.objects.effective(now=now).order_by().values_list(_pair("user", "contract"))
    return Q(caseworker__isnull=False) & ~Q(In(_pair("caseworker", "contract"), at_work))


def _pair(person: str, contract: str) -> ExpressionWrapper:
    """One number, for keys are smaller than this."""
    beside = Value(2**31, output_field=BigIntegerField())
    return ExpressionWrapper(F(person) * beside + F(contract), output_field=BigIntegerField())


def is_at_work(case: str = "", *, now: datetime | None = None) -> Exists:
    """Whether the caseworker can open the case. ``case``: the way to it from the rows asked for ("received__")."""
    grants = ContractGrant.objects.effective(now=now)
    return Exists(grants.filter(user=OuterRef(f"{case}caseworker"), contract=OuterRef(f"{case}contract")))
