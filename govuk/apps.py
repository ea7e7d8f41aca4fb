"""Registers the app with Django."""

from django.apps import AppConfig


class GovukConfig(AppConfig):
    """GOV.UK components."""

    name = "govuk"
    verbose_name = "GOV.UK components"
    default_auto_field = "django.db.models.BigAutoField"
