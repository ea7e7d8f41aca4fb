"""Registers the app with Django."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The supplier's side."""

    name = "monitoring"
    verbose_name = "The supplier's side"
    default_auto_field = "django.db.models.BigAutoField"
