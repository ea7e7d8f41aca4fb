"""The supplier's lists at full size: every list, sort, filter, search and page that is measured, for one manager.

Knows addresses and what is looked for there; what a page costs is found out by ``measurements.page_cost``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from govuk.text import folded
from interventions.models import Contract
from measurements.page_cost import Cost, cost_of
from monitoring.lists.case_lists import BY_SLUG, LISTS, SORTS, CaseList, Choice, chosen_cases
from monitoring.models import ReceivedReferral, Stage
from monitoring.views.lists import CASES_A_PAGE

MOST_STATEMENTS = 12
MOST_MS = 30.0  # in the database
MOST_MS_BY_NAME = 60.0


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page to measure: ``terms`` are searched for in ``slug`` before; ``most_ms`` is what it may cost."""

    name: str
    address: str
    slug: str = ""
    terms: str = ""
    most_ms: float = MOST_MS


@dataclass(frozen=True, slots=True)
class Measured:
    """A page and what it cost."""

    page: ListPage
    cost: Cost

    @property
    def is_within(self) -> bool:
        """Whether it kept to what it may cost."""
        return self.cost.statements <= MOST_STATEMENTS and self.cost.database_ms <= self.page.most_ms


def measure(
    client: Client, pages: list[ListPage], *, times: int, lists: str = "monitoring:case_list"
) -> Iterator[Measured]:
    """What each page costs: the medians of ``times`` requests after one that fills caches.

    ``lists`` is the name of the address of a list, which searches are posted to.
    """
    for page in pages:
        if page.terms:
            client.post(reverse(lists, args=[page.slug]), {"terms": page.terms})
        yield Measured(page, cost_of(client, page.address, times=times))


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
    places = {"first": 1, "middle": max(1, pages // 2), "last": max(1, pages)}
    sorts = ["", *(sign + column for column in one.columns if column in SORTS for sign in ("", "-"))]
    for sort, (place, page) in product(sorts, places.items()):
        order = (
            f"by {sort.removeprefix('-')}{' down' if sort.startswith('-') else ''}" if sort else "own order"
        )
        # A sort that is none takes the list back to its own order, which the one before may have changed.
        yield ListPage(
            f"{one.title} ({size:,}): {order}, {place} page",
            _address(one.slug, f"sort={sort}&page={page}"),
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
        for what, terms, most in (
            ("reference", known.reference, MOST_MS),
            ("CRN", known.crn, MOST_MS),
            ("a common last name", "smith", MOST_MS_BY_NAME),
            ("a last name", last, MOST_MS_BY_NAME),
            ("first and last name", known.person_name, MOST_MS_BY_NAME),
            ("part of a name", "ar", MOST_MS_BY_NAME),
            ("a name that nobody has", "quettlebaum", MOST_MS_BY_NAME),
        ):
            found = chosen_cases(one.cases(user, contracts), Choice(terms=terms), today=timezone.localdate())
            name = f"{one.title}: search by {what} ({found.count():,} found)"
            yield ListPage(name, _address(one.slug, "search=1"), one.slug, terms, most)


def _of_a_case(user: User, contracts: list[Contract]) -> Iterator[ListPage]:
    for stage in (Stage.ASSIGN, Stage.HOLD_SESSION, Stage.COMPLETED):
        case = ReceivedReferral.objects.on_contracts(contracts).standing_at([stage]).order_by("pk").first()
        if case is not None:
            yield ListPage(f"Details, {stage.label}", reverse("monitoring:referral_details", args=[case.pk]))
            yield ListPage(f"Progress, {stage.label}", reverse("monitoring:progress", args=[case.pk]))


def _address(slug: str, asked: str) -> str:
    return f"{reverse('monitoring:case_list', args=[slug])}?{asked}"
