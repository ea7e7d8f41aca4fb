"""Registers the app with Django."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """When recurring work is started, and by which of several schedulers."""

    name = "scheduling"
    verbose_name = "Scheduler"
    default_auto_field = "django.db.models.BigAutoField"
