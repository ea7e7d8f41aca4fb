"""``manage.py import_offices FILE``: the register of probation offices, in the columns of the public register."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interventions.models import ProbationRegion
from interventions.reference import offices


class Command(BaseCommand):
    """Takes the whole register or nothing, and says what it added, changed and closed."""

    help = "Bring the probation offices into line with a CSV file. One wrong row, and nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, metavar="FILE", help=f"CSV with {', '.join(offices.COLUMNS)}")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Read, check every row, then import."""
        try:
            # Spreadsheets put a mark in front of UTF-8.
            lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from None
        try:
            register = offices.read(lines, regions=ProbationRegion.objects.values_list("code", flat=True))
        except offices.WrongRegister as wrong:
            raise CommandError("\n".join(["Nothing was changed.", *wrong.problems])) from None
        changes = offices.bring_into_line(register)
        for word, names in (
            ("Added", changes.added), ("Changed", changes.changed), ("Closed", changes.closed)
        ):  # fmt: skip
            for name in names:
                self.stdout.write(f"{word}: {name}")
        self.stdout.write(
            f"Offices: {len(changes.added)} added, {len(changes.changed)} changed, {len(changes.closed)} closed."
        )
