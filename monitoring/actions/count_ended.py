"""Counting the cases that ended, for the lists: every night, from the cases themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from monitoring.models import EndedCount, ReceivedReferral
from monitoring.rules.stages import ENDED

#: A request that concludes a case with its moment may still be under way when another reads the cases: what ended less
#: than a day ago is left to be counted when it is asked for.
A_DAY = timedelta(days=1)


def count_ended(*, now: datetime | None = None) -> None:
    """Count what had ended before yesterday began, in the UK. May run twice, also at once."""
    yesterday = timezone.localtime(now or timezone.now()) - A_DAY
    before = yesterday.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = [
        EndedCount(contract_id=contract, stage=stage, cases=cases, before=before)
        for (contract, stage), cases in _by_the_cases(before).items()
    ]
    kept, numbers = EndedCount.objects.unscoped(), ["cases", "before"]
    with transaction.atomic():
        kept.bulk_create(
            rows, update_conflicts=True, unique_fields=["contract", "stage"], update_fields=numbers
        )
        kept.exclude(before=before).delete()


def wrongly_counted() -> list[tuple[int, str, int, int]]:
    """Contract, stage, the number that is kept, and the number by the cases, where these differ."""
    kept = {(one.contract_id, one.stage): one for one in EndedCount.objects.unscoped()}
    found = {before: _by_the_cases(before) for before in {one.before for one in kept.values()}}
    counted = {key: count for counts in found.values() for key, count in counts.items()}
    numbers = {key: (kept[key].cases if key in kept else 0, counted.get(key, 0)) for key in kept | counted}
    return [(*key, stored, count) for key, (stored, count) in sorted(numbers.items()) if stored != count]


def _by_the_cases(before: datetime) -> dict[tuple[int, str], int]:
    """By contract and stage; none: no entry."""
    ended = ReceivedReferral.objects.unscoped().standing_at(ENDED).filter(concluded_at__lt=before)
    counts = ended.order_by().values_list("contract", "stage").annotate(count=Count("pk"))
    return {(contract, stage): count for contract, stage, count in counts}
