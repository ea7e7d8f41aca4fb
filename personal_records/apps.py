"""Registers the app with Django."""

from django.apps import AppConfig


class PersonalRecords(AppConfig):
    """Subject access, and retention."""

    name = "personal_records"
    verbose_name = "Subject access and retention"
    default_auto_field = "django.db.models.BigAutoField"
