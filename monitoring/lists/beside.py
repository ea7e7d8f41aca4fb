"""The pages beside one that stands far from both ends of a long list: found by the case that they begin after.

Counting up to such a page reads and sorts every case before it. Its neighbours are found by where its first or last
case stands in the order, wherever in the list that is; and cases that come or go before it meanwhile make nobody see a
case twice or miss one. Near the ends, pages are found by their number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import OrderBy, Q, Value
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual
from django.http import QueryDict

from monitoring.lists.listed import Window

FAR = 500  # cases from an end: what stands nearer is counted


class Beside(NamedTuple):
    """A page begins after this case, or ends before it. The case is one that the reader has just seen listed."""

    case: UUID
    is_before: bool

    @classmethod
    def asked_for(cls, asked: QueryDict, window: Window) -> Beside | None:
        """What the address says of a page that stands far from both ends; nothing for another page."""
        name = "before" if "before" in asked else "after"
        if window.start < FAR or name not in asked:
            return None
        try:
            return cls(UUID(str(asked[name])), name == "before")
        except ValueError:
            return None


def queries(window: Window, number: int, keys: Sequence[UUID]) -> Mapping[int, str]:
    """What is added to the addresses of the pages before and after ``number``, which lists these cases."""
    if not keys or window.start < FAR - len(keys):
        return {}
    return {number - 1: f"&before={keys[0]}", number + 1: f"&after={keys[-1]}"}


def beyond(order: Sequence[OrderBy], values: Sequence[Any], *, is_before: bool) -> Q:
    """Which cases stand after (or before) the one for which the order's expressions have these values.

    Only what the order puts last when it is missing may be missing.
    """
    found, alike = Q(pk__in=[]), Q()
    for by, value in zip(order, values, strict=True):
        found |= alike & _further(by, value, is_before=is_before)
        alike &= Q(IsNull(by.expression, True) if value is None else Exact(by.expression, Value(value)))
    if order[0].nulls_last:
        return found
    # Follows from the rest. Said by itself, an index in this order is read from there on only.
    no_less = LessThanOrEqual if order[0].descending != is_before else GreaterThanOrEqual
    return found & Q(no_less(order[0].expression, Value(values[0])))


def _further(by: OrderBy, value: Any, *, is_before: bool) -> Q:
    """By this expression alone."""
    if value is None:
        return Q(IsNull(by.expression, False)) if is_before else Q(pk__in=[])
    more = LessThan if by.descending != is_before else GreaterThan
    further = Q(more(by.expression, Value(value)))
    return further | Q(IsNull(by.expression, True)) if by.nulls_last and not is_before else further
