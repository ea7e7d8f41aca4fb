"""Registers the app with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and providers."""

    name = "accounts"
    verbose_name = "People and providers"
    default_auto_field = "django.db.models.BigAutoField"
