"""``manage.py measure_catalogue``: what finding a service costs in a large catalogue, in a database of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from demo import seeding as demo
from measurements.management.commands.measure_pages import BACKEND, a_database, by_itself, machine
from measurements.many_referrals import services
from measurements.many_referrals.catalogue_pages import MOST_MS, Measured, measure


class Command(BaseCommand):
    """Measure, and print a table that docs/performance.md takes as it is."""

    help = "Print statements, time and bytes of finding a service among 500 contracts. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How large the catalogue is, and how often each page is opened."""
        parser.add_argument("--contracts", type=int, default=services.CONTRACTS)
        parser.add_argument("--activities", type=int, default=services.ACTIVITIES)
        parser.add_argument(
            "--times", type=int, default=7, help="requests of each page, for their median (7)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure in a temporary database; exits with 1 when a page takes more statements or bytes than it may."""
        if not settings.DEMO_MODE:
            raise CommandError("Measuring needs invented people: only for demo mode.")
        self.stdout.write(f"{timezone.localdate():%d %B %Y}; {machine()}")
        with a_database(), by_itself():
            demo.load_people_and_catalogue()
            services.make(
                contracts=options["contracts"], activities=options["activities"], today=timezone.localdate()
            )
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            client = Client()
            client.force_login(User.objects.get(username="pp"), backend=BACKEND)
            costs = [*measure(client, times=options["times"])]
        self.stdout.write(
            "{:,} contracts, {:,} activities\n".format(options["contracts"], options["activities"])
        )
        self.stdout.write(
            "| Page | statements | database ms | total ms | bytes |\n| --- | ---: | ---: | ---: | ---: |"
        )
        for one in costs:
            self.stdout.write(_row(one))
        slow = sum(one.cost.database_ms > MOST_MS for one in costs)
        over = sum(not one.is_within for one in costs)
        self.stdout.write(
            f"\n{len(costs)} pages; {over} above their statements or bytes, {slow} above {MOST_MS:.0f} ms."
        )
        if over:
            raise CommandError("A page took more than it may.")


def _row(one: Measured) -> str:
    cost = one.cost
    cells = (
        one.name,
        cost.statements,
        f"{cost.database_ms:.1f}",
        f"{cost.total_ms:.0f}",
        f"{cost.compressed_bytes:,}",
    )
    return f"| {' | '.join(map(str, cells))} |"
