"""Where to look first for a page of a long list: near the case it begins after, or near the end of the list it is at.

Fifty cases of thirty thousand stand close together in any order: in the same few weeks, under the same letter, at one
stage, on a few contracts. An index answers that. Only where fewer than a page are found there, all are looked through.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from interventions.models import Contract
from monitoring.lists.case_lists import SORTS, CaseList, Choice, by_title
from monitoring.lists.listed import Window

WEEKS = datetime.timedelta(weeks=8)
A_FEW = 3  # contracts
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
) -> Near | None:
    """What to look through; nothing where it is not known what stands where.

    All that it finds stands before all that it leaves out, as the page is read: from ``place`` on, or from either end.
    """
    sort, begins_at = choice.sort or ("" if shown.is_open else "ended"), place[0] if place else None
    if window.start or (place and begins_at is None):
        return None
    is_descending = choice.is_descending if choice.sort else True
    is_upwards = is_descending == window.is_from_the_end
    match sort:
        # Open ones have no index by the day of receipt: PostgreSQL would take that of everybody's.
        case "ended" | "received" if not shown.is_open:
            return _in_weeks(SORTS[sort][0], begins_at, now, is_upwards=is_upwards)
        case "name":
            return _under_a_letter(SORTS[sort][0], begins_at, is_upwards=is_upwards)
        case "status" if not choice.stage:
            rank = _rank(begins_at, len(shown.stages), is_upwards=is_upwards)
            return Near(STAGE, shown.stages[rank].value)
        case "intervention" if contracts:
            rank = _rank(begins_at, len(contracts), is_upwards=is_upwards)
            few = slice(rank, rank + A_FEW) if is_upwards else slice(max(0, rank + 1 - A_FEW), rank + 1)
            return Near("contract__among", frozenset(contract.pk for contract in by_title(contracts)[few]))
    return None


def _in_weeks(
    column: str, begins_at: datetime.datetime | None, now: datetime.datetime, *, is_upwards: bool
) -> Near | None:
    if not is_upwards:
        return Near(f"{column}__gt", (begins_at or now) - WEEKS)
    return Near(f"{column}__lt", begins_at + WEEKS) if begins_at else None


def _under_a_letter(column: str, begins_at: str | None, *, is_upwards: bool) -> Near | None:
    letter = (begins_at or (FIRST_LETTER if is_upwards else LAST_LETTERS))[0]
    if not letter.isascii():
        return None
    return Near(f"{column}__lt", chr(ord(letter) + 1)) if is_upwards else Near(f"{column}__gte", letter)


def _rank(begins_at: int | None, count: int, *, is_upwards: bool) -> int:
    if begins_at is not None:
        return begins_at
    return 0 if is_upwards else count - 1
