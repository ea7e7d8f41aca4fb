"""``manage.py welcome ADDRESS``: says where the service is, who can sign in to the demo, and whom to refer."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import demo
from accounts.demo_people import TO_TRY


class Command(BaseCommand):
    """Print the address and, in demo mode, the demo accounts and CRNs to try."""

    help = "Say where the service is, who can sign in to the demo, and which CRNs to try."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address that the service answers on."""
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        lines = [f"{settings.SERVICE_NAME} is running at {options['address']}"]
        if settings.DEMO_MODE:
            lines += ["", f"Sign in with one click on that page, or with the password {demo.PASSWORD}:", ""]
            lines += [f"  {account.username:14} {account.name}. {account.shows}" for account in demo.ACCOUNTS]
            lines += ["", "CRNs to try, as a probation practitioner:", ""]
            lines += [f"  {person.crn}  {person.shows}" for person in TO_TRY]
        lines += ["", "Press Ctrl-C to stop."]
        rule = "-" * 80
        self.stdout.write("\n".join(["", rule, *lines, rule, ""]))
