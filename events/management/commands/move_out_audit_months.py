"""Takes an old month out of the audit trail, as a table of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from events.audit_months.moving_out import NotMovedOut, move_out


class Command(BaseCommand):
    """Exits with 1 when the month must stay."""

    help = "Verify a month of the audit trail, and make it a table that is no part of the trail any more."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and who runs it."""
        parser.add_argument("month", help="Such as 2016-01.")
        parser.add_argument("--by", required=True, help="User name of the administrator who runs this.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which table it is now."""
        by = User.objects.filter(username=User.normalize_username(options["by"])).first()
        if by is None:
            raise CommandError("There is no account with this user name.")
        try:
            table = move_out(date.fromisoformat(f"{options['month']}-01"), by=by)
        except ValueError:
            raise CommandError("Enter a month, such as 2016-01.") from None
        except NotMovedOut as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Moved out: {table}. Dump it, keep the dump, then drop the table.")
