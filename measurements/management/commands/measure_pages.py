"""``manage.py measure_pages``: what pages cost with few cases and with many, in a database of its own."""

from __future__ import annotations

import logging
import os
import platform
import re
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import User
from measurements.many_cases import FEW, MANY, PAGES, Cases
from measurements.page_cost import Cost, cost_of
from refer_monitor.celery import app as celery

BY_ITSELF: dict[str, Any] = {
    "ALLOWED_HOSTS": ["testserver"],
    "CACHES": {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "measured",  # not where the service's own keeps its JSON
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        },
    },
    # Plain names of static files: pages can be measured before these are collected.
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}
BACKEND = "django.contrib.auth.backends.ModelBackend"
LOADED = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
WITHIN = re.compile(r'url\("?(/assets/[^)"]+\.woff2)"?\)|from ?"(\./[^"]+)"')


class Command(BaseCommand):
    """Measure, and print tables that docs/performance.md takes as they are."""

    help = "Print statements, time and bytes of the main pages, with few cases and with many. Demo mode only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many cases are many, and where the service runs, to measure the first view of it."""
        parser.add_argument("--many", type=int, default=MANY, help=f"cases to compare with {FEW} ({MANY})")
        parser.add_argument(
            "--times", type=int, default=7, help="requests of each page, for their median (7)"
        )
        parser.add_argument(
            "--first-view", metavar="ADDRESS", help="address of the running service, as make run says it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure in a temporary database; the service's own is not touched."""
        if not settings.DEMO_MODE:
            raise CommandError("Measuring needs invented people: only for demo mode.")
        counts = (FEW, options["many"])
        self.stdout.write(f"{timezone.localdate():%d %B %Y}; {machine()}\n")
        with a_database(), by_itself():
            cases = Cases.of_the_demo()
            clients = {page.persona: _signed_in(page.persona) for page in PAGES}
            costs = [_measured(cases, count, clients, options["times"]) for count in counts]
        measured = ("statements", "database ms", "total ms", "bytes")
        self.stdout.write(_row("Page", *(f"{name} ({count})" for count in counts for name in measured)))
        self.stdout.write(_row("---", *["---:"] * 8))
        for page in PAGES:
            self.stdout.write(_row(page.name, *(cell for cost in costs for cell in _cells(cost[page.name]))))
        if options["first_view"]:
            self.stdout.write("\n" + first_view(options["first_view"]))


def _measured(cases: Cases, count: int, clients: dict[str, Client], times: int) -> dict[str, Cost]:
    cases.grow_to(count)
    return {page.name: cost_of(clients[page.persona], page.address(cases), times=times) for page in PAGES}


@contextmanager
def a_database() -> Iterator[None]:
    """A database beside the service's own, with its tables, that goes away again."""
    own = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "measured.sqlite3")
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(own, verbosity=0)


@contextmanager
def by_itself() -> Iterator[None]:
    """Without the service's own cache and queue, and without a log line for each request."""
    logging.disable(logging.CRITICAL)
    celery.conf.task_always_eager = True
    try:
        with override_settings(**BY_ITSELF):
            yield
    finally:
        celery.conf.task_always_eager = settings.CELERY_TASK_ALWAYS_EAGER
        logging.disable(logging.NOTSET)


def machine() -> str:
    """What was measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    database = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    return (
        f"{database}, Python {platform.python_version()}, {sys.platform}, {cores} cores, {platform.machine()}"
    )


def first_view(address: str) -> str:
    """How many requests a first page view makes, and how many bytes travel, as a browser asks for them."""
    loaded: dict[str, int] = {}
    waiting = ["/sign-in"]
    while waiting:
        path = waiting.pop(0)
        answer = requests.get(
            urljoin(address, path), headers={"Accept-Encoding": "br, gzip"}, timeout=10, stream=True
        )
        answer.raise_for_status()
        loaded[path] = len(answer.raw.read(decode_content=False))
        body = requests.get(urljoin(address, path), timeout=10).text if not path.endswith(".woff2") else ""
        found = [
            *LOADED.findall(body),
            *(font or urljoin(path, module) for font, module in WITHIN.findall(body)),
        ]
        waiting += [one for one in found if one not in loaded and one not in waiting]
    lines = [_row("First view", "bytes"), _row("---", "---:")]
    lines += [_row(path, str(size)) for path, size in loaded.items()]
    lines.append(_row(f"{len(loaded)} requests", f"{sum(loaded.values())}"))
    return "\n".join(lines)


def _signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def _cells(cost: Cost) -> list[str]:
    return [
        str(cost.statements),
        f"{cost.database_ms:.1f}",
        f"{cost.total_ms:.0f}",
        f"{cost.compressed_bytes:,}",
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
