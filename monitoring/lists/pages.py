"""One page of a list of the supplier's: which cases stand on it, by its number or beside one that was seen before.

What is plainly listed is asked for with prepared queries; what filters and searches leave, with a query built for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import OrderBy, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.beside import Beside, beyond, queries
from monitoring.lists.case_lists import (
    ALL_OPEN,
    BY_CONTRACT,
    BY_SLUG,
    CaseList,
    Choice,
    chosen_cases,
    needing,
    order_of,
    ranks_of,
)
from monitoring.lists.chosen import asked_window, chosen_page
from monitoring.lists.counts import count_at
from monitoring.lists.listed import ListedCase, Window, in_order, lines_of, page_of
from monitoring.lists.near import NOBODYS, STAGE, near
from monitoring.models import ReceivedReferral, Stage
from monitoring.models.received_referral import ReceivedReferralQuerySet, held_by
from prepared.queries import PreparedQuery

CASES_A_PAGE = 50
MANY = 1_000  # cases: in a list of fewer, all are read as fast as some


@dataclass(frozen=True, slots=True)
class ListedPage:
    """``beside``: what is added to the addresses of the pages before and after this, by their numbers."""

    page: Page
    cases: list[ListedCase]
    beside: Mapping[int, str]


def listed_page(
    asked: QueryDict,
    shown: CaseList,
    choice: Choice,
    user: User,
    contracts: list[Contract],
    *,
    counted: Mapping[str, int],
    today: date,
) -> ListedPage:
    """The page that the address asks for. ``counted``: how many cases of the whole list stand at each stage.

    Of all open cases it is known how many there are, and those at one stage are counted here.
    """
    values: dict[str, Any] = held_by(contracts)
    if shown.is_open and not choice.sort and not choice.terms:
        values |= {"user": user.pk, "today": today}
    if choice.sort in BY_CONTRACT:
        values["ranks"] = ranks_of(choice.sort, contracts)
    if not choice.is_by_stage_alone:
        chosen = chosen_cases(shown.cases(user, contracts), choice, today=today)
        return _chosen(asked, shown, choice, chosen, values)
    if choice.stage and shown is ALL_OPEN:
        count = count_at(Stage(choice.stage), contracts)
    else:
        count = counted.get(choice.stage, 0) if choice.stage else sum(counted.values())
    page: Page = Paginator(range(count), CASES_A_PAGE).get_page(asked.get("page"))
    window, found = Window.of(page), []
    beside = Beside.asked_for(asked, window)
    find = partial(_found, shown, choice, values, user=user.pk, contracts=contracts, count=count)
    if beside is not None and (place := _place_of(beside.case, shown, choice, values)):
        found = find(Window(0, CASES_A_PAGE, beside.is_before), place)
    cases = [*map(ListedCase._make, found or find(window))]
    return ListedPage(page, cases, queries(window, page.number, [case.pk for case in cases]))


def _chosen(
    asked: QueryDict, shown: CaseList, choice: Choice, chosen: ReceivedReferralQuerySet, values: dict[str, Any]
) -> ListedPage:
    """Of the cases that are ``chosen``: first which stand on the page, then their lines."""
    window = asked_window(asked, CASES_A_PAGE)
    beside = Beside.asked_for(asked, window) if window else None
    place = _place_of(beside.case, shown, choice, values) if beside else ()
    order = _order(shown, choice, **values)
    page, keys = chosen_page(asked, chosen, order, CASES_A_PAGE, beside=beside, place=place)
    held = {name: values[name] for name in ("contracts", "later", "since")}
    lines = _LINES.rows(keys=frozenset(keys), now=timezone.now(), **held) if keys else []
    return ListedPage(page, in_order(keys, lines), queries(Window.of(page), page.number, keys))


def _place_of(case: UUID, shown: CaseList, choice: Choice, values: dict[str, Any]) -> tuple[Any, ...]:
    """Where a case stands in the order of a list; nothing for one that they may not see."""
    return _PLACE.first(shown.slug, choice.sorted_by, bool(choice.terms), case=case, **values) or ()


def _found(
    shown: CaseList,
    choice: Choice,
    values: dict[str, Any],
    window: Window,
    place: Sequence[Any] = (),
    *,
    user: int,
    contracts: Sequence[Contract],
    count: int,
) -> list[tuple[Any, ...]]:
    """The cases in the window; with ``place``, beyond that."""
    now = timezone.now()
    named = {"now": now, **values, **({"user": user} if shown.is_mine else {})}

    def ask(lookup: str, place: Sequence[Any], **near: Any) -> list[tuple[Any, ...]]:
        missing = tuple(value is None for value in place)
        known = {f"place_{number}": value for number, value in enumerate(place) if value is not None}
        shape = (shown.slug, choice.sorted_by, choice.stage, window, missing, lookup)
        return _PAGE.rows(*shape, **near, **known, **named)

    for lookup, value in near(shown, choice, window, place, contracts=contracts, now=now) if count > MANY else ():
        known = {} if value is None else {"near": value}
        found = ask(lookup, place[1:] if lookup == STAGE else place, **known)
        if len(found) == window.stop - window.start:
            return found
        if found and lookup == NOBODYS:  # the page begins with them, and ends with somebody's
            break
    return ask("", place)


def _order(
    shown: CaseList,
    choice: Choice,
    *,
    user: int | None = None,
    today: date | None = None,
    ranks: str = "",
    **held: Any,
) -> list[OrderBy]:
    first = Q() if user is None or today is None else needing(user, today=today)
    return order_of(shown, choice, first=first, ranks=ranks)


def _choice(sorted_by: str) -> Choice:
    return Choice(sort=sorted_by.removeprefix("-"), is_descending=sorted_by.startswith("-"))


def _page(
    slug: str,
    sorted_by: str,
    stage: str,
    window: Window,
    missing: tuple[bool, ...],
    lookup: str,
    *,
    now: datetime,
    contracts: frozenset[int],
    later: list[int],
    since: list[datetime],
    user: int | None = None,
    today: date | None = None,
    ranks: str = "",
    near: Any = None,
    **place: Any,
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """One page of a list, or of its cases at one stage. ``user`` and ``today`` where it asks whose, or which need them.

    With ``missing``, of cases beyond the one that stands at ``place_0`` and so on; what is missing there is not given.
    With ``lookup``, of those only for which it holds with ``near``.
    """
    shown = BY_SLUG[slug]
    within = ReceivedReferral.objects.held(contracts=contracts, later=later, since=since)
    cases = shown.among(within, user=user)
    order = _order(shown, _choice(sorted_by), user=user, today=today, ranks=ranks)
    if stage:
        cases = cases.standing_at([Stage(stage)])
    if lookup == STAGE:
        order = order[1:]  # which all of them share
    if missing:
        stands = [None if one else place[f"place_{number}"] for number, one in enumerate(missing)]
        cases = cases.filter(beyond(order, stands, is_before=window.is_from_the_end))
    if lookup == NOBODYS:
        cases = cases.without_caseworker()
    elif lookup:
        cases = cases.filter(**{lookup: near})
    return page_of(cases, within, order, window, now=now)


def _place(
    slug: str,
    sorted_by: str,
    is_search: bool,
    *,
    case: UUID,
    contracts: frozenset[int],
    later: list[int],
    since: list[datetime],
    **values: Any,
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """Where a case stands in the order of a list: what is sorted by, of one that they may see."""
    choice = _choice(sorted_by) if sorted_by or not is_search else Choice(sort="name")
    order = _order(BY_SLUG[slug], choice, **values)
    within = ReceivedReferral.objects.held(contracts=contracts, later=later, since=since)
    return within.filter(pk=case).order_by().values_list(*(by.expression for by in order))


def _lines(
    keys: frozenset[UUID],
    *,
    now: datetime,
    contracts: frozenset[int],
    later: list[int],
    since: list[datetime],
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    within = ReceivedReferral.objects.held(contracts=contracts, later=later, since=since)
    return lines_of(within.filter(pk__among=keys), now=now).order_by()


_PAGE = PreparedQuery(_page)
_LINES = PreparedQuery(_lines)
_PLACE = PreparedQuery(_place)
