"""A case as one line of a list: the columns that lists show, read as they are, without making a row of the model.

A page shows fifty, and a received referral has nearly a hundred columns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page
from django.db.models import F, FilteredRelation, OrderBy, Q, QuerySet

from monitoring.lists.leavers import is_at_work
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import DETAILS_DELETED, ReceivedReferralQuerySet


class ListedCase(NamedTuple):
    """Named as on the model; beside them the caseworker's name and account, and since when the case is paused."""

    pk: UUID
    key: UUID
    reference: str
    crn: str
    person_first_name: str
    person_last_name: str
    contract_id: int
    intervention_title: str
    location: str
    establishment: str
    release_date: datetime.date | None
    release_date_unknown_reason: str
    practitioner_office: str
    practitioner_pdu: str
    sent_at: datetime.datetime
    received_at: datetime.datetime
    stage: str
    due_on: datetime.date | None
    whose_turn: str
    booking_refused_on: datetime.date | None
    concluded_at: datetime.datetime | None
    caseworker_id: int | None
    caseworker_username: str | None
    caseworker_first_name: str | None
    caseworker_last_name: str | None
    has_open_account: bool | None
    is_caseworker_at_work: bool
    paused_since: datetime.date | None

    @property
    def person_name(self) -> str:
        """First and last name."""
        return f"{self.person_first_name} {self.person_last_name}".strip() or DETAILS_DELETED

    @property
    def caseworker_name(self) -> str:
        """The name to show: first and last name, else the user name; nothing when there is no caseworker."""
        name = f"{self.caseworker_first_name or ''} {self.caseworker_last_name or ''}".strip()
        return name or self.caseworker_username or ""


DEEP = 1_000  # cases


def in_order(keys: Sequence[UUID], lines: Iterable[tuple[Any, ...]]) -> list[ListedCase]:
    """What ``lines_of`` answered, in the order of these keys; without those that it did not find."""
    found = {case.pk: case for case in map(ListedCase._make, lines)}
    return [found[key] for key in keys if key in found]


class Window(NamedTuple):
    """Which cases of a list stand on a page: from the first number to before the second.

    Deep in a long list counted from the end, where that is nearer: the last page costs what the first does.
    """

    start: int
    stop: int
    is_from_the_end: bool

    @classmethod
    def of(cls, page: Page) -> Window:
        """``page``: of a paginator that knows how many there are."""
        size, count = page.paginator.per_page, page.paginator.count
        start = (page.number - 1) * size
        stop = start + size
        if start < DEEP or start < count - stop:
            return cls(start, stop, False)
        return cls(max(0, count - stop), count - start, True)


_COLUMNS = {
    "caseworker_username": "caseworker__username",
    "caseworker_first_name": "caseworker__first_name",
    "caseworker_last_name": "caseworker__last_name",
    "has_open_account": "caseworker__is_active",
}


def page_of(
    cases: ReceivedReferralQuerySet,
    within: ReceivedReferralQuerySet,
    order: Sequence[OrderBy],
    window: Window,
    *,
    now: datetime.datetime,
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """What ``ListedCase`` is made of: of ``cases`` in this order, those in the window.

    Which cases these are is found in an index; then only their rows are read, of those ``within`` which the reader may
    see any. ``now``: as for their lines.
    """
    in_order = cases.order_by(*order)
    sliced = (in_order.reverse() if window.is_from_the_end else in_order)[window.start : window.stop]
    return lines_of(within.filter(pk__in=sliced.values("pk")), now=now).order_by(*order)


def lines_of(
    cases: ReceivedReferralQuerySet, *, now: datetime.datetime
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """What ``ListedCase`` is made of. ``now``: when it is asked whether a caseworker can open the case."""
    # At most one pause is open, so a case stays one row.
    open_pause = FilteredRelation("pauses", condition=Q(pauses__ends_on__isnull=True))
    known = cases.annotate(open_pause=open_pause, is_caseworker_at_work=is_at_work(now=now))
    known = known.annotate(paused_since=F("open_pause__starts_on"))
    return known.values_list(*(_COLUMNS.get(name, name) for name in ListedCase._fields))
