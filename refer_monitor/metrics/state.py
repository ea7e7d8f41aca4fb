"""Figures about the service as a whole, read when they are asked for: what waits, what was given up, what is late,
which systems are left alone, and what the database and the schedule say.

Any process may tell them, and all tell the same; the scheduler does. Labels are names that stand in this code, counts
are counts: nothing of any case. A part that cannot be read is left out, and says so itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import time

import structlog
from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from events.audit_months import partitions
from events.models import OutboxEntry
from events.outbox import HANDLERS
from integrations import health as _every_client  # noqa: F401 (so that every breaker is known)
from integrations.transport import breakers
from monitoring.models import ReceivedReferral
from monitoring.rules.stages import OPEN
from refer_monitor import health
from refer_monitor.metrics import background_work, queues, schedule

PATIENCE = "5s"  # of a statement on PostgreSQL
Figures = Iterable[tuple[tuple[str, ...], float]]
log = structlog.get_logger(__name__)


class WholeService:
    """Collects the figures of every part."""

    def collect(self) -> Iterator[Metric]:
        """Each part's, and whether it could be read."""
        was_read = GaugeMetricFamily(
            "refer_monitor_state_read", "Whether this part of the figures could be read.", labels=["part"]
        )
        for part, read in PARTS.items():
            families: list[Metric] = []
            try:
                families = list(read())
            except Exception as failure:  # whatever it was: the other parts are told
                log.error("state_not_read", part=part, failure=type(failure).__name__)
            was_read.add_metric([part], 1 if families else 0)
            yield from families
        yield was_read


def _family(name: str, says: str, labels: tuple[str, ...], figures: Figures) -> Metric:
    family = GaugeMetricFamily(f"refer_monitor_{name}", says, labels=labels)
    for values, figure in figures:
        family.add_metric(values, figure)
    return family


def _from_the_database(read: Callable[[], Iterable[Metric]]) -> Callable[[], Iterable[Metric]]:
    """Read at one moment, and not for long: nobody waits for figures."""

    def reading() -> Iterable[Metric]:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            return list(read())

    return reading


def _outbox() -> Iterator[Metric]:
    now = timezone.now()
    # By what it is, not by what it is not: the index then leaves out what was delivered in all the years.
    unsettled = OutboxEntry.objects.filter(state__in=(OutboxEntry.State.WAITING, OutboxEntry.State.GIVEN_UP))
    rows = list(
        unsettled.order_by()
        .values_list("kind", "state")
        .annotate(number=Count("*"), oldest=Min("created_at"))
    )
    kinds = sorted({*HANDLERS, *(kind for kind, *_ in rows)})
    numbers = {(kind, state): number for kind, state, number, _ in rows}
    ages = {(kind, state): (now - oldest).total_seconds() for kind, state, _, oldest in rows}
    for name, state, says in (
        ("waiting", OutboxEntry.State.WAITING, "Messages to other systems and people that wait."),
        ("given_up", OutboxEntry.State.GIVEN_UP, "Messages that an administrator must look at."),
    ):
        figures = [((kind,), numbers.get((kind, state), 0)) for kind in kinds]
        yield _family(f"outbox_{name}", says, ("kind",), figures)
    yield _family(
        "outbox_oldest_seconds",
        "How long the oldest one has waited.",
        ("kind",),
        [((kind,), ages.get((kind, OutboxEntry.State.WAITING), 0.0)) for kind in kinds],
    )


def _cases() -> Iterator[Metric]:
    is_late = Q(due_on__lt=timezone.localdate())
    rows = list(
        ReceivedReferral.objects.unscoped()
        .filter(stage__in=OPEN)
        .order_by()
        .values_list("stage")
        .annotate(number=Count("*"), late=Count("pk", filter=is_late))
    )
    found = {stage: (number, late) for stage, number, late in rows}
    for place, name, says in (
        (0, "cases_open", "Cases at each stage."),
        (1, "cases_overdue", "Cases at each stage whose due date has passed."),
    ):
        figures = [((str(stage),), found.get(stage, (0, 0))[place]) for stage in OPEN]
        yield _family(name, says, ("stage",), figures)


def _database() -> Iterator[Metric]:
    if connection.vendor != "postgresql":
        yield _family("database_connections", "Connections to the database.", ("state",), [])
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' GROUP BY 1"
        )
        by_state = cursor.fetchall()
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    figures = [((state,), number) for state, number in by_state]
    yield _family("database_connections", "Connections to the database server.", ("state",), figures)
    yield _family("database_connections_most", "How many the database server allows.", (), [((), most)])


def _audit_trail() -> Iterator[Metric]:
    ahead = [((), float(partitions.months_ahead()))]
    astray = [((), float(partitions.has_events_without_month()))]
    yield _family("audit_months_ahead", "For how many months after this one events have a table.", (), ahead)
    yield _family("audit_events_without_month", "Whether there are events that no month has.", (), astray)


def _queues() -> Iterator[Metric]:
    found = list(queues.waiting())
    lengths = [((queue.name,), queue.length) for queue in found]
    yield _family("queue_messages", "Messages in each queue of background work.", ("queue",), lengths)
    ages = [((queue.name,), queue.oldest) for queue in found]
    yield _family("queue_oldest_seconds", "How long the first one has waited.", ("queue",), ages)


def _breakers() -> Iterator[Metric]:
    states = {tuple(breaker.name.split(":")): float(breaker.is_open()) for breaker in breakers()}
    says = "Whether another system is left alone because it failed again and again."
    yield _family("breaker_open", says, ("system", "calls"), sorted(states.items()))


def _schedule() -> Iterator[Metric]:
    done, now = background_work.last_done(), time()
    late = [((task,), now - at) for task, at in sorted(done.items())]
    yield _family("scheduled_done_seconds", "Since each scheduled task last ended well.", ("task",), late)
    every = [((task,), seconds) for task, seconds in sorted(schedule.intervals().items())]
    yield _family("scheduled_every_seconds", "How often each has to run.", ("task",), every)


def _health() -> Iterator[Metric]:
    parts = [((part,), float(says != health.FAILED)) for part, says in health.parts().items()]
    yield _family("part_well", "Whether this part of the health page is well.", ("part",), parts)


PARTS: dict[str, Callable[[], Iterable[Metric]]] = {
    "health": _health,
    "outbox": _from_the_database(_outbox),
    "cases": _from_the_database(_cases),
    "database": _from_the_database(_database),
    "audit trail": _from_the_database(_audit_trail),
    "queues": _queues,
    "breakers": _breakers,
    "schedule": _schedule,
}
