"""Grants the supplier's database rights by hand; ``migrate`` does the same at its end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from monitoring.access.database_role import grant_supplier_rights


class Command(BaseCommand):
    """Says how many tables were opened. Safe to repeat."""

    help = "Grant the database role of supplier requests what it may do, and nothing else (PostgreSQL only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant, and say so."""
        granted = grant_supplier_rights()
        if granted:
            self.stdout.write(f"Granted rights on {len(granted)} tables.")
        else:
            self.stdout.write("Nothing to grant: this database has no roles.")
