"""Registers the measurements with Django: their commands. Production does not install them."""

from django.apps import AppConfig


class Measurements(AppConfig):
    """Large invented databases, and what pages cost on them."""

    name = "measurements"
