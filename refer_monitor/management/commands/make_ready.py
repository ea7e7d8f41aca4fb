"""``manage.py make_ready``: everything between a fresh checkout and a service that can start. Safe to repeat."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Tables, reference data and (in demo mode) the demo, in one process because each start costs a second."""

    help = "Bring tables, reference data and, in demo mode, the demo up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the commands in their order; each does nothing when there is nothing to do."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_reference", stdout=StringIO())
        if settings.DEMO_MODE:
            call_command("seed_demo", stdout=StringIO())
