"""The supplier's lists at full size: every list, sort, filter, search and page that is measured, for one manager.

Knows addresses and what is looked for there; what a page costs is found out by ``measurements.page_cost``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import product
from math import ceil

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from govuk.text import folded
from interventions.models import Contract
from measurements.page_cost import Cost, cost_of, explained
from monitoring.lists.case_lists import BY_SLUG, LISTS, SORTS, CaseList, Choice, chosen_cases
from monitoring.lists.pages import CASES_A_PAGE
from monitoring.models import ReceivedReferral, Stage

MOST_STATEMENTS = 12
NEXT = re.compile(r'href="([^"]+)" rel="next"')
MOST_MS = 15.0  # of the database's processor time


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page to measure: ``terms`` are searched for in ``slug`` before.

    ``is_next``: not this address is asked for, but where its link to the next page leads, as people come there.
    """

    name: str
    address: str
    slug: str = ""
    terms: str = ""
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A page and what it cost; ``blocks`` of 8 kB were touched by its reads, where PostgreSQL was asked."""

    page: ListPage
    cost: Cost
    blocks: int | None

    @property
    def is_within(self) -> bool:
        """Whether it kept to what it may cost."""
        return self.cost.statements <= MOST_STATEMENTS and self.cost.work_ms <= MOST_MS


HEADINGS = (
    "| Page | statements | database, processor ms | blocks | by the clock, ms | whole page, ms | |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | --- |"
)


def row(one: Measured) -> str:
    """A line of the table of ``HEADINGS``."""
    cost = one.cost
    worked = "" if cost.processor_ms is None else f"{cost.processor_ms:.1f}"
    blocks = "" if one.blocks is None else f"{one.blocks:,}"
    said = "" if one.is_within else "too much"
    return (
        f"| {one.page.name} | {cost.statements} | {worked} | {blocks} | {cost.database_ms:.1f}"
        f" | {cost.total_ms:.0f} | {said} |"
    )


def measure(
    client: Client, pages: list[ListPage], *, times: int, lists: str = "monitoring:case_list"
) -> Iterator[Measured]:
    """What each page costs: the medians of ``times`` requests after one that fills caches.

    ``lists`` is the name of the address of a list, which searches are posted to.
    """
    for page in pages:
        if page.terms:
            client.post(reverse(lists, args=[page.slug]), {"terms": page.terms})
        address = _next(client, page.address) if page.is_next else page.address
        cost = cost_of(client, address, times=times)
        is_postgresql = connection.vendor == "postgresql"
        yield Measured(page, cost, explained(client, address).blocks if is_postgresql else None)


def _next(client: Client, address: str) -> str:
    """Where the link to the next page leads; the address itself when there is none."""
    found = NEXT.search(client.get(address).content.decode())
    return unescape(found[1]) if found else address


def pages_for(user: User) -> list[ListPage]:
    """Everything that is measured, for ``user``."""
    contracts = [*Contract.objects.granted_to(user)]
    sizes = {one.slug: one.cases(user, contracts).count() for one in LISTS}
    shown: list[ListPage] = [ListPage("Home", reverse("monitoring:all_cases"))]
    for one in LISTS:
        shown += _sorted(one, sizes[one.slug])
        shown += _filtered(one, user, contracts)
    shown.append(ListPage("By caseworker", reverse("monitoring:by_caseworker")))
    shown += _searched(user, contracts)
    shown.append(ListPage("Reporting", reverse("monitoring:reporting")))
    return [*shown, *_of_a_case(user, contracts)]


def _sorted(one: CaseList, size: int) -> Iterator[ListPage]:
    """Its own order and each sort in both directions: the first page, the one in the middle and the last."""
    pages = ceil(size / CASES_A_PAGE)
    places = {"first": 1, "middle": max(2, pages // 2), "last": max(1, pages)}
    sorts = ["", *(sign + column for column in one.columns if column in SORTS for sign in ("", "-"))]
    for sort, (place, page) in product(sorts, places.items()):
        order = (
            f"by {sort.removeprefix('-')}{' down' if sort.startswith('-') else ''}" if sort else "own order"
        )
        # A sort that is none takes the list back to its own order, which the one before may have changed.
        yield ListPage(
            f"{one.title} ({size:,}): {order}, {place} page",
            _address(one.slug, f"sort={sort}&page={page - (place == 'middle')}"),
            is_next=place == "middle",
        )


def _filtered(one: CaseList, user: User, contracts: list[Contract]) -> Iterator[ListPage]:
    """Each status, the overdue ones, and one caseworker's."""
    for stage in one.stages if len(one.stages) > 1 else ():
        asked = f"sort=&stage={stage.value}"
        yield ListPage(f"{one.title}: status {stage.label}", _address(one.slug, asked))
    if one.is_open:
        yield ListPage(f"{one.title}: overdue", _address(one.slug, "overdue=YES"))
    if one.has_caseworkers:
        yield ListPage(f"{one.title}: of one caseworker", _address(one.slug, f"caseworker={user.pk}"))


def _searched(user: User, contracts: list[Contract]) -> Iterator[ListPage]:
    cases = ReceivedReferral.objects.on_contracts(contracts)
    known = cases.standing_at(BY_SLUG["completed"].stages).order_by("pk")[0]
    last = folded(known.person_last_name)
    for one in (BY_SLUG["open"], BY_SLUG["completed"]):
        for what, terms in (
            ("reference", known.reference),
            ("CRN", known.crn),
            ("a common last name", "smith"),
            ("a last name", last),
            ("first and last name", known.person_name),
            ("part of a name", "ar"),
            ("a name that nobody has", "quettlebaum"),
        ):
            found = chosen_cases(one.cases(user, contracts), Choice(terms=terms), today=timezone.localdate())
            name = f"{one.title}: search by {what} ({found.count():,} found)"
            yield ListPage(name, _address(one.slug, "search=1"), one.slug, terms)


def _of_a_case(user: User, contracts: list[Contract]) -> Iterator[ListPage]:
    for stage in (Stage.ASSIGN, Stage.HOLD_SESSION, Stage.COMPLETED):
        case = ReceivedReferral.objects.on_contracts(contracts).standing_at([stage]).order_by("pk").first()
        if case is not None:
            yield ListPage(f"Details, {stage.label}", reverse("monitoring:referral_details", args=[case.pk]))
            yield ListPage(f"Progress, {stage.label}", reverse("monitoring:progress", args=[case.pk]))


def _address(slug: str, asked: str) -> str:
    return f"{reverse('monitoring:case_list', args=[slug])}?{asked}"
