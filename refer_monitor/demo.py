"""The whole demo, loaded in order: catalogue and providers, people, grants, and (when there are any) cases.

Safe to repeat. Refused outside demo mode.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction


def load() -> None:
    """Load everything that the demo accounts need. Raises CommandError outside demo mode."""
    if not settings.DEMO_MODE:
        raise CommandError("Demo data is only for demo mode: this installation is not in it.")
    with transaction.atomic():
        for module in ("interventions.demo", "accounts.demo"):
            _load(module)
    _load("referrals.demo")


def _load(module: str) -> None:
    if find_spec(module):
        import_module(module).load()
