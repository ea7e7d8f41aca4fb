"""A page of the cases that filters and a search leave: found and counted in one read.

A search looks at every name there is. Asked for apart, the cases on a page and how many there are would look at all of
them twice; and a database that may stop at fifty would, for a rare name, walk through the whole list in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, OrderBy, SmallIntegerField, Value, When
from django.db.models import Window as Over
from django.http import QueryDict

from monitoring.lists.beside import Beside, beyond
from monitoring.lists.listed import Window
from monitoring.models.received_referral import ReceivedReferralQuerySet

MOST_PAGES = 10_000  # whoever types a higher number is shown the last page, which takes a count


class _Found(NamedTuple):
    keys: list[UUID]
    of_all: int


def asked_window(asked: QueryDict, size: int) -> Window | None:
    """Where the page that the address asks for would begin, if there are as many; nothing for no number of a page."""
    try:
        number = int(asked.get("page", 1))
    except ValueError:
        number = 1
    return Window((number - 1) * size, number * size, False) if 1 <= number <= MOST_PAGES else None


def chosen_page(
    asked: QueryDict,
    chosen: ReceivedReferralQuerySet,
    order: Sequence[OrderBy],
    size: int,
    *,
    beside: Beside | None = None,
    place: Sequence[Any] = (),
) -> tuple[Page, list[UUID]]:
    """The page that the address asks for, or the nearest, and the keys of its cases in this order.

    ``place``: where the case ``beside`` stands. The page then begins after it or ends before it.
    """
    window, found = asked_window(asked, size), _Found([], 0)
    if beside is not None and place:
        found = _beside(chosen, order, size, place, is_before=beside.is_before)
    if not found.keys and window is not None:
        found = _between(chosen, order, window)
    is_first = window is not None and window.start == 0
    count = found.of_all if found.keys or is_first else chosen.count()
    page: Page = Paginator(range(count), size).get_page(asked.get("page"))
    # Fewer pages are left than that: the last is shown whole, wherever the case stands.
    is_beyond = window is not None and window.start >= count
    if count and (is_beyond or not found.keys):
        found = _between(chosen, order, Window.of(page))
    return page, found.keys


def _between(chosen: ReceivedReferralQuerySet, order: Sequence[OrderBy], window: Window) -> _Found:
    """By their number."""
    cases = chosen.order_by(*order)
    counted = (cases.reverse() if window.is_from_the_end else cases).annotate(count=Over(Count("*")))
    rows = [*counted.values_list("pk", "count")[window.start : window.stop]]
    keys = [key for key, _ in rows]
    return _Found(keys[::-1] if window.is_from_the_end else keys, rows[0][1] if rows else 0)


def _beside(
    chosen: ReceivedReferralQuerySet,
    order: Sequence[OrderBy],
    size: int,
    place: Sequence[Any],
    *,
    is_before: bool,
) -> _Found:
    """Those beyond this place, nearest first. The others come after them, so that all are counted."""
    others = Case(
        When(beyond(order, place, is_before=is_before), then=Value(0)),
        default=Value(1),
        output_field=SmallIntegerField(),
    )
    counted = chosen.annotate(others=others, count=Over(Count("*")))
    cases = counted.order_by("-others", *order).reverse() if is_before else counted.order_by("others", *order)
    rows = [*cases.values_list("pk", "count", "others")[:size]]
    keys = [key for key, _, is_other in rows if not is_other]
    return _Found(keys[::-1] if is_before else keys, rows[0][1] if rows else 0)
