"""Compares how many cases ended, as it is kept for the lists, with the cases."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring.actions.count_ended import count_ended, wrongly_counted


class Command(BaseCommand):
    """Exits with 1 when a count differs; ``--repair`` counts anew and exits with 0."""

    help = "Compare the kept counts of ended cases with the cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write."""
        parser.add_argument("--repair", action="store_true", help="count anew, as every night")

    def handle(self, *args: Any, **options: Any) -> None:
        """Only ids of contracts, codes and numbers are printed."""
        different = wrongly_counted()
        for contract, stage, kept, counted in different:
            self.stdout.write(f"contract {contract}, {stage}: kept {kept}, by the cases {counted}")
        self.stdout.write(f"{len(different)} counts different.")
        if options["repair"]:
            count_ended()
        elif different:
            raise CommandError("Kept counts differ from the cases.")
