"""Registers the app with Django, and has the supplier's database rights granted after every migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MonitoringConfig(AppConfig):
    """The supplier's side."""

    name = "monitoring"
    verbose_name = "Service provider’s cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for the end of a migrate: all tables exist by then, whichever app made them."""
        from accounts.kept_text.rooms import register
        from accounts.models import Audience
        from monitoring import checks  # noqa: F401
        from monitoring.access.database_role import grant_after_migrate
        from monitoring.access.kept_text import SupplierRoom
        from monitoring.access.notified import may_still_open
        from monitoring.deliveries import emails, ndelius, provider_changes, undelivered  # noqa: F401
        from notifications import reading

        register(SupplierRoom())
        reading.register(Audience.SUPPLIER, may_still_open)
        post_migrate.connect(grant_after_migrate, sender=self, dispatch_uid="monitoring.grant_after_migrate")
