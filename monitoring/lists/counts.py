"""How many cases stand in each list, and how many need somebody: what every page of the lists says.

What is open is counted when it is asked for. Of what ended, only the last days are: the rest was counted in the night
(``monitoring.models.ended_counts``). A person sees those numbers for contracts that were theirs from the start.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Q, QuerySet, Subquery, Sum, Value, When
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.case_lists import BY_SLUG, LISTS, LONG_AGO, CaseList, needing
from monitoring.lists.leavers import has_left
from monitoring.models import EndedCount, ReceivedReferral, Stage
from monitoring.models.received_referral import held_by
from monitoring.rules.stages import ENDED
from prepared.queries import PreparedQuery


@dataclass(frozen=True, slots=True)
class Counts:
    """``at``: how many cases stand in each list, by its slug, at each stage. ``left``: those whose caseworker has left.

    ``needing``: cases that need the reader today, by stage.
    """

    at: Mapping[str, Mapping[str, int]]
    left: int
    needing: Mapping[Stage, int]

    @property
    def of(self) -> dict[str, int]:
        """How many cases stand in each list, by its slug."""
        return {slug: sum(stages.values()) for slug, stages in self.at.items()}

    def needing_in(self, shown: CaseList) -> int:
        """How many cases of a list need the reader today."""
        return sum(self.needing.get(stage, 0) for stage in shown.stages)


def counts_for(
    user: User, contracts: Sequence[Contract], *, today: datetime.date, also_needs: bool = True
) -> Counts:
    """One read, whatever there is. Without ``also_needs``, what needs somebody is not looked for."""
    at, left = {slug: Counter[str]() for slug in BY_SLUG}, 0
    needing_by_stage: dict[Stage, int] = {}
    held = held_by(contracts)
    whole = held["contracts"].difference(held["later"])
    values = {"user": user.pk, "whole": whole, **held}
    if also_needs:
        values |= {"today": today, "now": timezone.now()}
    for stage, everybodys, mine, unassigned, needing_them, of_leavers in _BY_STAGE.rows(**values):
        for one in LISTS:
            if stage in one.stages:
                at[one.slug][stage] += mine if one.is_mine else unassigned if one.is_unassigned else everybodys
        left += of_leavers
        needing_by_stage[stage] = needing_by_stage.get(stage, 0) + needing_them
    return Counts(at, left, needing_by_stage)


def _by_stage(
    *,
    user: int,
    whole: frozenset[int],
    today: datetime.date | None = None,
    now: datetime.datetime | None = None,
    **held: Any,
) -> QuerySet[Any, Any]:
    """``whole``: the contracts that were theirs from the start. With ``today`` and ``now`` also what needs somebody."""
    nothing: dict[str, Any] = {"needing_them": Value(0), "of_leavers": Value(0)}
    needs = nothing
    if today is not None and now is not None:
        needing_them, of_leavers = needing(user, today=today), has_left(now=now)
        needs = {
            "needing_them": Count("pk", filter=needing_them),
            "of_leavers": Count("pk", filter=of_leavers),
        }
    # Not by their stages, too: PostgreSQL would take them for fewer than they are, and sort them to group them.
    cases = ReceivedReferral.objects.held(**held)
    still_open = cases.not_ended().order_by().values_list("stage").annotate(
        everybodys=Count("pk"),
        mine=Count("pk", filter=Q(caseworker=user)),
        unassigned=Count("pk", filter=Q(caseworker=None)),
        **needs,
    )  # fmt: skip
    counts = _of_ended("stage", whole=whole, **held)
    nobodys = [count.annotate(mine=Value(0), unassigned=Value(0), **nothing) for count in counts]
    return still_open.union(*nobodys, all=True)


def _of_ended(by: str, *, whole: frozenset[int], **held: Any) -> list[QuerySet[Any, Any]]:
    """What ended, counted by one column: since the night, on contracts that came to them later, and in the night."""
    kept = EndedCount.objects.unscoped().filter(contract__among=whole).order_by()
    # Not COALESCE, which PostgreSQL takes for something that may tell what it was given: no index would be used.
    counted_until = Case(When(Exists(kept), then=Subquery(kept.values("before")[:1])), default=LONG_AGO)
    of_whole = ReceivedReferral.objects.held(contracts=whole, later=[], since=[])
    ended = [of_whole.standing_at(ENDED).filter(concluded_at__gte=counted_until)]
    if held["later"]:
        cases = ReceivedReferral.objects.held(**held)
        ended.append(cases.standing_at(ENDED).filter(contract__in=held["later"]))
    return [
        *(some.order_by().values_list(by).annotate(everybodys=Count("pk")) for some in ended),
        kept.values_list(by).annotate(everybodys=Sum("cases")),
    ]


_BY_STAGE = PreparedQuery(_by_stage)


@dataclass(frozen=True, slots=True)
class Figures:
    """``on``: how many cases were ever received on each contract. ``at``: how many open ones stand at each stage."""

    on: Mapping[int, int]
    at: Mapping[str, int]
    overdue: int


def figures_for(contracts: Sequence[Contract], *, today: datetime.date) -> Figures:
    """Of all that they may see on these contracts. One read."""
    on, at, overdue = Counter[int](), Counter[str](), 0
    held = held_by(contracts)
    whole = held["contracts"].difference(held["later"])
    for contract, stage, count, late in _BY_CONTRACT.rows(whole=whole, today=today, **held):
        on[contract] += count
        at[stage] += count
        overdue += late
    return Figures(on, at, overdue)


def _by_contract(*, whole: frozenset[int], today: datetime.date, **held: Any) -> QuerySet[Any, Any]:
    """By stage as well while they are open."""
    cases = ReceivedReferral.objects.held(**held).not_ended().order_by()
    still_open = cases.values_list("contract", "stage").annotate(
        count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))
    )
    ended = _of_ended("contract", whole=whole, **held)
    nowhere = Value("", output_field=CharField())
    return still_open.union(
        *(
            count.annotate(stage_=nowhere, late=Value(0)).values_list("contract", "stage_", "everybodys", "late")
            for count in ended
        ),
        all=True,
    )


_BY_CONTRACT = PreparedQuery(_by_contract)
