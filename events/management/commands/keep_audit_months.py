"""Makes the months of the audit trail that are to come and seals those that are over, as is done every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.audit_months.partitions import MonthsAreTaken, keep_ahead
from events.audit_months.sealing import seal_months


class Command(BaseCommand):
    """Exits with 1 when events without a month cannot become one."""

    help = "Make the months of the audit trail that are to come, and seal those that are over."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which tables were made, and which months were sealed."""
        try:
            made = keep_ahead()
        except MonthsAreTaken as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Made: {', '.join(made)}." if made else "Nothing to make.")
        if sealed := seal_months(timezone.now()):
            self.stdout.write(f"Sealed: {', '.join(f'{month:%Y-%m}' for month in sealed)}.")
