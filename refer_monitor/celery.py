"""The worker's entry: Celery with the service's settings and log, and every app's tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

from refer_monitor.metrics import processes

processes.keep_in_files()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
TRANSPORT_ALIASES["files"] = "refer_monitor.file_queue:Transport"
app = Celery("refer_monitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_log(**_: Any) -> None:
    """Django has set up the log; that somebody answers this signal keeps Celery from setting up its own."""
