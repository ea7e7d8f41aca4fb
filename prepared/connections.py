"""Connections to PostgreSQL that have it plan once what is asked again and again, and say when the server ended them.

Planning took more of the database's time than running: a page asks ten statements that take a row or two each.
"""

from __future__ import annotations

import select
from time import monotonic
from typing import Any

import psycopg

#: A statement is prepared when a connection sends it for the fourth time.
PREPARE_THRESHOLD = 3
#: Statements that a connection keeps prepared, and as many that it counts. A mix of pages asks some 70 again and again;
#: each takes 150 kB of the database's memory.
MOST_PREPARED = 200


#: What the pool asks a connection before it hands it out.
ARE_YOU_THERE = ""
#: Seconds since that was asked last, after which the server itself is asked: a firewall in between may forget, and tell
#: nobody of it, a connection on which nothing was sent for minutes.
ASKED_AGAIN_AFTER = 30.0


class PreparingConnection(psycopg.Connection[Any]):
    """psycopg's, which keeps a hundred otherwise: those of a busy hour's pages could throw each other out.

    Whether it is still there is seen from its socket as long as it is in use. A server that ended it, or that is no
    more, has said so there; the question itself would be one more than a page asks.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared_max = MOST_PREPARED
        self._asked_at = 0.0

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
        """As psycopg's, but for the pool's question."""
        if query == ARE_YOU_THERE and self._is_in_use() and not self._was_told_something():
            return self.cursor()
        return super().execute(query, *args, **kwargs)

    def _is_in_use(self) -> bool:
        before, self._asked_at = self._asked_at, monotonic()
        return self._asked_at - before < ASKED_AGAIN_AFTER

    def _was_told_something(self) -> bool:
        """Between two requests a server has nothing to say but that it ends the connection."""
        sockets = select.poll()
        sockets.register(self.fileno(), select.POLLIN)
        return bool(sockets.poll(0))
