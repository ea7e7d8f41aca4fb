"""Exports everything that is held about a person, for a subject access request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from events.crn import crn_of
from events.refusals import Refused
from personal_records.actions.export_person import export_person
from personal_records.private_files import private_file


class Command(BaseCommand):
    """Writes one zip file, readable by its owner only, and prints where it is."""

    help = (
        "Export everything that is held about a person: a zip file with a page to read and the same as JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, where to, and who runs it."""
        parser.add_argument("crn", help="The person's CRN.")
        parser.add_argument("--out", required=True, type=Path, help="An existing folder.")
        parser.add_argument("--by", required=True, help="User name of the administrator who runs this.")
        parser.add_argument(
            "--unshared-risk",
            action="store_true",
            help="With the text about risk that was not shared. Needs the data protection permission.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say why not and leave none."""
        crn = crn_of(options["crn"])
        if crn is None:
            raise CommandError("Enter a CRN: 1 letter and 6 numbers.")
        by = User.objects.filter(username=User.normalize_username(options["by"])).first()
        if by is None:
            raise CommandError("There is no account with this user name.")
        path: Path = options["out"] / f"{crn}.zip"
        if not path.parent.is_dir():
            raise CommandError("There is no such folder.")
        try:
            with private_file(path) as file:
                made = export_person(crn=crn, by=by, to=file, with_unshared=options["unshared_risk"])
        except FileExistsError:
            raise CommandError(f"{path} is there already.") from None
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write(f"{path}: {made.records} records.")
