"""Where to look first for a page of a long list: near the case it begins after, or near the end of the list it is at.

Fifty cases of thirty thousand stand close together in any order: in the same few weeks, under the same letter, at one
stage, on a few contracts, with a few caseworkers. An index answers that. Only where fewer than a page are found there,
all are looked through.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from interventions.models import Contract, ContractGrant
from monitoring.lists.case_lists import SORTS, CaseList, Choice, by_title
from monitoring.lists.listed import Window
from monitoring.models import ReceivedReferral, Stage
from prepared.queries import PreparedQuery

WEEKS, MONTHS = datetime.timedelta(weeks=8), datetime.timedelta(weeks=32)
A_FEW = 3  # contracts
SOME = 6  # caseworkers
NOBODYS = "nobodys"  # not a lookup: cases without a caseworker, who come last in a list by caseworker
STAGE = "stage"  # the lookup for one stage, within which a list by status is one by reference number
FIRST_LETTER, LAST_LETTERS = "a", "w"  # most names begin with one between, and enough with one of these


class Near(NamedTuple):
    """What is looked through: the name of a lookup, and its value."""

    lookup: str
    value: Any


def near(
    shown: CaseList,
    choice: Choice,
    window: Window,
    place: Sequence[Any],
    *,
    contracts: Sequence[Contract],
    now: datetime.datetime,
) -> Iterator[Near]:
    """What to look through, one after the other; nothing where it is not known what stands where.

    All that each finds stands before all that it leaves out, as the page is read: from ``place`` or from either end.
    """
    sort, begins_at = choice.sort or ("" if shown.is_open else "ended"), place[0] if place else None
    is_descending = choice.is_descending if choice.sort else True
    is_upwards = is_descending == window.is_from_the_end
    if window.start:
        return
    if sort == "caseworker" and begins_at is None and (place or window.is_from_the_end):
        yield Near(NOBODYS, None)
    if place and begins_at is None:
        return
    match sort:
        # Open ones have no index by the day of receipt: PostgreSQL would take that of everybody's.
        case "ended" | "received" if not shown.is_open:
            yield from _in_weeks(shown, choice, SORTS[sort][0], begins_at, contracts, now, is_upwards=is_upwards)
        case "name":
            yield from _under_a_letter(SORTS[sort][0], begins_at, is_upwards=is_upwards)
        case "status" if not choice.stage:
            rank = _rank(begins_at, len(shown.stages), is_upwards=is_upwards)
            if rank < len(shown.stages):  # else the case has gone to another list since it was seen in this one
                yield Near(STAGE, shown.stages[rank].value)
        case "intervention" if contracts:
            rank = _rank(begins_at, len(contracts), is_upwards=is_upwards)
            few = slice(rank, rank + A_FEW) if is_upwards else slice(max(0, rank + 1 - A_FEW), rank + 1)
            yield Near("contract__among", frozenset(contract.pk for contract in by_title(contracts)[few]))
        case "caseworker":
            yield from _with_caseworkers(begins_at, contracts, is_upwards=is_upwards)


def _in_weeks(
    shown: CaseList,
    choice: Choice,
    column: str,
    begins_at: datetime.datetime | None,
    contracts: Sequence[Contract],
    now: datetime.datetime,
    *,
    is_upwards: bool,
) -> Iterator[Near]:
    if not is_upwards:
        yield Near(f"{column}__gt", (begins_at or now) - WEEKS)
    elif begins_at:
        yield Near(f"{column}__lt", begins_at + WEEKS)
    elif oldest := _oldest(shown, choice, column, contracts):
        # There were few to begin with.
        yield from (Near(f"{column}__lt", oldest + some) for some in (WEEKS, MONTHS))


def _oldest(
    shown: CaseList, choice: Choice, column: str, contracts: Sequence[Contract]
) -> datetime.datetime | None:
    """The first day in this column. An index says it for each contract and stage; asked for all, all would be read."""
    stages = (Stage(choice.stage),) if choice.stage else shown.stages
    rows = _OLDEST.rows(column, stages, contracts=frozenset(contract.pk for contract in contracts))
    return min((moment for row in rows for moment in row if moment), default=None)


def _oldest_of_each(
    column: str, stages: Sequence[Stage], *, contracts: frozenset[int]
) -> QuerySet[Contract, tuple[datetime.datetime | None, ...]]:
    cases = ReceivedReferral.objects.unscoped().filter(contract=OuterRef("pk"), **{f"{column}__isnull": False})
    first = {
        f"of_{stage.lower()}": Subquery(cases.filter(stage=stage).order_by(column).values(column)[:1])
        for stage in stages
    }
    return Contract.objects.filter(pk__among=contracts).order_by().annotate(**first).values_list(*first)


def _with_caseworkers(
    begins_at: str | None, contracts: Sequence[Contract], *, is_upwards: bool
) -> Iterator[Near]:
    """From this name on. Whoever is a caseworker was granted the contract once."""
    values: dict[str, Any] = {"contracts": frozenset(contract.pk for contract in contracts)}
    if begins_at is not None:
        values["begins_at"] = begins_at
    rows = _CASEWORKERS.rows(is_upwards, window=(0, SOME + 1), **values)
    # Others may be called what the last of them is called.
    last = rows[-1][1] if len(rows) > SOME else None
    few = frozenset(pk for pk, name in rows if name != last)
    if few:
        yield Near("caseworker__among", few)


def _caseworkers(
    is_upwards: bool, *, contracts: frozenset[int], begins_at: str | None = None
) -> QuerySet[User, tuple[int, str]]:
    granted = ContractGrant.objects.filter(contract__among=contracts).order_by().values("user")
    people = User.objects.filter(pk__in=granted)
    if begins_at is not None:
        people = people.filter(**{f"name_folded__{'gte' if is_upwards else 'lte'}": begins_at})
    order = ("name_folded", "pk") if is_upwards else ("-name_folded", "-pk")
    return people.order_by(*order).values_list("pk", "name_folded")


def _under_a_letter(column: str, begins_at: str | None, *, is_upwards: bool) -> Iterator[Near]:
    letter = (begins_at or (FIRST_LETTER if is_upwards else LAST_LETTERS))[0]
    if letter.isascii():
        yield Near(f"{column}__lt", chr(ord(letter) + 1)) if is_upwards else Near(f"{column}__gte", letter)


def _rank(begins_at: int | None, count: int, *, is_upwards: bool) -> int:
    if begins_at is not None:
        return begins_at
    return 0 if is_upwards else count - 1


_OLDEST = PreparedQuery(_oldest_of_each)
_CASEWORKERS = PreparedQuery(_caseworkers)
