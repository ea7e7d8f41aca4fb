"""How often each scheduled task has to run, from its entry in ``CELERY_BEAT_SCHEDULE``."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab
from django.conf import settings

DAY = 24 * 60 * 60  # seconds


def intervals() -> dict[str, float]:
    """Seconds between two runs of each scheduled task."""
    return {
        entry["task"]: _seconds_between(entry["schedule"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }


def _seconds_between(schedule: Any) -> float:
    """Of a crontab: a day, shared out evenly. None of ours runs on some days only."""
    if isinstance(schedule, crontab):
        return DAY / (len(schedule.hour) * len(schedule.minute))
    return float(schedule.run_every.total_seconds())
