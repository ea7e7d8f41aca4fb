"""Blanks what is held of cases whose retention period is over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from personal_records.actions.apply_retention import apply_retention
from personal_records.models import RetentionRule


class Command(BaseCommand):
    """Names cases by their reference numbers. A dry run changes nothing and says the same."""

    help = "Delete the details of cases whose retention period is over, by the rules that are switched on in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to change anything."""
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply every rule that is on."""
        if not RetentionRule.objects.filter(is_on=True).exists():
            self.stdout.write("No retention rule is on.")
        cases: Counter[str] = Counter()
        rows: Counter[str] = Counter()
        for applied in apply_retention(now=timezone.now(), dry_run=options["dry_run"]):
            kind = RetentionRule.Kind(applied.kind).label
            self.stdout.write(f"{applied.reference}: {kind}. Rows: {applied.rows}.")
            cases[kind] += 1
            rows[kind] += applied.rows
        for kind in cases:
            self.stdout.write(f"{kind}. Cases: {cases[kind]}. Rows: {rows[kind]}.")
