"""Makes the months of the audit trail that are to come, as the scheduler does every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.audit_months.partitions import MonthsAreTaken, keep_ahead


class Command(BaseCommand):
    """Exits with 1 when events without a month cannot become one."""

    help = "Make the tables of the audit trail for the months to come, and for events that have no month."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which tables were made."""
        try:
            made = keep_ahead()
        except MonthsAreTaken as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Made: {', '.join(made)}." if made else "Nothing to make.")
