"""Whether the service and what it stands on work: for Kubernetes, load balancers and monitoring.

| Address | Asks | When it fails |
|---|---|---|
| ``/ping`` | nothing but this process | start the process anew |
| ``/health/start`` | whether the database has this release's tables | wait |
| ``/health/ready`` | the database, without which no page works | send no requests here |
| ``/health`` | every part, by name | somebody must look |

Pages work without the cache and the queue, so that neither takes every web server out of service at once. Says ok,
failed or unknown, never why: the reason is in the logs. Uses no web session. Outside systems are no part of it: pages
work without them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from time import time
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from accounts.open_pages import for_anyone
from refer_monitor.celery import app as celery
from refer_monitor.metrics import background_work

BROKER_PATIENCE = 2  # seconds
SWEEPS_APART = 5 * 60  # seconds; ten times as long as they should be
OK: Final = "ok"
FAILED: Final = "failed"
UNKNOWN: Final = "unknown"
log = structlog.get_logger(__name__)


@for_anyone
@never_cache
def ping(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("pong", content_type="text/plain")


@for_anyone
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The database is there and has every migration of this release; 503 until then."""
    return _answer({"migrations": _ask("migrations", _migrations)})


@for_anyone
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers; 503 when not."""
    return _answer({"database": _ask("database", CHECKS["database"])})


@for_anyone
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Each part by name; 503 when one failed."""
    return _answer(parts())


def parts() -> dict[str, str]:
    """How each part is."""
    return {name: _ask(name, check) for name, check in CHECKS.items()}


def _answer(found: dict[str, str]) -> JsonResponse:
    return JsonResponse(found, status=503 if FAILED in found.values() else 200)


def _ask(name: str, check: Callable[[], bool | None]) -> str:
    try:
        works = check()
    except Exception as failure:  # whatever it was: monitoring wants an answer
        log.error("health_check_failed", part=name, failure=type(failure).__name__)
        return FAILED
    if works is None:
        return UNKNOWN
    if works:
        return OK
    log.error("health_check_failed", part=name, failure="does not work")
    return FAILED


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations WHERE 1 = 0")
    return True


def _cache() -> bool:
    cache.set("health", "ok", timeout=30)
    return cache.get("health") == "ok"


def _queue() -> bool:
    if settings.CELERY_BROKER_URL.startswith("files"):
        folders = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        return all(os.access(str(folders[key]), os.W_OK) for key in ("data_folder_in", "control_folder"))
    with celery.connection_for_write(connect_timeout=BROKER_PATIENCE) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE)
    return True


def _background_work() -> bool | None:
    """Whether scheduler and worker sweep the outbox. Not known when the cache is new, or another process's."""
    swept_at = background_work.last_done().get("events.tasks.sweep")
    return None if swept_at is None else time() - swept_at < SWEEPS_APART


CHECKS: dict[str, Callable[[], bool | None]] = {
    "database": _database,
    "cache": _cache,
    "queue": _queue,
    "background work": _background_work,
}
