"""Prints the stages of a case as a Mermaid picture, or writes it into the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from monitoring.rules.stage_diagram import mermaid, with_picture


class Command(BaseCommand):
    """``draw_stages`` prints; ``draw_stages --write`` brings README.md up to date."""

    help = "Draw the stages of a case as a Mermaid state diagram."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--write", action="store_true", help="write it into README.md between its marks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, or write."""
        if not options["write"]:
            self.stdout.write(mermaid())
            return
        readme = Path(settings.BASE_DIR, "README.md")
        readme.write_text(with_picture(readme.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write("README.md is up to date.")
