"""Celery's scheduler, of which any number can run: one of them sends, and what it sent is in the database.

What is due is sent at least once. A scheduler that is killed after it sent something and before it noted that makes its
successor send it again: jobs on the schedule can run twice. Nothing is kept on the disk.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import structlog
from celery.beat import ScheduleEntry, Scheduler, SchedulingError
from django.db import Error, connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from scheduling import lease
from scheduling.models import LastRun

LOOK_EVERY: Final = 5  # seconds: a dead holder's lease is found free within HELD_FOR and this
log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another scheduler took over while this one was busy."""


class LeasedScheduler(Scheduler):
    """Sends while it holds the lease, and otherwise waits for it."""

    max_interval = LOOK_EVERY

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = uuid4()
        self._is_in_force = False
        self._is_asking = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due if the lease is ours; returns in how many seconds to look again."""
        self._is_asking = True
        try:
            if not self._take_lease():
                return LOOK_EVERY
            return float(super().tick(*args, **kwargs))
        except (LeaseLost, SchedulingError, OperationalError, OSError, Error) as failure:
            log.error("schedule_interrupted", failure=type(failure).__name__)
            self._is_in_force = False  # read anew what was sent: what could not be is still due
            connection.close()
            return LOOK_EVERY
        finally:
            self._is_asking = False

    def _take_lease(self) -> bool:
        if not lease.take(self.holder):
            if self._is_in_force:
                log.warning("schedule_taken_over")
            self._is_in_force = False
        elif not self._is_in_force:
            self._remember()
            self._is_in_force = True
            log.info("schedule_in_force")
        return self._is_in_force

    def _remember(self) -> None:
        """Go on where the scheduler before this one ended. What is new counts from now."""
        sent = dict(LastRun.objects.values_list("name", "at"))
        now = timezone.localtime()
        for name, entry in self.schedule.items():
            if name in sent:
                # A time that is still to come was noted by a clock that was wrong.
                entry.last_run_at = min(timezone.localtime(sent[name]), now)
            else:
                entry.last_run_at = now
                _note(entry)
        self._heap = None

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one entry and note when. Raises what kept it from being sent, or LeaseLost."""
        if not lease.take(self.holder):  # waiting for the broker may have taken long
            raise LeaseLost
        self.apply_async(entry, producer=producer, advance=False)
        _note(self.schedule[entry.name])

    def close(self) -> None:
        """Give the lease back, so that another scheduler goes on within seconds."""
        super().close()
        if self._is_asking:
            return  # a signal came in the middle of a question to the database; called again when that has ended
        try:
            connection.close()  # perhaps broken off
            lease.give_back(self.holder)
        except Error as failure:
            log.error("schedule_not_given_back", failure=type(failure).__name__)
        finally:
            connection.close()


def _note(entry: ScheduleEntry) -> None:
    LastRun.objects.update_or_create(name=entry.name, defaults={"at": entry.last_run_at})
