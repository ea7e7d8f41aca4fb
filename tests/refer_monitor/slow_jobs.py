"""A worker's app with the service's settings and one job that takes a second, for tests of queues and of stopping.

Each run writes a line into the file that it is given: when it began, and when it ended.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from celery import Celery
from django.conf import settings

app = Celery("slow_jobs")
app.config_from_object("django.conf:settings", namespace="CELERY")
options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": os.environ.get("KEY_PREFIX", "")}
if patience := os.environ.get("GIVEN_UP_AFTER"):  # seconds
    options["visibility_timeout"] = int(patience)
app.conf.broker_transport_options = options


@app.task(name="slow")
def slow(path: str, name: str, seconds: float = 1.0) -> None:
    """Write that it began, wait, write that it ended."""
    _write(path, f"{name} began")
    time.sleep(seconds)
    _write(path, f"{name} ended")


def _write(path: str, line: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{line}\n")
