"""``manage.py welcome ADDRESS``: says where the service is and who can sign in to the demo."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import demo


class Command(BaseCommand):
    """Print the address and, in demo mode, the demo accounts."""

    help = "Say where the service is and who can sign in to the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address that the service answers on."""
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        lines = [f"{settings.SERVICE_NAME} is running at {options['address']}"]
        if settings.DEMO_MODE:
            lines += [
                "",
                f"Demo accounts (one click each on the sign-in page; password {demo.PASSWORD}):",
                "",
            ]
            lines += [f"  {account.username:14} {account.name}. {account.shows}" for account in demo.ACCOUNTS]
        lines += ["", "Press Ctrl-C to stop."]
        rule = "-" * 80
        self.stdout.write("\n".join(["", rule, *lines, rule, ""]))
