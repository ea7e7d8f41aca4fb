"""Registers the app with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class AccountsConfig(AppConfig):
    """People and providers."""

    name = "accounts"
    verbose_name = "People and service providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to signing in, and keep what is typed as feedback."""
        from accounts import known_devices, service_notices, signed_in  # noqa: F401
        from accounts.kept_text.feedback import FeedbackRoom
        from accounts.kept_text.rooms import register

        register(FeedbackRoom())
        for signal in (post_save, post_delete):
            signal.connect(service_notices.forget, sender="accounts.ServiceNotice", weak=False)
