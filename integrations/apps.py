"""Registers the app with Django."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Outside systems."""

    name = "integrations"
    verbose_name = "Outside systems"
    default_auto_field = "django.db.models.BigAutoField"
