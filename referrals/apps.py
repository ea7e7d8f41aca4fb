"""Registers the app with Django, its deliveries with the outbox, and its checks with Django's start-up."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """The practitioner's side."""

    name = "referrals"
    verbose_name = "The practitioner's side"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what registers itself."""
        from accounts.kept_text.rooms import register
        from accounts.models import Audience
        from monitoring.rules import second_look
        from notifications import reading
        from referrals import checks  # noqa: F401
        from referrals.access.notified import may_still_open
        from referrals.deliveries import domain_events, emails, ndelius  # noqa: F401
        from referrals.sensitive_details.second_look import search
        from referrals.typed_text.kept_text import PractitionerRoom

        register(PractitionerRoom())
        second_look.register(search)
        reading.register(Audience.PRACTITIONER, may_still_open)
