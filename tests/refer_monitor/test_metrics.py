"""Figures for Prometheus: what is counted, under which labels, and on which port."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic, time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from wsgiref.util import setup_testing_defaults

import pytest
from celery import signals
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from prometheus_client import CollectorRegistry
from pytest_django.fixtures import Settings

from events import outbox
from events.models import OutboxEntry
from events.tasks import sweep
from integrations.breaker import Permit
from integrations.transport import breakers
from monitoring.models import ReceivedReferral, Stage
from refer_monitor.celery import app as celery
from refer_monitor.metrics import background_work, database_pool, queues, schedule, state, worker_port
from refer_monitor.metrics.serving import internal_pages, serve
from tests.factories.monitoring import received
from tests.metrics import counting, told_by

ROOT = Path(__file__).resolve().parent.parent.parent
REQUESTS = "refer_monitor_requests_total"


# --- Pages -----------------------------------------------------------------------------------------

PAGES = [
    pytest.param("/ping", "ping", "2xx", id="a page"),
    pytest.param("/probation-practitioner/", "referrals:home", "3xx", id="a page for somebody who signed in"),
    pytest.param("/nothing/X980010", "none", "4xx", id="an address that does not exist"),
    pytest.param("/fails/denied", "fails", "4xx", id="a refusal"),
    pytest.param("/fails/broken", "fails", "5xx", id="a defect"),
    pytest.param("/metrics", "none", "4xx", id="the figures are not among the pages"),
]


@pytest.mark.urls("tests.refer_monitor.addresses")
@pytest.mark.parametrize(("url", "view", "status"), PAGES)
def test_a_request_is_counted_by_view_and_class(url: str, view: str, status: str, db: None) -> None:
    with (
        counting(REQUESTS, view=view, status=status) as requests,
        counting("refer_monitor_request_seconds_count", view=view) as timed,
    ):
        Client(raise_request_exception=False).get(url)
    assert (requests(), timed()) == (1, 1)


# --- The pool of database connections ----------------------------------------------------------------


def test_a_request_notes_what_the_pool_says(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    said = {
        "pool_size": 5,
        "pool_available": 2,
        "requests_waiting": 1,
        "requests_wait_ms": 1500,
        "requests_errors": 2,
    }
    pool = SimpleNamespace(pop_stats=lambda: said)
    monkeypatch.setattr(type(connections["default"]), "pool", pool, raising=False)
    waited, timeouts = (
        f"refer_monitor_database_pool_{name}_total" for name in ("waited_seconds", "timeouts")
    )
    with counting(waited, database="default") as seconds, counting(timeouts, database="default") as refused:
        client.get("/ping")
    assert (seconds(), refused()) == (1.5, 2)
    gauges = {
        (name, labels.get("state")): value
        for name, labels, value in told_by(database_pool.CONNECTIONS, database_pool.WAITING)
    }
    assert gauges[("refer_monitor_database_pool_connections", "in use")] == 3
    assert gauges[("refer_monitor_database_pool_connections", "free")] == 2
    assert gauges[("refer_monitor_database_pool_waiting", None)] == 1


@pytest.mark.skipif(
    "'postgres' not in __import__('os').environ.get('DATABASE_URL', '')", reason="has no pool"
)
def test_postgresqls_own_pool_is_understood(client: Client, db: None) -> None:
    client.get("/health/ready")
    figures = {
        labels["state"]: value for _, labels, value in told_by(database_pool.CONNECTIONS) if "state" in labels
    }
    assert figures["in use"] + figures["free"] >= 1


# --- Background work ---------------------------------------------------------------------------------


def test_a_task_is_counted_by_how_it_ends(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    labels = {"task": "events.tasks.sweep"}
    count = "refer_monitor_task_seconds_count"
    with (
        counting(count, **labels, outcome="done") as done,
        counting(count, **labels, outcome="failed") as failed,
    ):
        sweep.delay()
        monkeypatch.setattr(outbox, "due", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sweep.delay()
    assert (done(), failed()) == (1, 1)


def test_the_first_failure_of_a_task_is_an_increase() -> None:
    background_work.begin_at_nothing(["celery.chord", "a.task.that.never.ran"])
    told = {labels["task"] for _, labels, _ in told_by(background_work.SECONDS) if labels.get("outcome") == "failed"}
    assert "a.task.that.never.ran" in told
    assert "celery.chord" not in told
    background_work.SECONDS.clear()


def test_how_long_a_task_waited_is_told_by_a_header_that_every_message_has() -> None:
    headers: dict[str, Any] = {}
    signals.before_task_publish.send(sender="events.tasks.sweep", headers=headers, body=())
    assert time() - headers[background_work.QUEUED_AT] < 5
    task = SimpleNamespace(name="events.tasks.sweep", request={background_work.QUEUED_AT: time() - 60})
    with counting("refer_monitor_task_waited_seconds_sum", task="events.tasks.sweep") as waited:
        background_work._begin(task)
    assert waited() == pytest.approx(60, abs=5)


def test_when_a_scheduled_task_was_last_done_is_kept(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    assert background_work.last_done() == {}
    sweep.delay()
    assert background_work.last_done() == {"events.tasks.sweep": pytest.approx(time(), abs=5)}
    monkeypatch.setattr(background_work, "time", lambda: 0)
    monkeypatch.setattr(outbox, "due", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sweep.delay()
    assert background_work.last_done()["events.tasks.sweep"] > 0, "a run that failed is none"


@pytest.mark.usefixtures("redis_is_away")
def test_a_task_is_done_also_when_that_cannot_be_kept(db: None) -> None:
    # Not get(): after eager tasks in two threads at once, Celery can refuse it in this process (findings/).
    assert sweep.delay().result == 0
    assert background_work.last_done() == {}


def test_every_scheduled_task_has_to_run_every_so_often() -> None:
    every = schedule.intervals()
    assert every.keys() == background_work.scheduled()
    assert every["events.tasks.sweep"] == 30
    assert every["monitoring.tasks.carry_out_provider_changes"] == 60, "a crontab for each minute"
    assert every["referrals.tasks.expire_drafts"] == 24 * 60 * 60, "a crontab for one time of the day"


# --- The service as a whole --------------------------------------------------------------------------


def _told(name: str) -> dict[tuple[str, ...], float]:
    """The figures of one name, by their labels."""
    return {
        tuple(labels.values()): value
        for found, labels, value in told_by(state.WholeService())
        if found == f"refer_monitor_{name}"
    }


def _an_entry(kind: str, state: OutboxEntry.State, minutes: int = 0) -> None:
    OutboxEntry.objects.create(
        kind=kind, key=str(uuid4()), referral=uuid4(), state=state,
        created_at=timezone.now() - timedelta(minutes=minutes),
    )  # fmt: skip


def test_what_waits_and_what_was_given_up_is_told_by_kind(empty_tables: None) -> None:
    _an_entry("ndelius.referral", OutboxEntry.State.WAITING, minutes=90)
    _an_entry("ndelius.referral", OutboxEntry.State.WAITING)
    _an_entry("email.digest", OutboxEntry.State.GIVEN_UP, minutes=5000)
    for settled in OutboxEntry.SETTLED:
        _an_entry("ndelius.appointment", settled, minutes=9000)
    waiting, given_up, oldest = map(_told, ("outbox_waiting", "outbox_given_up", "outbox_oldest_seconds"))
    assert {kind: number for (kind,), number in waiting.items() if number} == {"ndelius.referral": 2}
    assert {kind: number for (kind,), number in given_up.items() if number} == {"email.digest": 1}
    assert {kind: age for (kind,), age in oldest.items() if age} == {
        "ndelius.referral": pytest.approx(90 * 60, abs=60)
    }
    assert {kind for (kind,) in waiting} == outbox.HANDLERS.keys(), "nothing is told as 0, not left out"


def test_late_cases_are_told_by_stage(db: None) -> None:
    today = timezone.localdate()
    for stage, days in ((Stage.PLAN, -1), (Stage.PLAN, 0), (Stage.REPORT, -9), (Stage.COMPLETED, -9)):
        case = received()
        ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(
            stage=stage, due_on=today + timedelta(days=days)
        )
    late, cases = _told("cases_overdue"), _told("cases_open")
    assert {stage: number for (stage,), number in late.items() if number} == {"PLAN": 1, "REPORT": 1}
    assert (cases[("PLAN",)], cases[("REPORT",)]) == (2, 1)
    assert ("COMPLETED",) not in cases


def test_a_system_that_is_left_alone_is_told(db: None) -> None:
    assert set(_told("breaker_open").values()) == {0}
    ndelius = next(breaker for breaker in breakers() if breaker.name == "ndelius:reads")
    for _ in range(5):
        ndelius.record_failure(Permit.ALLOWED)
    assert [labels for labels, is_open in _told("breaker_open").items() if is_open] == [("reads", "ndelius")]
    ndelius.record_success()
    assert set(_told("breaker_open").values()) == {0}


def test_when_scheduled_tasks_were_done_is_told(db: None) -> None:
    cache.set("scheduled-task-done:events.tasks.sweep", time() - 600, timeout=None)
    assert _told("scheduled_done_seconds") == {("events.tasks.sweep",): pytest.approx(600, abs=30)}
    assert _told("scheduled_every_seconds")[("events.tasks.sweep",)] == 30


def test_connections_are_told_where_there_are_some(db: None) -> None:
    told = _told("database_connections")
    if connection.vendor == "postgresql":
        assert 1 <= sum(told.values()) <= _told("database_connections_most")[()]
    else:
        assert told == {}


def test_each_part_of_the_health_page_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(state.health.CHECKS, "queue", lambda: False)
    monkeypatch.setitem(state.health.CHECKS, "background work", lambda: None)
    assert _told("part_well") == {
        ("database",): 1, ("cache",): 1, ("queue",): 0, ("background work",): 1,
    }  # fmt: skip


def test_a_part_that_cannot_be_read_leaves_the_others(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Iterator[Any]:
        raise OSError("10.0.0.7 refused X980010")

    monkeypatch.setitem(state.PARTS, "queues", fails)
    was_read = _told("state_read")
    assert {part for (part,), value in was_read.items() if not value} == {"queues"}
    assert len(_told("outbox_waiting")) > 10


# --- Queues ------------------------------------------------------------------------------------------


def test_a_queue_tells_its_length_and_with_redis_its_age(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"metrics-{uuid4()}"
    monkeypatch.setattr(queues, "queue_names", lambda: {name})
    assert list(queues.waiting()) == [queues.Queue(name, 0, 0.0)]
    with celery.connection_for_write() as sends:
        for seconds in (120, 5):
            headers = {background_work.QUEUED_AT: time() - seconds, "task": "events.tasks.sweep"}
            sends.SimpleQueue(name).put({}, headers=headers)
        (queue,) = queues.waiting()
        sends.SimpleQueue(name).clear()
    assert (queue.name, queue.length) == (name, 2)
    assert queue.oldest == pytest.approx(120 if settings.REDIS_URL else 0, abs=10)


def test_a_message_that_is_gone_or_has_no_time_has_waited_for_nothing() -> None:
    assert queues._age_of(None) == 0
    assert queues._age_of(b'{"headers": {}}') == 0


# --- The port ----------------------------------------------------------------------------------------


def _get(pages: Callable[..., Any], path: str) -> tuple[str, str]:
    environ: dict[str, Any] = {"PATH_INFO": path}
    setup_testing_defaults(environ)
    answered: list[str] = []
    body = b"".join(pages(environ, lambda status, *_: answered.append(status)))
    return answered[0][:3], body.decode()


def test_the_port_answers_figures_and_probes_and_nothing_else(db: None) -> None:
    registry = CollectorRegistry()
    registry.register(state.WholeService())
    pages = internal_pages(registry, {"/live": lambda: True, "/ready": lambda: False})
    status, text = _get(pages, "/metrics")
    assert status == "200"
    assert "refer_monitor_outbox_waiting{" in text
    assert [_get(pages, path)[0] for path in ("/live", "/ready", "/start", "/")] == [
        "200",
        "503",
        "404",
        "404",
    ]


def test_without_a_port_nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("METRICS_PORT", raising=False)
    assert serve() is None


def test_a_port_that_is_taken_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_PORT", "0")
    taken = serve()
    assert taken
    monkeypatch.setenv("METRICS_PORT", str(taken))
    assert serve() is None


PULSES = [
    pytest.param(0, {"/start": True, "/ready": True, "/live": True}, id="at work"),
    pytest.param(
        120, {"/start": True, "/ready": False, "/live": True}, id="the broker is away for two minutes"
    ),
    pytest.param(1800, {"/start": True, "/ready": False, "/live": False}, id="nothing for half an hour"),
]


@pytest.mark.parametrize(("seconds", "expected"), PULSES)
def test_probes_tell_starting_working_and_hanging_apart(seconds: int, expected: dict[str, bool]) -> None:
    pulse = worker_port.Pulse()
    pulse.last = monotonic() - seconds
    scheduler = worker_port.PulseOfScheduler(SimpleNamespace(_last_tick=monotonic() - seconds))
    for probes in (pulse.probes(), scheduler.probes()):
        assert {path: probe() for path, probe in probes.items()} == expected


def test_a_beat_of_the_worker_makes_it_ready_again() -> None:
    worker_port.pulse_of_worker.last = monotonic() - 1800
    signals.heartbeat_sent.send(sender=None)
    assert worker_port.pulse_of_worker.is_within(5)


# --- Several processes -------------------------------------------------------------------------------

SEVERAL = """
    import os, sys, time
    from refer_monitor.metrics import processes
    processes.keep_in_files()
    folder = os.environ[processes.FOLDER]
    from prometheus_client import Counter, Gauge, generate_latest, CollectorRegistry
    counter, gauge = Counter("c", "c"), Gauge("g", "g", multiprocess_mode="livesum")
    for end in (lambda: sys.exit(0), lambda: os.kill(os.getpid(), 9)):
        if os.fork() == 0:
            counter.inc()
            gauge.set(5)
            end()
        os.wait()
    counter.inc()
    gauge.set(1)
    registry = CollectorRegistry()
    registry.register(processes.AllProcesses())
    print(generate_latest(registry).decode())
    print("folder", folder)
"""


@pytest.mark.slow
def test_figures_of_processes_that_ended_stay_and_their_gauges_go() -> None:
    environment = {**os.environ, "METRICS_PORT": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SEVERAL)],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "c_total 3.0" in run.stdout, "one that ends does not take the folder of the others with it"
    assert "\ng 1.0" in run.stdout
    assert not Path(run.stdout.split()[-1]).exists(), "the last one does"
