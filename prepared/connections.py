"""Connections to PostgreSQL that have it plan once what is asked again and again.

Planning took more of the database's time than running: a page asks ten statements that take a row or two each.
"""

from __future__ import annotations

from typing import Any

import psycopg

#: A statement is prepared when a connection sends it for the fourth time.
PREPARE_THRESHOLD = 3
#: Statements that a connection keeps prepared, and as many that it counts. A mix of pages asks some 70 again and again;
#: each takes 150 kB of the database's memory.
MOST_PREPARED = 200


class PreparingConnection(psycopg.Connection[Any]):
    """psycopg's, which keeps a hundred otherwise: those of a busy hour's pages could throw each other out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared_max = MOST_PREPARED
