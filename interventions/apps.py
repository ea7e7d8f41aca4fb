"""Registers the app with Django."""

from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    """Catalogue of services."""

    name = "interventions"
    verbose_name = "Catalogue of services"
    default_auto_field = "django.db.models.BigAutoField"
