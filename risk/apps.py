"""Registers the app with Django, and its checks with Django's start-up."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Risk information."""

    name = "risk"
    verbose_name = "Risk information"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what registers itself."""
        from risk import checks  # noqa: F401
