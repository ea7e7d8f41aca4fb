"""How many cases stand in each list, and how many need somebody: what every page of the lists says.

What was received and what ended was counted in the night (``monitoring.models.kept_counts``); what came and ended
since is found in an index, and what is open is the difference. A person sees those numbers for contracts that were
theirs from the start; of others everything is counted.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Sum,
    Value,
    When,
)

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.case_lists import ALL_OPEN, BY_SLUG, LISTS, LONG_AGO, CaseList, needing
from monitoring.models import EndedCount, ReceivedCount, ReceivedReferral, Stage
from monitoring.models.received_referral import ReceivedReferralQuerySet, held_by, in_month
from monitoring.rules.months import starts_of
from monitoring.rules.stages import ENDED
from prepared.queries import PreparedQuery

NOWHERE = ""  # instead of a stage


@dataclass(frozen=True, slots=True)
class Counts:
    """``at``: how many cases stand in each list, by its slug, at each stage; in that of all open cases, ``NOWHERE``.

    ``needing``: cases that need the reader today, by stage.
    """

    at: Mapping[str, Mapping[str, int]]
    needing: Mapping[Stage, int]

    @property
    def of(self) -> dict[str, int]:
        """How many cases stand in each list, by its slug."""
        return {slug: sum(stages.values()) for slug, stages in self.at.items()}

    def needing_in(self, shown: CaseList) -> int:
        """How many cases of a list need the reader today."""
        return sum(self.needing.get(stage, 0) for stage in shown.stages)


def counts_for(user: User, contracts: Sequence[Contract], *, today: datetime.date) -> Counts:
    """One read, whatever there is."""
    at: dict[str, Counter[str]] = {slug: Counter() for slug in BY_SLUG}
    needing_by_stage: dict[Stage, int] = {}
    values = {"user": user.pk, "today": today, **_held_by(contracts)}
    for stage, everybodys, still_open, mine, unassigned, needing_them in _BY_STAGE.rows(**values):
        at[ALL_OPEN.slug][NOWHERE] += still_open * (everybodys or 0)
        for one in LISTS:
            if stage in one.stages and one is not ALL_OPEN:
                at[one.slug][stage] += mine if one.is_mine else unassigned if one.is_unassigned else everybodys
        if needing_them:
            needing_by_stage[stage] = needing_them
    return Counts(at, needing_by_stage)


def count_at(stage: Stage, contracts: Sequence[Contract]) -> int:
    """How many open cases stand at a stage. One read."""
    return int(_AT_STAGE.rows(stage=stage.value, **held_by(contracts))[0][0])


def _held_by(contracts: Sequence[Contract]) -> dict[str, Any]:
    """``held_by``, with the contracts that were theirs from the start (``whole``)."""
    held = held_by(contracts)
    return {"whole": held["contracts"].difference(held["later"]), **held}


_COLUMNS = ("at", "everybodys", "still_open", "mine", "unassigned", "needing_them")


def _by_stage(
    *, user: int, today: datetime.date, whole: frozenset[int], **held: Any
) -> QuerySet[Any, tuple[Any, ...]]:
    """``still_open``: whether ``everybodys`` adds to what is open (1), is taken from it (-1), or neither."""
    cases = ReceivedReferral.objects.held(**held).not_ended().order_by()
    theirs = cases.of(user).values(at=F("stage")).annotate(
        mine=Count("pk"), needing_them=Count("pk", filter=needing(user, today=today))
    )  # fmt: skip
    parts = [theirs, cases.without_caseworker().values(at=F("stage")).annotate(unassigned=Count("pk"))]
    parts += [_summed(part, NOWHERE).annotate(still_open=Value(1)) for part in _received(whole=whole)]
    parts += [_summed(part, "stage").annotate(still_open=Value(-1)) for part in _ended(whole=whole)]
    if held["later"]:
        parts.append(_summed(_of_later(**held).not_ended(), NOWHERE).annotate(still_open=Value(1)))
        parts.append(_summed(_of_later(**held).standing_at(ENDED), "stage"))
    first, *others = (_with_all_columns(part) for part in parts)
    return first.union(*others, all=True)


def _with_all_columns(part: QuerySet[Any, Any]) -> QuerySet[Any, tuple[Any, ...]]:
    missing = {name: Value(0) for name in _COLUMNS if name not in part.query.annotations}
    return part.annotate(**missing).values_list(*_COLUMNS)


def _summed(part: QuerySet[Any, Any], by: str) -> QuerySet[Any, Any]:
    """How many by a column, or (``NOWHERE``) altogether: of cases, or by what was kept."""
    many = Count("pk") if part.model is ReceivedReferral else Sum("cases")
    at = F(by) if by else Value(NOWHERE, output_field=CharField())
    return part.order_by().values(at=at).annotate(everybodys=many)


def _received(*, whole: frozenset[int]) -> list[QuerySet[Any, Any]]:
    """What was received on these contracts: counted in the night, and since."""
    kept = ReceivedCount.objects.unscoped().filter(contract__among=whole)
    return [kept, _of_whole(whole).filter(received_at__gte=_counted_until(kept))]


def _ended(*, whole: frozenset[int]) -> list[QuerySet[Any, Any]]:
    """What ended on these contracts: counted in the night, and since."""
    kept = EndedCount.objects.unscoped().filter(contract__among=whole)
    return [kept, _of_whole(whole).standing_at(ENDED).filter(concluded_at__gte=_counted_until(kept))]


def _of_whole(whole: frozenset[int]) -> ReceivedReferralQuerySet:
    return ReceivedReferral.objects.held(contracts=whole, later=[], since=[])


def _of_later(**held: Any) -> ReceivedReferralQuerySet:
    """All that they may see of contracts that came to them later."""
    return ReceivedReferral.objects.held(**held).filter(contract__in=held["later"])


def _counted_until(kept: QuerySet[Any, Any]) -> Case:
    # Not COALESCE, which PostgreSQL takes for something that may tell what it was given: no index would be used.
    return Case(When(Exists(kept), then=Subquery(kept.order_by().values("before")[:1])), default=LONG_AGO)


_BY_STAGE = PreparedQuery(_by_stage)
_AT_STAGE = PreparedQuery(
    lambda stage, **held: (
        ReceivedReferral.objects.held(**held)
        .not_ended()
        .filter(stage=stage)
        .order_by()
        .values(at=Value(NOWHERE, output_field=CharField()))
        .values_list(Count("pk"))
    )
)


@dataclass(frozen=True, slots=True)
class Figures:
    """``on``: how many cases were ever received on each contract. ``at``: how many open ones stand at each stage."""

    on: Mapping[int, int]
    at: Mapping[str, int]
    overdue: int


def figures_for(contracts: Sequence[Contract], *, today: datetime.date) -> Figures:
    """Of all that they may see on these contracts. One read."""
    on, at, overdue = Counter[int](), Counter[str](), 0
    for contract, stage, count, late in _FIGURES.rows(today=today, **_held_by(contracts)):
        if stage == NOWHERE:
            on[contract] += count
        else:
            at[stage] += count
            overdue += late
    return Figures(on, at, overdue)


def _figures(*, today: datetime.date, whole: frozenset[int], **held: Any) -> QuerySet[Any, tuple[Any, ...]]:
    cases = ReceivedReferral.objects.held(**held).order_by()
    still_open = (
        cases.not_ended()
        .values("stage")
        .annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .annotate(on=Value(0))
        .values_list("on", "stage", "count", "late")
    )
    received = _received(whole=whole)
    if held["later"]:
        received.append(_of_later(**held))
    nowhere = Value(NOWHERE, output_field=CharField())
    return still_open.union(
        *(
            _summed(part, "contract")
            .annotate(nowhere=nowhere, late=Value(0))
            .values_list("at", "nowhere", "everybodys", "late")
            for part in received
        ),
        all=True,
    )


_FIGURES = PreparedQuery(_figures)


def received_by_month(contracts: Sequence[Contract], months: Sequence[datetime.date]) -> dict[datetime.date, int]:
    """How many they received in each of these months (first days, the newest first), in UK time; none: no entry."""
    found, held = Counter[datetime.date](), _held_by(contracts)
    if not held["later"]:
        held = {"whole": held["whole"]}
    for place, count in _BY_MONTH.rows(months=[*months], starts=starts_of(months), **held):
        found[months[place]] += count
    return found


def _by_month(
    *, months: list[datetime.date], starts: list[datetime.datetime], whole: frozenset[int], **held: Any
) -> QuerySet[Any, tuple[int, int]]:
    kept, since = _received(whole=whole)
    of_month = [When(month=month, then=Value(place)) for place, month in enumerate(months)]
    of_kept = kept.filter(month__gte=months[-1]).annotate(place=Case(*of_month, output_field=SmallIntegerField()))
    cases = [since, _of_later(**held)] if "later" in held else [since]
    of_cases = (part.filter(received_at__gte=starts[-1]).annotate(place=in_month(starts)) for part in cases)
    first, *others = (_summed(part, "place").values_list("at", "everybodys") for part in (of_kept, *of_cases))
    return first.union(*others, all=True)


_BY_MONTH = PreparedQuery(_by_month)
