"""Giving a job to the workers. A queue that is away is no failure: what was committed is found again later."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def queue_job(task: Task, *arguments: Any, **named: Any) -> bool:
    """Have a worker do ``task``. False, with a line in the log, when no queue can be reached: nobody does it then."""
    try:
        task.delay(*arguments, **named)
    except (OperationalError, OSError) as failure:
        log.error("job_without_queue", task=task.name, failure=type(failure).__name__)
        return False
    return True
