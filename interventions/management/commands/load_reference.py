"""``manage.py load_reference``: regions, categories, contract types, complexity levels and outcomes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from interventions.reference import loading


class Command(BaseCommand):
    """Runs at every installation and upgrade; says what it added or changed."""

    help = "Load the reference files of the catalogue. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        changes = loading.load()
        for change in changes:
            self.stdout.write(change)
        self.stdout.write(
            f"Reference data: {len(changes)} changes." if changes else "Reference data: nothing to change."
        )
