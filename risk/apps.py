"""Registers the app with Django."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Risk information."""

    name = "risk"
    verbose_name = "Risk information"
    default_auto_field = "django.db.models.BigAutoField"
