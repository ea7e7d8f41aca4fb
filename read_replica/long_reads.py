"""Reading much at once, from a replica of the database when it can, and from the database itself when not.

Nobody sees what was true a while ago: the replica is used only when it has everything that had been written when the
read began. What somebody may see is not asked here: ask the database itself, as grants end at their minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import InterfaceError, OperationalError

Found = TypeVar("Found")

#: In settings.DATABASES, when DATABASE_REPLICA_URL is given.
REPLICA: Final = "replica"
PATIENCE: Final = 5.0  # seconds for the replica to catch up
ASKED_AGAIN_AFTER: Final = 0.05  # seconds
#: Which database it is: places in the log can be compared within one line of history only. After a failover a replica
#: is on another line until its next checkpoint.
_WHICH: Final = """
    current_database(), (SELECT system_identifier FROM pg_control_system()),
    (SELECT timeline_id FROM pg_control_checkpoint())
"""

log = structlog.get_logger(__name__)


class LongRead:
    """One read in several steps. ``LongRead()`` chooses where it begins.

    Never in a request of a supplier, which has taken rights that the replica knows nothing of: raises RuntimeError.
    """

    def __init__(self) -> None:
        self.using = REPLICA if _is_usable() else DEFAULT_DB_ALIAS

    def read(self, ask: Callable[[str], Found]) -> Found:
        """What ``ask`` finds; it is told the alias to read from.

        Asked a second time, of the database itself, when the replica fails: it must have no effects, and answer rows
        instead of a query. So are the steps after it.
        """
        if self.using == REPLICA:
            try:
                return ask(REPLICA)
            except (OperationalError, InterfaceError) as failure:
                _say_not_used(type(failure).__name__)
                self.using = DEFAULT_DB_ALIAS
        return ask(DEFAULT_DB_ALIAS)


def _is_usable() -> bool:
    """Whether there is a replica of this database, and it has all that is written now."""
    if REPLICA not in connections.settings or connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT current_user, {_WHICH}, pg_current_wal_lsn()::text")
        role, *which, written = cursor.fetchone()
    if role == settings.SUPPLIER_DATABASE_ROLE:
        raise RuntimeError("The replica knows nothing of the rights that this transaction took.")
    try:
        return _has(which, written)
    except (OperationalError, InterfaceError) as failure:
        _say_not_used(type(failure).__name__)
        return False


def _has(which: list[object], written: str) -> bool:
    """Whether the replica has caught up with this place in the log, at once or within ``PATIENCE``."""
    until = time.monotonic() + PATIENCE
    while True:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(f"SELECT {_WHICH}, pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
            *there, has_it = cursor.fetchone()
        if there != which or has_it is None:  # null: it replays nothing, and is no replica
            _say_not_used("no replica")
            return False
        if has_it:
            return True
        if time.monotonic() > until:
            _say_not_used("behind")
            return False
        time.sleep(ASKED_AGAIN_AFTER)


def _say_not_used(why: str) -> None:
    log.warning("replica_not_used", why=why)
