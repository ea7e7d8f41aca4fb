"""Compares where every case stands by its stored columns with where it stands by its facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from monitoring.actions.standing import refresh, standing
from monitoring.models import ReceivedReferral
from monitoring.rules import stages

SHOWN = 50  # cases named; the rest are counted


class Command(BaseCommand):
    """Exits with 1 when a case differs; ``--repair`` writes the derived values and exits with 0."""

    help = "Compare the stored stage, turn and due date of every case with what its facts say."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to write, and whether to look at all of them."""
        parser.add_argument("--repair", action="store_true", help="write what the facts say")
        parser.add_argument("--sample", type=int, help="look at that many only, spread over all cases")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk over the cases; only reference numbers and codes are printed."""
        checked = different = 0
        for case in _cases(options["sample"]).iterator(chunk_size=500):
            checked += 1
            stored, derived = stages.stored(case), standing(case)
            if stored == derived:
                continue
            different += 1
            if different <= SHOWN:
                self.stdout.write(
                    f"{case.reference}: stored {_words(stored)}, by its facts {_words(derived)}"
                )
            if options["repair"]:
                refresh(case)
        self.stdout.write(f"{checked} cases checked, {different} different.")
        if different and not options["repair"]:
            raise CommandError("Stored columns differ from the facts.")


def _cases(sample: int | None) -> QuerySet[ReceivedReferral]:
    """All cases, or a sample of them: keys are random, so the first of them are as good as any."""
    cases = ReceivedReferral.objects.unscoped().order_by("pk")
    return cases if sample is None else cases.filter(pk__in=[*cases.values_list("pk", flat=True)[:sample]])


def _words(standing: stages.Standing) -> str:
    refused = f"/refused {standing.booking_refused_on}" if standing.booking_refused_on else ""
    return f"{standing.stage}/{standing.whose_turn}/{standing.due_on or 'no date'}{refused}"
