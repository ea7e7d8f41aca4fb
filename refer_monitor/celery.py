"""The worker's entry: Celery with the service's settings and every app's tasks."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
app = Celery("refer_monitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
