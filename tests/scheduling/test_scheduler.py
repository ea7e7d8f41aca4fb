"""Any number of schedulers, one schedule: who sends, who takes over, and what happens to what was due meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from celery import Celery
from celery.beat import SchedulingError
from celery.schedules import crontab, schedule
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F

from scheduling import lease
from scheduling.models import LastRun, Lease
from scheduling.scheduler import LOOK_EVERY, LeasedScheduler
from tests.concurrency.conftest import AtOnce

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 1, 11, 0, tzinfo=UTC)  # 12 in the UK
EVERY_30 = {"sweep": {"task": "sweep", "schedule": schedule(30)}}
AT_FOUR = {"nightly": {"task": "nightly", "schedule": crontab(hour="4", minute="0")}}
TAKE_OVER = 30  # seconds, at most


class AScheduler(LeasedScheduler):
    """Keeps what it would send, and when."""

    def __init__(self, entries: dict[str, Any], sent: list[tuple[str, datetime]]) -> None:
        app = Celery("test", set_as_current=False)
        app.conf.update(beat_schedule=entries, timezone="Europe/London")
        self.sent = sent
        self.is_cut_off = False
        super().__init__(app)
        self.producer = None

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **_: Any) -> None:
        """Remember it, or fail as without a broker."""
        if self.is_cut_off:
            raise SchedulingError("no broker")
        self.sent.append((entry.name, datetime.now(UTC)))


class Clock:
    """Everybody's clock, the database's too."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    def passes(self, seconds: float) -> None:
        """Time goes on: for the database, the lease is that much older."""
        self._traveller.shift(timedelta(seconds=seconds))
        Lease.objects.update(held_until=F("held_until") - timedelta(seconds=seconds))

    def runs(self, seconds: float, *schedulers: LeasedScheduler) -> None:
        """Time goes on while these schedulers look, each time as soon as the first of them wants to."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        while datetime.now(UTC) < until:
            waits = [scheduler.tick() for scheduler in schedulers]
            self.passes(max(min(waits), 0.01))


@pytest.fixture(autouse=True)
def _stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection holds the test's transaction."""
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture
def clock() -> Iterator[Callable[..., Clock]]:
    """A function that sets the clock to a moment and lets it stand still there."""
    travels = []

    def at(moment: datetime = NOON) -> Clock:
        travel = time_machine.travel(moment, tick=False)
        travels.append(travel)
        return Clock(travel.start())

    yield at
    for travel in travels:
        travel.stop()


Sent = list[tuple[str, datetime]]


@pytest.fixture
def sent() -> Sent:
    """What any scheduler sent, in order."""
    return []


def names(sent: Sent) -> list[str]:
    return [name for name, _ in sent]


# --- Who sends


def test_two_schedulers_send_what_one_would(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)

    time.runs(301, first, second)

    assert names(sent) == ["sweep"] * 10
    gaps = {
        round((later - before).total_seconds())
        for (_, before), (_, later) in zip(sent, sent[1:], strict=False)
    }
    assert gaps == {30}
    assert Lease.objects.get().holder == first.holder


def test_a_killed_holder_is_followed_within_half_a_minute(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)
    time.runs(31, first, second)
    assert names(sent) == ["sweep"]

    # The first one looks no more.
    time.runs(TAKE_OVER, second)

    assert Lease.objects.get().holder == second.holder
    time.runs(31, second)
    assert names(sent) == ["sweep"] * 3, "and nothing that was due was left out, nor sent twice"


def test_a_stopped_holder_is_followed_at_the_next_look(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)
    time.runs(5, first, second)

    first.close()
    time.runs(LOOK_EVERY, second)

    assert Lease.objects.get().holder == second.holder


def test_one_that_waits_stops_without_taking_the_lease_from_the_other(
    clock: Callable[..., Clock], sent: Sent
) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)
    time.runs(5, first, second)

    second.close()

    assert Lease.objects.get().holder == first.holder


@pytest.mark.parametrize("hours", [-24, -1, 1, 24], ids=lambda hours: f"{hours:+} hours")
def test_a_machine_with_a_wrong_clock_takes_nothing(
    clock: Callable[..., Clock], sent: Sent, hours: int
) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)
    time.runs(5, first)

    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        assert second.tick() == LOOK_EVERY

    assert Lease.objects.get().holder == first.holder
    assert sent == []


def test_one_that_was_held_up_between_looking_and_sending_sends_nothing(
    clock: Callable[..., Clock], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = clock()
    first, second = AScheduler(EVERY_30, sent), AScheduler(EVERY_30, sent)
    time.runs(20, first)
    time.passes(11)
    is_due = first.is_due

    def is_held_up(entry: Any) -> Any:
        """Its machine is stopped for two minutes, and the other goes on."""
        due = is_due(entry)
        time.passes(LOOK_EVERY + lease.HELD_FOR.total_seconds())
        second.tick(), second.tick()
        return due

    monkeypatch.setattr(first, "is_due", is_held_up)
    first.tick()

    assert names(sent) == ["sweep"], "of the second only"
    assert Lease.objects.get().holder == second.holder
    monkeypatch.undo()
    time.runs(29, first, second)
    assert names(sent) == ["sweep"]


# --- What was sent before


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(datetime(2026, 6, 1, 3, 0, tzinfo=UTC), id="in summer"),
        pytest.param(datetime(2026, 12, 1, 4, 0, tzinfo=UTC), id="in winter"),
        pytest.param(datetime(2026, 10, 25, 4, 0, tzinfo=UTC), id="the night the clocks go back"),
        pytest.param(datetime(2027, 3, 28, 3, 0, tzinfo=UTC), id="the night the clocks go forward"),
    ],
)
@pytest.mark.slow
def test_nightly_work_due_while_nobody_held_the_lease_is_done_once(
    clock: Callable[..., Clock], sent: Sent, day: datetime
) -> None:
    time = clock(day - timedelta(seconds=10))
    first, second = AScheduler(AT_FOUR, sent), AScheduler(AT_FOUR, sent)
    time.runs(5, first, second)

    time.runs(60, second)
    assert names(sent) == ["nightly"]
    assert sent[0][1] - day <= timedelta(seconds=TAKE_OVER)

    third = AScheduler(AT_FOUR, sent)
    second.close()
    time.runs(3600, third)
    assert names(sent) == ["nightly"], "a new scheduler knows that it was done"


def test_a_schedule_that_nobody_has_seen_counts_from_now(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    time.runs(29, AScheduler(EVERY_30, sent))

    assert sent == []
    assert LastRun.objects.get().at == NOON


def test_a_run_noted_in_the_future_holds_nothing_up(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    LastRun.objects.create(name="sweep", at=NOON + timedelta(days=1))

    time.runs(31, AScheduler(EVERY_30, sent))

    assert names(sent) == ["sweep"]


def test_an_entry_of_an_older_release_is_left_alone(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    LastRun.objects.create(name="from before", at=NOON)

    time.runs(31, AScheduler(EVERY_30, sent))

    assert names(sent) == ["sweep"]
    assert LastRun.objects.count() == 2


def test_killed_after_sending_and_before_noting_it_is_sent_again(
    clock: Callable[..., Clock], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: a job that runs twice does nothing the second time; one that was left out would be missed."""
    time = clock()
    first = AScheduler(EVERY_30, sent)
    time.runs(20, first)
    time.passes(11)

    def is_killed(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduling.scheduler._note", is_killed)
    with pytest.raises(KeyboardInterrupt):
        first.tick()
    monkeypatch.undo()
    time.runs(TAKE_OVER, AScheduler(EVERY_30, sent))

    assert names(sent) == ["sweep", "sweep"]


# --- What fails


def test_what_cannot_be_sent_is_sent_when_it_can(clock: Callable[..., Clock], sent: Sent) -> None:
    time = clock()
    scheduler = AScheduler(EVERY_30 | AT_FOUR, sent)
    time.runs(20, scheduler)

    scheduler.is_cut_off = True
    time.runs(300, scheduler)
    assert sent == []
    scheduler.is_cut_off = False
    time.runs(6, scheduler)

    assert names(sent) == ["sweep"], "once, however often it was due"


def test_without_the_database_it_waits(
    clock: Callable[..., Clock], sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = clock()
    scheduler = AScheduler(EVERY_30, sent)

    def is_away(_: Any) -> bool:
        raise OperationalError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(lease, "take", is_away)
        assert scheduler.tick() == LOOK_EVERY
    time.runs(31, scheduler)

    assert names(sent) == ["sweep"]


def test_a_signal_in_the_middle_of_a_question_to_the_database_asks_nothing_more(
    clock: Callable[..., Clock], sent: Sent, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Else the process would wait for itself. The lease is given back when the question has ended."""
    clock()
    scheduler = AScheduler(EVERY_30, sent)
    scheduler.tick()
    take = lease.take

    def is_signalled(holder: Any) -> bool:
        with django_assert_num_queries(0):
            scheduler.close()
        return take(holder)

    monkeypatch.setattr(lease, "take", is_signalled)
    scheduler.tick()
    assert Lease.objects.get().holder == scheduler.holder
    scheduler.close()
    assert Lease.objects.get().holder is None


# --- At once


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
@pytest.mark.parametrize("is_there", [False, True], ids=["the first of all", "after one that died"])
def test_of_many_that_try_at_the_same_moment_one_takes_it(at_once: AtOnce, is_there: bool) -> None:
    if is_there:
        Lease.objects.create(name=lease.SCHEDULE, held_until=NOON, holder=None)
    schedulers = [AScheduler(EVERY_30, []) for _ in range(10)]

    taken = at_once([partial(lease.take, scheduler.holder) for scheduler in schedulers])

    assert sorted(taken) == [False] * 9 + [True]


# --- The service's own schedule


def test_it_is_the_service_s_scheduler_and_each_job_is_a_task() -> None:
    from refer_monitor.celery import app

    assert settings.CELERY_BEAT_SCHEDULER == "scheduling.scheduler:LeasedScheduler"
    app.loader.import_default_modules()
    missing = [
        name for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if entry["task"] not in app.tasks
    ]
    assert missing == []
