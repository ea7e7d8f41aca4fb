"""Registers the app with Django."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """The practitioner's side."""

    name = "referrals"
    verbose_name = "The practitioner's side"
    default_auto_field = "django.db.models.BigAutoField"
