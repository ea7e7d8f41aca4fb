"""``manage.py measure_practitioner_lists``: what a practitioner's desk and lists cost, at full size."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.utils import timezone

from measurements.management.commands.measure_pages import BACKEND, by_itself, machine
from measurements.many_referrals.pages import HEADINGS, MOST_STATEMENTS, measure, row
from measurements.many_referrals.practitioners import pages, send_from
from monitoring.models import ReceivedReferral


class Command(BaseCommand):
    """Measures the database of DATABASE_URL as ``load_data`` filled it; adds who sent its referrals."""

    help = "Print statements and time of a practitioner's lists in a database that load_data filled. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much one practitioner has, and how often each page is asked for."""
        parser.add_argument("--each", type=int, default=1_000, help="cases of one practitioner (1,000)")
        parser.add_argument(
            "--times", type=int, default=7, help="requests of each page, for their median (7)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure as one practitioner; exits with 1 when a page took too much."""
        if not settings.DEMO_MODE:
            raise CommandError("Measuring needs invented people: only for demo mode.")
        user = send_from(each=options["each"], said=self.stderr.write)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        count = ReceivedReferral.objects.unscoped().count()
        self.stdout.write(f"{timezone.localdate():%d %B %Y}; {machine()}; {count:,} referrals\n")
        self.stdout.write(HEADINGS)
        over = 0
        with by_itself():
            client = Client()
            client.force_login(user, backend=BACKEND)
            for one in measure(client, pages(), times=options["times"], lists="referrals:case_list"):
                over += not one.is_within
                self.stdout.write(row(one))
        if over:
            raise CommandError(f"{over} pages above {MOST_STATEMENTS} statements or their time.")
