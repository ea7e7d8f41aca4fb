"""Registers the app with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and providers."""

    name = "accounts"
    verbose_name = "People and providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to signing in, and keep what is typed as feedback."""
        from accounts import known_devices, signed_in  # noqa: F401
        from accounts.kept_text.feedback import FeedbackRoom
        from accounts.kept_text.rooms import register

        register(FeedbackRoom())
