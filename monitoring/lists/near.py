"""Where to look first for a page of a long list: near the case it begins after, or near the end of the list it is at.

Fifty cases of thirty thousand stand close together in any order: in the same few weeks, under the same letter, on a few
contracts. An index answers that. Only where fewer than a page are found there, all are looked through.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from interventions.models import Contract
from monitoring.lists.case_lists import SORTS, Choice, by_title
from monitoring.lists.listed import Window

WEEKS = datetime.timedelta(weeks=8)
A_FEW = 3  # contracts
FIRST_LETTER, LAST_LETTERS = "a", "w"  # most names begin with one between, and enough with one of these


class Near(NamedTuple):
    """What is looked through: the name of a lookup, and its value."""

    lookup: str
    value: Any


def near(
    choice: Choice,
    window: Window,
    place: Sequence[Any],
    *,
    contracts: Sequence[Contract],
    now: datetime.datetime,
) -> Near | None:
    """For a page of ended cases; nothing where it is not known what stands before what.

    All that it finds stands before all that it leaves out, as the page is read: from ``place`` on, or from either end.
    """
    sort, begins_at = choice.sort or "ended", place[0] if place else None
    if window.start or (place and begins_at is None):
        return None
    is_descending = choice.is_descending if choice.sort else True
    is_upwards = is_descending == window.is_from_the_end
    match sort:
        case "ended" | "received":
            return _in_weeks(SORTS[sort][0], begins_at, now, is_upwards=is_upwards)
        case "name":
            return _under_a_letter(SORTS[sort][0], begins_at, is_upwards=is_upwards)
        case "caseworker" if place or not window.is_from_the_end:  # at the end are those that nobody had
            return _under_a_letter(SORTS[sort][0], begins_at, is_upwards=is_upwards)
        case "intervention":
            return _on_a_few(contracts, begins_at, is_upwards=is_upwards)
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


def _on_a_few(contracts: Sequence[Contract], begins_at: int | None, *, is_upwards: bool) -> Near:
    rank = (0 if is_upwards else len(contracts) - 1) if begins_at is None else begins_at
    few = slice(rank, rank + A_FEW) if is_upwards else slice(max(0, rank + 1 - A_FEW), rank + 1)
    return Near("contract__among", frozenset(contract.pk for contract in by_title(contracts)[few]))
