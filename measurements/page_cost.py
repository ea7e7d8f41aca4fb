"""What a page costs: its statements to the database, the work and the time they take, and the bytes that travel.

Knows how to ask and to count; which pages, and with how many cases, is said in ``measurements.many_cases``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client

from measurements.database_work import Explained, processor_ms

DATA = re.compile(r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
#: Every page pays these, whatever it shows: the web session, read and kept alive, and who is signed in.
WEB_SESSION = '"accounts_websession"'
SIGNED_IN_USER = re.compile(r'FROM "accounts_user" WHERE "accounts_user"."id" = \S+ LIMIT 21\s*$')


@dataclass(frozen=True, slots=True)
class Cost:
    """One page. ``statements`` read or write data; the audit event counts, web session and user do not.

    ``database_ms`` by the clock; ``processor_ms`` of the database, for all statements, where it can be seen.
    """

    statements: int
    database_ms: float
    total_ms: float
    compressed_bytes: int
    processor_ms: float | None = None

    @property
    def work_ms(self) -> float:
        """What the database does for the page: processor time, or by the clock where that cannot be seen."""
        return self.database_ms if self.processor_ms is None else self.processor_ms


class _Counter:
    """Sees every statement of a request and how long it took."""

    def __init__(self) -> None:
        self.data: list[str] = []
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += perf_counter() - started
            if DATA.match(sql) and WEB_SESSION not in sql and not SIGNED_IN_USER.search(sql):
                self.data.append(sql)


def statements_of(client: Client, url: str) -> list[str]:
    """The data statements of one page, in order. The page must answer 200."""
    counter = _Counter()
    with connection.execute_wrapper(counter):
        answer = client.get(url)
    if answer.status_code != 200:
        raise ValueError(f"{url} answered {answer.status_code}")
    return counter.data


def cost_of(client: Client, url: str, *, times: int = 7) -> Cost:
    """The medians of several requests, after one that fills caches. Compressed as a browser asks for it."""
    client.get(url)
    statements = statements_of(client, url)
    database, total, worked, size = [], [], [], 0
    for _ in range(times):
        counter = _Counter()
        before, started = processor_ms(), perf_counter()
        with connection.execute_wrapper(counter):
            answer = client.get(url, headers={"accept-encoding": "gzip"})
        total.append(perf_counter() - started)
        database.append(counter.seconds)
        if before is not None and (after := processor_ms()) is not None:
            worked.append(after - before)
        size = len(answer.content)
    return Cost(
        len(statements), median(database) * 1000, median(total) * 1000, size, median(worked) if worked else None
    )


def explained(client: Client, url: str) -> Explained:
    """The plans of a page's reads, as PostgreSQL carries them out."""
    plans = Explained()
    with connection.execute_wrapper(plans):
        client.get(url)
    return plans
