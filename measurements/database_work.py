"""What a page makes the database work, by what no neighbour on the machine changes: processor time and blocks read.

The clock says how long somebody waits on this machine at this hour. Processor time of the process of PostgreSQL that
serves the connection leaves out what it waited for, and the blocks that a statement touches, which EXPLAIN counts, are
the same each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

SCHEDULE = "/proc/{}/schedstat"  # Linux: nanoseconds on a processor first


def processor_ms() -> float | None:
    """Of the database's process for this connection, since it began; None where it cannot be seen from here."""
    if connection.vendor != "postgresql":
        return None
    connection.ensure_connection()
    schedule = Path(SCHEDULE.format(connection.connection.info.backend_pid))
    try:
        return int(schedule.read_text().split()[0]) / 1_000_000
    except OSError:
        return None


class Explained:
    """Runs each SELECT under EXPLAIN first, with the rights that it is asked with. For ``connection.execute_wrapper``.

    ``blocks``: of 8 kB, that these statements touched; ``plans``: the words of EXPLAIN, by statement.
    """

    def __init__(self) -> None:
        self.blocks = 0
        self.plans: list[dict[str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip(" (").startswith("SELECT") and "FOR UPDATE" not in sql:
            cursor = context["cursor"]
            execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params, many, context)
            (told,) = cursor.fetchone()
            plan = (json.loads(told) if isinstance(told, str) else told)[0]
            self.plans.append(plan)
            self.blocks += plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
        return execute(sql, params, many, context)
