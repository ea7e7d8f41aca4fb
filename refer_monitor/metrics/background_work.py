"""Figures about background work: how long a task waited, how long it took, how it ended, and when the scheduled ones
last ended well. By a task's name; never by what it was given."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter, time
from typing import Any, Final

import structlog
from celery import signals
from celery.app.task import Task
from django.conf import settings
from django.core.cache import cache
from prometheus_client import Histogram

DONE: Final = "done"
FAILED: Final = "failed"
QUEUED_AT: Final = "queued_at"  # header of a message: seconds since 1970
log = structlog.get_logger(__name__)

WAITED = Histogram(
    "refer_monitor_task_waited_seconds",
    "How long a task waited in its queue.",
    ["task"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800),
)
SECONDS = Histogram(
    "refer_monitor_task_seconds",
    "How long a task took.",
    ["task", "outcome"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800),
)


def listen() -> None:
    """Take the figures of every task, in whichever process it is sent or run."""
    signals.before_task_publish.connect(_stamp, dispatch_uid="metrics")
    signals.task_prerun.connect(_begin, dispatch_uid="metrics")
    signals.task_postrun.connect(_end, dispatch_uid="metrics")


def begin_at_nothing(tasks: Iterable[str]) -> None:
    """Tell every task of this service, also those that never ran.

    Prometheus sees by how much a figure grows: the first failure of one that begins with it would be none.
    """
    for task in tasks:
        if not task.startswith("celery."):
            for outcome in (DONE, FAILED):
                SECONDS.labels(task, outcome)


def _stamp(headers: dict[str, Any], **_: Any) -> None:
    headers[QUEUED_AT] = time()


def _begin(task: Task, **_: Any) -> None:
    task.request.update(began=perf_counter())
    if queued_at := task.request.get(QUEUED_AT):
        WAITED.labels(task.name).observe(max(0.0, time() - queued_at))


def _end(task: Task, state: str | None = None, **_: Any) -> None:
    began = task.request.get("began")
    is_done = state == "SUCCESS"
    if began is not None:
        SECONDS.labels(task.name, DONE if is_done else FAILED).observe(perf_counter() - began)
    if is_done and task.name in scheduled():
        cache.set(_key(task.name), time(), timeout=None)


def scheduled() -> set[str]:
    """The names of the tasks that the scheduler starts."""
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def _key(task: str) -> str:
    return f"scheduled-task-done:{task}"


def last_done() -> dict[str, float]:
    """When each scheduled task last ended well, in seconds since 1970. Those of which nothing is known are left out."""
    keys = {_key(task): task for task in scheduled()}
    return {keys[key]: at for key, at in cache.get_many(keys).items()}
