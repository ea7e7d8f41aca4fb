"""What happens once at start-up: folders, the worker's app, and what is counted."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class StartUp(AppConfig):
    """The service as a whole; the only place that knows every part."""

    name = "refer_monitor"
    verbose_name = "Refer and monitor an intervention"

    def ready(self) -> None:
        """Make the embedded queue's folders, load the Celery app, count what happens."""
        from refer_monitor import celery  # noqa: F401 (shared tasks need it as their app)
        from refer_monitor.metrics import background_work, database_pool, worker_port

        background_work.listen()
        database_pool.listen()
        worker_port.listen()

        for name, folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.items():
            if name in ("data_folder_in", "data_folder_out", "control_folder"):
                Path(str(folder)).mkdir(parents=True, exist_ok=True)


class ServiceAdmin(AdminConfig):
    """Django's admin with our site."""

    default_site = "refer_monitor.admin_site.ServiceAdminSite"
