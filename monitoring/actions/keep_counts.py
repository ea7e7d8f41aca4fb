"""Counting the cases that were received and those that ended, for the lists: every night, from the cases themselves."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from monitoring.models import EndedCount, ReceivedCount, ReceivedReferral
from monitoring.models.kept_counts import EARLIER
from monitoring.models.received_referral import in_month
from monitoring.rules.months import last_months, starts_of
from monitoring.rules.stages import ENDED

#: A request that receives or concludes a case with its moment may still be under way when another reads the cases: what
#: is less than a day old is left to be counted when it is asked for.
A_DAY = datetime.timedelta(days=1)


def keep_counts(*, now: datetime.datetime | None = None) -> None:
    """Count what was received and had ended before yesterday began, in the UK. May run twice, also at once."""
    yesterday = timezone.localtime(now or timezone.now()) - A_DAY
    before = yesterday.replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        for model, by in ((EndedCount, "stage"), (ReceivedCount, "month")):
            rows = [
                model(contract_id=contract, cases=cases, before=before, **{by: value})
                # Two runs at once take the rows in one order, so that neither waits for the other for ever.
                for (contract, value), cases in sorted(_COUNTING[model](before).items())
            ]
            kept: Any = model._default_manager.unscoped()
            kept.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["contract", by],
                update_fields=["cases", "before"],
            )
            kept.exclude(before=before).delete()


def wrongly_counted() -> list[tuple[int, str, int, int]]:
    """Contract, stage or month, the number that is kept, and the number by the cases, where these differ."""
    return [*_wrong(EndedCount, "stage"), *_wrong(ReceivedCount, "month")]


def _wrong(model: Any, by: str) -> list[tuple[int, str, int, int]]:
    kept = {(one.contract_id, getattr(one, by)): one for one in model.objects.unscoped()}
    found = {before: _COUNTING[model](before) for before in {one.before for one in kept.values()}}
    counted = {key: count for counts in found.values() for key, count in counts.items()}
    numbers = {key: (kept[key].cases if key in kept else 0, counted.get(key, 0)) for key in kept | counted}
    return [
        (contract, str(value), stored, count)
        for (contract, value), (stored, count) in sorted(numbers.items())
        if stored != count
    ]


def _ended(before: datetime.datetime) -> Mapping[tuple[int, Any], int]:
    """By contract and stage; none: no entry."""
    ended = ReceivedReferral.objects.unscoped().standing_at(ENDED).filter(concluded_at__lt=before)
    counts = ended.order_by().values_list("contract", "stage").annotate(count=Count("pk"))
    return {(contract, stage): count for contract, stage, count in counts}


def _received(before: datetime.datetime) -> Mapping[tuple[int, Any], int]:
    """By contract and month; none: no entry."""
    months = last_months(timezone.localdate(before))
    received = ReceivedReferral.objects.unscoped().filter(received_at__lt=before).order_by()
    counts = (
        received.annotate(place=in_month(starts_of(months)))
        .values_list("contract", "place")
        .annotate(count=Count("pk"))
    )
    return {
        (contract, EARLIER if place is None else months[place]): count for contract, place, count in counts
    }


_COUNTING = {EndedCount: _ended, ReceivedCount: _received}
