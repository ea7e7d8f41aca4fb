"""Corrects a person's CRN everywhere, or undoes a correction: what the admin does, for operators."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from events.crn import crn_of
from events.crn_changes.models import CrnChange
from events.refusals import OutOfDate, Refused
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from referrals.actions import correct_crn as correcting
from referrals.pulls.both_crns import compare

SAME = {"name": "Name in nDelius", "date_of_birth": "Date of birth in nDelius"}


class Command(BaseCommand):
    """Says what would be done unless told to do it. Names CRNs and reference numbers, and no person."""

    help = (
        "Correct the CRN of a person in all referrals and drafts, or undo a correction. Without --do, only says what "
        "it would do. To see the names and dates of birth side by side, use the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """From which CRN to which, or which correction to undo; who runs it, and why."""
        parser.add_argument("old", nargs="?", help="The CRN that referrals have now.")
        parser.add_argument("new", nargs="?", help="The CRN that they get.")
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="Undo the correction of this number instead.")
        parser.add_argument("--by", required=True, help="User name of the administrator who runs this.")
        parser.add_argument("--reason", default="", help="Why. Kept with the correction.")
        parser.add_argument(
            "--same-person", action="store_true",
            help="You have checked that it is the same person, although the name or date of birth is different.",
        )  # fmt: skip
        parser.add_argument("--do", action="store_true", help="Do it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what it does; do it when told."""
        by = User.objects.filter(username=User.normalize_username(options["by"])).first()
        if by is None:
            raise CommandError("There is no account with this user name.")
        try:
            number = self._undo(options, by) if options["undo"] is not None else self._correct(options, by)
        except (Refused, OutOfDate) as refused:
            raise CommandError(refused.reason) from None
        except NotFound:
            raise CommandError("nDelius has no person with the new CRN.") from None
        except UpstreamFailure as failure:
            raise CommandError(said_of(NDELIUS, failure, "so we cannot check the new CRN.")) from None
        done = f"Done: correction {number}." if number else "Nothing was changed. Add --do and --reason to do it."
        self.stdout.write(done)

    def _correct(self, options: dict[str, Any], by: User) -> int | None:
        old, new = crn_of(options["old"] or ""), crn_of(options["new"] or "")
        if old is None or new is None:
            raise CommandError("Enter the old and the new CRN: 1 letter and 6 numbers each.")
        planned = correcting.plan(old=old, new=new)
        self._say(planned)
        both = compare(planned.newest, new)
        for name, label in SAME.items():
            self.stdout.write(f"{label}: {'different' if name in both.differences else 'the same'}")
        if not options["do"]:
            return None
        return correcting.correct_crn(
            old=old, new=new, seen=correcting.seen_as(planned, both), reason=options["reason"], by=by,
            confirmed=both.differences if options["same_person"] else (), source=CrnChange.Source.COMMAND,
        ).number  # fmt: skip

    def _undo(self, options: dict[str, Any], by: User) -> int | None:
        change = CrnChange.objects.filter(number=options["undo"]).first()
        if change is None:
            raise CommandError("There is no correction of this number.")
        planned = correcting.plan_to_undo(change)
        self._say(planned)
        if not options["do"]:
            return None
        return correcting.undo_correction(
            change=change, seen=planned.seen_as, reason=options["reason"], by=by, source=CrnChange.Source.COMMAND
        ).number

    def _say(self, planned: correcting.Plan) -> None:
        references = ", ".join(case.reference for case in planned.cases) or "none"
        for line in (
            f"From {planned.old} to {planned.new}:",
            f"  sent referrals: {references}",
            f"  drafts: {len(planned.drafts)}",
            f"  corrected versions not shared yet: {planned.corrections}",
            f"  appointments to come: {planned.appointments}",
            f"  updates that wait for nDelius: {planned.updates}",
        ):
            self.stdout.write(line)
