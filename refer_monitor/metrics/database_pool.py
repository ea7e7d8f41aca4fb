"""Figures about this process's pool of database connections, taken whenever a request ends."""

from __future__ import annotations

from typing import Any

from django.core.signals import request_finished
from django.db import connections
from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge(
    "refer_monitor_database_pool_connections",
    "Connections that the pools of these processes hold.",
    ["database", "state"],
    multiprocess_mode="livesum",
)
WAITING = Gauge(
    "refer_monitor_database_pool_waiting",
    "Threads that wait for a connection.",
    ["database"],
    multiprocess_mode="livesum",
)
WAITED = Counter("refer_monitor_database_pool_waited_seconds", "Time spent waiting.", ["database"])
TIMEOUTS = Counter(
    "refer_monitor_database_pool_timeouts", "Times that no connection came free in time.", ["database"]
)


def listen() -> None:
    """Take the figures after each request, when its connection has gone back to the pool."""
    request_finished.connect(note_pools, dispatch_uid="database_pool")


def note_pools(**_: Any) -> None:
    """What each pool says of itself. Databases without a pool say nothing."""
    for alias in connections:
        pool = getattr(connections[alias], "pool", None)
        if pool is None:
            continue
        said = pool.pop_stats()  # its counts start at nothing again; ours go on
        free = said.get("pool_available", 0)
        CONNECTIONS.labels(alias, "free").set(free)
        CONNECTIONS.labels(alias, "in use").set(said.get("pool_size", 0) - free)
        WAITING.labels(alias).set(said.get("requests_waiting", 0))
        WAITED.labels(alias).inc(said.get("requests_wait_ms", 0) / 1000)
        TIMEOUTS.labels(alias).inc(said.get("requests_errors", 0))
