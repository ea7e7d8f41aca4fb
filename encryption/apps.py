"""Registers the app with Django, its checks, and when keys in memory are forgotten."""

from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    """Encryption at rest."""

    name = "encryption"
    verbose_name = "Encryption at rest"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load what registers itself; unwrapped keys live no longer than one request or task."""
        from celery.signals import task_postrun, task_prerun
        from django.core.signals import request_finished, request_started

        from encryption import checks  # noqa: F401
        from encryption.referral_keys import forget_unwrapped

        for moment in (request_started, request_finished, task_prerun, task_postrun):
            moment.connect(forget_unwrapped, dispatch_uid="forget unwrapped keys")
