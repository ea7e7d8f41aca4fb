"""Registers the stub with Django, and lets it answer for other systems. Production does not install it."""

from django.apps import AppConfig
from django.conf import settings


class UpstreamStub(AppConfig):
    """Invented people, as the outside systems would tell of them."""

    name = "upstream_stub"

    def ready(self) -> None:
        """Answer in this process when no outside system is to be called."""
        if "stub" in settings.UPSTREAM_MODES.values():
            from upstream_stub import adapter

            adapter.mount()
