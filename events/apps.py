"""Registers the app with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Audit trail and outbox."""

    name = "events"
    verbose_name = "Audit trail and outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to signing in and out; look at the audit trail when the service migrates."""
        from events import checks, sign_ins  # noqa: F401
