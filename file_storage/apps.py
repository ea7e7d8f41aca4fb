"""Registers the app with Django."""

from django.apps import AppConfig


class FileStorageConfig(AppConfig):
    """Files that every server and worker reaches."""

    name = "file_storage"
    verbose_name = "Files"
    default_auto_field = "django.db.models.BigAutoField"
