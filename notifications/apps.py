"""Registers the app with Django, and listens for every email."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What each user was told about."""

    name = "notifications"
    verbose_name = "Notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what registers itself."""
        from events import emails
        from notifications import digest  # noqa: F401
        from notifications.keeping import keep

        emails.register(keep)
