"""How many cases stand in each list, and how many need somebody: what every page of the lists says.

What is open is counted when it is asked for. Of what ended, only the last days are: the rest was counted in the night
(``monitoring.models.ended_counts``). A person sees those numbers for contracts that were theirs from the start.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, Exists, Q, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.case_lists import BY_SLUG, LISTS, LONG_AGO, CaseList, needing
from monitoring.lists.leavers import left_on
from monitoring.models import EndedCount, ReceivedReferral
from monitoring.models.received_referral import held_by
from monitoring.rules.stages import ENDED, OPEN
from prepared.queries import PreparedQuery


def counts_of(user: User, contracts: Sequence[Contract]) -> dict[str, int]:
    """How many cases stand in each list for ``user``, by its slug. One read, whatever there is."""
    counts = dict.fromkeys(BY_SLUG, 0)
    held = held_by(contracts)
    whole = held["contracts"].difference(held["later"])
    for stage, everybodys, mine, unassigned in _BY_STAGE.rows(user=user.pk, whole=whole, **held):
        for one in LISTS:
            if stage in one.stages:
                counts[one.slug] += mine if one.is_mine else unassigned if one.is_unassigned else everybodys
    return counts


def _by_stage(user: int, whole: frozenset[int], **held: Any) -> QuerySet[Any, Any]:
    """``whole``: the contracts that were theirs from the start."""
    kept = EndedCount.objects.unscoped().filter(contract__among=whole).order_by()
    # Not COALESCE, which PostgreSQL takes for something that may tell what it was given: no index would be used.
    counted_until = Case(When(Exists(kept), then=Subquery(kept.values("before")[:1])), default=LONG_AGO)
    cases = ReceivedReferral.objects.held(**held)
    of_whole = ReceivedReferral.objects.held(contracts=whole, later=[], since=[])
    since = of_whole.standing_at(ENDED).filter(concluded_at__gte=counted_until)
    counted_now = [cases.standing_at(OPEN).not_ended(), since]
    if held["later"]:
        counted_now.append(cases.standing_at(ENDED).filter(contract__in=held["later"]))
    mine, unassigned = Q(caseworker=user), Q(caseworker=None)
    first, *others = [
        some.order_by()
        .values_list("stage")
        .annotate(
            everybodys=Count("pk"),
            mine=Count("pk", filter=mine),
            unassigned=Count("pk", filter=unassigned),
        )
        for some in counted_now
    ]
    in_the_night = kept.values_list("stage").annotate(
        everybodys=Sum("cases"), mine=Value(0), unassigned=Value(0)
    )
    return first.union(*others, in_the_night, all=True)


_BY_STAGE = PreparedQuery(_by_stage)


def needing_and_left(
    shown: CaseList, user: User, contracts: Sequence[Contract], *, today: datetime.date
) -> tuple[int, int]:
    """Of an open list: how many cases need ``user`` today, and how many have a caseworker who left. One read."""
    values = {"user": user.pk, "today": today, "now": timezone.now(), **held_by(contracts)}
    counted = dict(_NEEDING_AND_LEFT.rows(shown.slug, **values))
    return counted.get(0, 0), counted.get(1, 0)


def _needing_and_left(
    slug: str, *, user: int, today: datetime.date, now: datetime.datetime, **held: Any
) -> QuerySet[Any, Any]:
    cases = BY_SLUG[slug].among(ReceivedReferral.objects.held(**held), user=user)
    kinds = [cases.filter(needing(user, today=today)), left_on(now=now, **held)]
    counts = [
        cases.order_by().annotate(kind=Value(number)).values("kind").annotate(count=Count("pk"))
        for number, cases in enumerate(kinds)
    ]
    return counts[0].union(counts[1], all=True).values_list("kind", "count")


_NEEDING_AND_LEFT = PreparedQuery(_needing_and_left)
