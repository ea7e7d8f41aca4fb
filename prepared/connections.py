"""Connections to PostgreSQL that have it plan once what is asked again and again.

Planning took more of the database's time than running: a page asks ten statements that take a row or two each.
"""

from __future__ import annotations

from typing import Any

import psycopg

#: A statement is prepared when a connection sends it for the fourth time.
PREPARE_THRESHOLD = 3
#: Statements that a connection keeps prepared, with those that it counts: what a mix of all pages asks.
MOST_PREPARED = 500


class PreparingConnection(psycopg.Connection[Any]):
    """psycopg's, which keeps a hundred otherwise; then those of one page would throw out those of another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared_max = MOST_PREPARED
