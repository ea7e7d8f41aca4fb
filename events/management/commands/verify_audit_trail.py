"""Checks that every sealed month of the audit trail is as it was when it was over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.audit_months.verifying import verify


class Command(BaseCommand):
    """Exits with 1 when a month is not as it was sealed, or a seal is missing, and names each."""

    help = "Read the sealed months of the audit trail and name those that were changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """All months, or one."""
        parser.add_argument("--month", help="Read the events of one month only, such as 2026-01.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Only months and counts are printed."""
        try:
            only = date.fromisoformat(f"{options['month']}-01") if options["month"] else None
        except ValueError:
            raise CommandError("Enter a month, such as 2026-01.") from None
        verified = verify(only)
        for month, what in verified.faults:
            self.stdout.write(f"{month:%Y-%m}: {what}")
        self.stdout.write(f"Months checked: {verified.months}. Events: {verified.events:,}.")
        if verified.elsewhere:
            self.stdout.write(f"Moved out, and not in this database: {verified.elsewhere}.")
        if verified.faults:
            raise CommandError(f"Missing or not as they were sealed: {len(verified.faults)}.")
