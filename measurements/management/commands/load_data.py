"""``manage.py load_data --referrals 200000 --appointments 1000000``: a database as full as after years, to measure."""

from __future__ import annotations

from datetime import date
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from measurements.many_referrals.loading import SEED, Size, load
from monitoring.actions.keep_counts import keep_counts


class Command(BaseCommand):
    """Works in demo mode only, on the database of DATABASE_URL; make an empty one for it."""

    help = "Fill an empty database with invented cases at every stage. Refused outside demo mode."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much; and what makes it come out the same again."""
        parser.add_argument("--referrals", type=int, default=200_000)
        parser.add_argument("--appointments", type=int, default=1_000_000, help="in all, about")
        parser.add_argument("--contracts", type=int, default=200)
        parser.add_argument("--providers", type=int, default=50, help="at most 50")
        parser.add_argument(
            "--of-the-first", type=int, default=1, help="contracts of the first provider, at least: to make it large"
        )
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--today", type=date.fromisoformat, help="the day up to which cases have come")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how much and how long."""
        started = monotonic()
        size = Size(
            options["referrals"],
            options["appointments"],
            options["contracts"],
            min(50, options["providers"]),
            options["of_the_first"],
        )
        made = load(
            size,
            today=options["today"] or timezone.localdate(),
            seed=options["seed"],
            said=lambda words: self.stderr.write(f"{monotonic() - started:6.0f} s  {words}"),
        )
        keep_counts()
        for name, count in made.items():
            self.stdout.write(f"{name:26}{count:>12,}")
        self.stdout.write(f"Loaded in {monotonic() - started:.0f} s.")
