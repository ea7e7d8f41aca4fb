"""Adds and changes contracts from JSON files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from interventions.contract_files.importing import import_contracts


class Command(BaseCommand):
    """All files or nothing; every fault is named with its place."""

    help = "Import contracts from JSON files, one contract or a list of contracts in each."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which files, who runs it, and whether to change anything."""
        parser.add_argument("files", nargs="+", type=Path, help="JSON files.")
        parser.add_argument("--by", required=True, help="User name of the administrator who runs this.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or say what is wrong."""
        by = User.objects.filter(username=User.normalize_username(options["by"]), is_active=True).first()
        if by is None or not by.is_administrator:
            raise CommandError("There is no administrator with this user name.")
        contracts: list[Any] = []
        for path in options["files"]:
            try:
                given = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                raise CommandError(f"{path}: This file cannot be read, or is not JSON.") from None
            contracts += given if isinstance(given, list) else [given]
        imported = import_contracts(json.dumps(contracts), by=by, dry_run=options["dry_run"])
        if imported.faults:
            for fault in imported.faults:
                self.stderr.write(str(fault))
            raise CommandError("Nothing was imported.")
        for step in imported.steps:
            self.stdout.write(f"{step.reference}: {step.words}")
