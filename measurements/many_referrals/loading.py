"""Filling a database with as many invented cases as a service has after years, to measure it.

Only in demo mode, and only once a database: it is meant to be thrown away. The same seed and day make the same rows.
Not made: the practitioner's side of the cases, audit events, and what waits for other systems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.core.management.base import CommandError
from django.db import connection, transaction

from demo import seeding as demo
from interventions.models import Contract
from measurements.many_referrals import catalogue
from measurements.many_referrals.cases import OLDEST, ORDER, Cases
from measurements.many_referrals.writing import write
from monitoring.access.row_security import not_forced
from monitoring.models import Appointment, ReceivedReferral, ServiceLevel

A_BATCH = 2_000  # cases of one transaction: a load that is interrupted leaves whole cases
SESSIONS_HELD = 0.68  # of those planned, over all cases, about: many end before their plan, or have none yet
SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Size:
    """How much to load. ``appointments`` is met to within a hundredth; at least two a case.

    ``of_the_first``: so many contracts are the first provider's, at least; one of 200 has about 1,000 of 200,000 cases.
    """

    referrals: int
    appointments: int
    contracts: int = 200
    providers: int = 50
    of_the_first: int = 1


def load(
    size: Size, *, today: date, seed: int = SEED, said: Callable[[str], object] = lambda words: None
) -> Counter[str]:
    """Load reference data, demo people, contracts and cases; answers how many rows were made of what.

    Raises CommandError outside demo mode, and for a database that has been filled before.
    """
    demo.load_people_and_catalogue()  # raises CommandError outside demo mode
    if Contract.objects.filter(reference=catalogue.FIRST_REFERENCE).exists():
        raise CommandError("This database has been filled before. Take an empty one.")
    if not 0 < size.providers <= size.contracts or size.referrals < 1:
        raise CommandError("There must be a referral, and no more providers than contracts.")
    if not 0 < size.of_the_first <= size.contracts - size.providers + 1:
        raise CommandError("Each of the other providers needs a contract, too.")
    rng = Random(seed)  # noqa: S311 (invented cases, the same every time)
    with transaction.atomic():
        offers, practitioners = catalogue.make(
            contracts=size.contracts,
            providers=size.providers,
            of_the_first=size.of_the_first,
            rng=rng,
            opens_on=today - timedelta(days=2 * OLDEST),
        )
    cases = Cases(offers, practitioners, rng=rng, today=today, levels=ServiceLevel.objects.holding_on)
    made: Counter[str] = Counter()
    with not_forced():
        for first in range(0, size.referrals, A_BATCH):
            _tell(cases, first, min(size.referrals, first + A_BATCH), size, made)
            with transaction.atomic():
                for model in ORDER:
                    write(model, cases.rows[model])
            for model in ORDER:
                made[model.__name__] += len(cases.rows[model])
                cases.rows[model].clear()
            said(
                f"{made[ReceivedReferral.__name__]:,} referrals, {made[Appointment.__name__]:,} appointments"
            )
    _tidy_up()
    return made


def _tell(cases: Cases, first: int, end: int, size: Size, made: Counter[str]) -> None:
    """Cases ``first`` to ``end``, each with as many sessions as bring the appointments to what was asked for."""
    appointments = made[Appointment.__name__]
    for number in range(first, end):
        left = (size.appointments - appointments) / (size.referrals - number)
        appointments += cases.tell(number, sessions=max(2.0, min(25.0, (left - 0.9) / SESSIONS_HELD)))


def _tidy_up() -> None:
    """What autovacuum does within minutes: statistics, and the map that lets an index answer alone."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
