"""Whether the service and what it stands on work: for load balancers and monitoring.

Says ok or failed, never why: the reason is in the logs. Uses no web session. Outside systems are no part of
it: pages work without them.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from accounts.open_pages import for_anyone
from refer_monitor.celery import app as celery

BROKER_PATIENCE = 2  # seconds
log = structlog.get_logger(__name__)


@for_anyone
@never_cache
def ping(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("pong", content_type="text/plain")


@for_anyone
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Database, cache and queue, each ``ok`` or ``failed``; 503 when one failed."""
    found = {name: _ask(name, check) for name, check in CHECKS.items()}
    return JsonResponse(found, status=503 if "failed" in found.values() else 200)


def _ask(name: str, check: Callable[[], bool]) -> str:
    try:
        works = check()
    except Exception as failure:  # whatever it was: monitoring wants an answer
        log.error("health_check_failed", part=name, failure=type(failure).__name__)
        return "failed"
    return "ok" if works else "failed"


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


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "cache": _cache, "queue": _queue}
