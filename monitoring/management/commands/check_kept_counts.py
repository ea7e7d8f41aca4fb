"""Compares how many cases were received and ended, as it is kept for the lists, with the cases."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.actions.keep_counts import keep_counts, wrongly_counted


class Command(BaseCommand):
    """Exits with 1 when a count differs; ``--repair`` counts anew and exits with 0."""

    help = "Compare the counts kept for lists with the cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write."""
        parser.add_argument("--repair", action="store_true", help="count anew, as every night")

    def handle(self, *args: Any, **options: Any) -> None:
        """Only ids of contracts, codes and numbers are printed."""
        different = wrongly_counted()
        for contract, what, kept, counted in different:
            self.stdout.write(f"contract {contract}, {what}: kept {kept}, by the cases {counted}")
        self.stdout.write(f"{len(different)} counts different.")
        if options["repair"]:
            keep_counts()
        elif different:
            raise CommandError("Kept counts differ from the cases.")
