"""The practitioner's side of cases that ``load_data`` has made: who sent them, and nothing else of what they hold.

Enough for a practitioner's desk and lists, which read the supplier's rows through the referrals that were sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from math import ceil
from typing import cast
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Audience, User
from measurements.many_referrals.pages import ListPage
from measurements.many_referrals.writing import write
from monitoring.lists.case_lists import SORTS
from monitoring.models import ReceivedReferral
from referrals.desk.lists import LISTS
from referrals.desk.needs import NEEDS
from referrals.models import Referral
from risk.models import RiskInformation

A_BATCH = 2_000
NAME = "load.practitioner"


def send_from(*, each: int, said: Callable[[str], object] = lambda words: None) -> User:
    """Have every received referral sent by a practitioner who sent ``each`` of them; answers the first one."""
    cases = ReceivedReferral.objects.unscoped().filter(reference__gt="").order_by("reference")
    count = cases.count()
    authors = [
        User.objects.get_or_create(
            username=f"{NAME}.{number}",
            defaults={
                "audience": Audience.PRACTITIONER,
                "ndelius_username": f"LOAD{number}",
                "last_name": f"Load {number}",
            },
        )[0]
        for number in range(max(1, ceil(count / each)))
    ]
    if Referral.objects.sent().filter(created_by=authors[0]).exists():
        return authors[0]
    columns = ("pk", "key", "reference", "crn", "contract_id", "sent_at", "person_date_of_birth")
    done = 0
    for batch in _batches(cases.values(*columns).iterator(A_BATCH)):
        rows = [(row, authors[(done + place) % len(authors)]) for place, row in enumerate(batch)]
        done += len(rows)
        with transaction.atomic():
            RiskInformation.objects.bulk_create(
                RiskInformation(pk=cast(UUID, row["key"]), crn=cast(str, row["crn"]), owner=author)
                for row, author in rows
            )
            write(Referral, [_referral(row, author) for row, author in rows])
        said(f"{done:,} of {count:,} referrals")
    return authors[0]


def _batches(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _referral(row: dict[str, object], author: User) -> dict[str, object]:
    now = timezone.now() - timedelta(minutes=1)
    return {
        "id": row["key"],
        "risk_id": row["key"],
        "received_id": row["pk"],
        "form_key": uuid4(),
        "created_by_id": author.pk,
        "created_at": now,
        "changed_at": now,
        "person_pulled_at": now,
        "crn": row["crn"],
        "contract_id": row["contract_id"],
        "first_name": "Somebody",
        "last_name": "Invented",
        "date_of_birth": row["person_date_of_birth"],
        "sent_at": row["sent_at"],
        "reference": row["reference"],
    }


def pages() -> list[ListPage]:
    """Everything that is measured: the desk, each list in each order, each kind of need, filters and searches."""
    shown = [ListPage("Practitioner’s home", reverse("referrals:home"))]
    for one in LISTS:
        sorts = ["", *(sign + key for key in one.columns if key in SORTS for sign in ("", "-"))]
        shown += [
            ListPage(f"{one.title}: by {sort or 'own order'}", _address(one.slug, f"sort={sort}"))
            for sort in sorts
        ]
    shown += [ListPage(f"Today: {need.title}", _address("today", f"need={need.slug}")) for need in NEEDS]
    shown.append(ListPage("Open cases: overdue", _address("open", "sort=&overdue=YES")))
    shown += [
        ListPage(f"Open cases: search by {what}", _address("open", "search=1"), "open", terms)
        for what, terms in (
            ("name", "smith"),
            ("part of a name", "ar"),
            ("a name that nobody has", "quettlebaum"),
        )
    ]
    return [*shown, ListPage("Draft referrals", reverse("referrals:drafts"))]


def _address(slug: str, query: str) -> str:
    return f"{reverse('referrals:case_list', args=[slug])}?{query}"
