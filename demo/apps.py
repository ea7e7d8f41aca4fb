"""Registers the demo with Django: its commands. Production does not install it."""

from django.apps import AppConfig


class Demo(AppConfig):
    """Invented people, services and cases, for trying the service."""

    name = "demo"
