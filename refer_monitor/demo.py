"""The whole demo, in order: reference data, people, contracts and grants; then cases, through the real actions.

Safe to repeat. Refused outside demo mode.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.management.base import CommandError

from interventions import demo as catalogue


def load() -> None:
    """Load everything that the demo needs. Raises CommandError outside demo mode."""
    if not settings.DEMO_MODE:
        raise CommandError("Demo data is only for demo mode, and this installation is not in it.")
    catalogue.load()
    if find_spec("referrals.demo"):
        import_module("referrals.demo").load()
