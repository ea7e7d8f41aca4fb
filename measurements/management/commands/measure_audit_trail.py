"""``manage.py measure_audit_trail --events 50000000``: what the audit trail costs after ten years."""

from __future__ import annotations

from statistics import median
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from events.audit_months.partitions import is_partitioned
from measurements.audit_trail.filling import NotEmpty, fill
from measurements.audit_trail.look_ups import MOST_MS, look_ups, seconds_of_one
from measurements.management.commands.measure_pages import BACKEND, by_itself, machine
from measurements.page_cost import cost_of

WRITTEN = 500  # events, each in a transaction of its own


class Command(BaseCommand):
    """Measures the database of DATABASE_URL as ``load_data`` filled it, on PostgreSQL; adds audit events to it."""

    help = "Fill ten years of the audit trail, and print what administrators' look-ups cost. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and how often each page is asked for."""
        parser.add_argument("--events", type=int, default=0, help="to write before measuring (none)")
        parser.add_argument("--times", type=int, default=9, help="requests of each page, for their median (9)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 when a look-up takes more than it may."""
        if not settings.DEMO_MODE:
            raise CommandError("Measuring needs invented people: only for demo mode.")
        if not is_partitioned():
            raise CommandError("The audit trail has months on PostgreSQL only.")
        self.stdout.write(f"{timezone.localdate():%d %B %Y}; {machine()}")
        if options["events"]:
            self._fill(options["events"])
        with by_itself():
            self._measure(options["times"])

    def _fill(self, events: int) -> None:
        started = monotonic()
        try:
            fill(events, said=lambda words: self.stderr.write(f"{monotonic() - started:6.0f} s  {words}"))
        except NotEmpty:
            raise CommandError("This audit trail was filled before.") from None
        except ValueError:
            raise CommandError("This database has to be filled first: manage.py load_data") from None
        self.stdout.write(f"{events:,} events in {monotonic() - started:.0f} s.")

    def _measure(self, times: int) -> None:
        administrator = User.objects.filter(is_superuser=True)[0]
        client = Client()
        client.force_login(administrator, backend=BACKEND)
        self.stdout.write("\n| Look-up | events | statements | database ms | total ms | |")
        self.stdout.write("| --- | ---: | ---: | ---: | ---: | --- |")
        over = 0
        for one in look_ups():
            cost = cost_of(client, one.address, times=times)
            over += (is_over := cost.database_ms > MOST_MS)
            events = "" if one.events is None else f"{one.events:,}"
            said = "too much" if is_over else ""
            self.stdout.write(
                f"| {one.name} | {events} | {cost.statements} | {cost.database_ms:.1f} | {cost.total_ms:.0f} | {said} |"
            )
        took = sorted(seconds_of_one(administrator, times=WRITTEN))
        self.stdout.write(
            f"\nOne event in a transaction: median {median(took) * 1000:.2f} ms, least {took[0] * 1000:.2f}."
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_size_pretty(sum(pg_total_relation_size(inhrelid))) FROM pg_inherits"
                " WHERE inhparent = 'events_auditevent'::regclass"
            )
            self.stdout.write(f"Tables and indexes: {cursor.fetchone()[0]}.")
        if over:
            raise CommandError(f"{over} look-ups above {MOST_MS:.0f} ms.")
