"""``manage.py seed_demo``: invented providers, people, contracts and cases. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demo import seeding as demo


class Command(BaseCommand):
    """Load the demo."""

    help = "Load the demo's invented people, providers, contracts and cases. Refused outside demo mode."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it; what is there already stays as it is."""
        demo.load()
        self.stdout.write("The demo is loaded.")
