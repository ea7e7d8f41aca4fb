"""Registers the app with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and providers."""

    name = "accounts"
    verbose_name = "People and providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to signing in."""
        from accounts import known_devices, signed_in  # noqa: F401
