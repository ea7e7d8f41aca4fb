"""Checks that the disclosure record is as it was written: nothing changed, taken out or put in another order."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.disclosures.verifying import verify


class Command(BaseCommand):
    """Exits with 1 when an entry is missing or is not as it was written, and names each."""

    help = "Check every chain of the disclosure record and name what was changed or is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk every chain; only ids and names of columns are printed."""
        verified = verify()
        for fault in verified.faults:
            self.stdout.write(f"{fault.referral}, entry {fault.number}: {fault.what}")
        self.stdout.write(f"Referrals checked: {verified.chains}. Entries: {verified.entries}.")
        if verified.blanked:
            self.stdout.write(f"Details deleted because their retention period was over: {verified.blanked}.")
        if verified.wrong:
            raise CommandError(f"Missing or not as they were written: {verified.wrong}.")
