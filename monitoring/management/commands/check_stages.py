"""Compares where every case stands by its stored columns with where it stands by its facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring import stages
from monitoring.models import ReceivedReferral

SHOWN = 50  # cases named; the rest are counted


class Command(BaseCommand):
    """Exits with 1 when a case differs; ``--repair`` writes the derived values and exits with 0."""

    help = "Compare the stored stage, turn and due date of every case with what its facts say."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--repair", action="store_true", help="write what the facts say")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk over the cases; only reference numbers and codes are printed."""
        checked = different = 0
        for case in ReceivedReferral.objects.unscoped().order_by("pk").iterator(chunk_size=500):
            checked += 1
            stored, derived = stages.stored(case), stages.standing(case)
            if stored == derived:
                continue
            different += 1
            if different <= SHOWN:
                self.stdout.write(
                    f"{case.reference}: stored {_words(stored)}, by its facts {_words(derived)}"
                )
            if options["repair"]:
                stages.refresh(case)
        self.stdout.write(f"{checked} cases checked, {different} different.")
        if different and not options["repair"]:
            raise CommandError("Stored columns differ from the facts.")


def _words(standing: stages.Standing) -> str:
    return f"{standing.stage}/{standing.whose_turn}/{standing.due_on or 'no date'}"
