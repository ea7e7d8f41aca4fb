"""Registers the app with Django."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Signing in through HMPPS Auth."""

    name = "sign_in"
    verbose_name = "Sign-in through HMPPS Auth"
    default_auto_field = "django.db.models.BigAutoField"
