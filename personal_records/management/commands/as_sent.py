"""Writes down a referral as it was sent, whatever was changed, corrected or recalled since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from events.refusals import Refused
from personal_records.actions.export_as_sent import export_as_sent
from personal_records.private_files import private_file


class Command(BaseCommand):
    """Writes one JSON file, readable by its owner only, and prints where it is."""

    help = (
        "Write down a referral as it was sent: a JSON file, checked against the seal that it got on sending."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, where to, and who runs it."""
        parser.add_argument("reference", help="The reference number of the referral.")
        parser.add_argument("--out", required=True, type=Path, help="An existing folder.")
        parser.add_argument("--by", required=True, help="User name of the administrator who runs this.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say why not and leave none."""
        reference = "".join(options["reference"].split()).upper()
        by = User.objects.filter(username=User.normalize_username(options["by"])).first()
        if by is None:
            raise CommandError("There is no account with this user name.")
        if not reference.isalnum():
            raise CommandError("Enter a reference number, such as KW5219ED.")
        path: Path = options["out"] / f"{reference}.json"
        if not path.parent.is_dir():
            raise CommandError("There is no such folder.")
        try:
            with private_file(path) as file:
                fits = export_as_sent(reference=reference, by=by, to=file)
        except FileExistsError:
            raise CommandError(f"{path} is there already.") from None
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write(f"{path}: {'fits' if fits else 'DOES NOT FIT'} the seal it got when it was sent.")
