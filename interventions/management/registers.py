"""What the commands that import a public register of places have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from interventions.reference.register import InvalidRegister, Register


class ImportCommand(BaseCommand):
    """Takes the whole register or nothing, and says what it added, changed and closed."""

    register: ClassVar[Register[Any]]
    #: What the places are called, at the start of the last line.
    called: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=f"CSV with {', '.join(self.register.columns)}"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            # Spreadsheets put a mark in front of UTF-8.
            lines = StringIO(file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from None
        try:
            changes = self.register.synchronise(self.register.read(lines))
        except InvalidRegister as error:
            raise CommandError("\n".join(["Nothing was changed.", *error.problems])) from None
        named = {"Added": changes.added, "Changed": changes.changed, "Closed": changes.closed}
        for word, names in named.items():
            for name in names:
                self.stdout.write(f"{word}: {name}")
        counts = ", ".join(f"{len(names)} {word.lower()}" for word, names in named.items())
        self.stdout.write(f"{self.called}: {counts}.")
