"""``manage.py measure_supplier_lists``: what the lists and the report of the largest provider cost, at full size."""

from __future__ import annotations

import resource
from datetime import date
from statistics import median
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from measurements.database_work import processor_ms
from measurements.management.commands.measure_pages import BACKEND, by_itself, machine
from measurements.many_referrals.catalogue import manager_of_the_largest
from measurements.many_referrals.pages import (
    HEADINGS,
    MOST_MS,
    MOST_STATEMENTS,
    Measured,
    measure,
    pages_for,
    row,
)
from monitoring.actions.make_performance_report import make_report
from monitoring.models import PerformanceReport, ReceivedReferral
from monitoring.performance import file

MOST_SECONDS, MOST_MB = 10, 300  # for the report of all time


class Command(BaseCommand):
    """Measures the database of DATABASE_URL as ``load_data`` filled it; adds audit events and a report to it."""

    help = "Print statements and time of the supplier's lists in a database that load_data filled. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and how much is printed."""
        parser.add_argument(
            "--times", type=int, default=25, help="requests of each page, for their median (25)"
        )
        parser.add_argument("--brief", action="store_true", help="print the slowest page of each list only")
        parser.add_argument(
            "--slower-than", type=float, default=0, help="print pages above these ms of the database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure as a manager of the provider with the most contracts; exits with 1 when something took too much."""
        if not settings.DEMO_MODE:
            raise CommandError("Measuring needs invented people: only for demo mode.")
        user = _manager()
        counts = (ReceivedReferral.objects.unscoped().count(), ReceivedReferral.objects.open_to(user).count())
        self.stdout.write(f"{timezone.localdate():%d %B %Y}; {_machine()}")
        self.stdout.write("{:,} referrals, {:,} of them the provider's\n".format(*counts))
        with by_itself():
            report, report_is_within = _report(user)  # first: memory is measured as the most there ever was
            client = Client()
            client.force_login(user, backend=BACKEND)
            costs = [*measure(client, pages_for(user), times=options["times"])]
        self.stdout.write(HEADINGS)
        for one in _slowest_of_each_list(costs) if options["brief"] else costs:
            if one.cost.work_ms >= options["slower_than"]:
                self.stdout.write(row(one))
        self.stdout.write(f"\n{report}")
        over = sum(not one.is_within for one in costs)
        middle = median(one.cost.work_ms for one in costs)
        self.stdout.write(
            f"{len(costs)} pages, median {middle:.1f} ms; {over} above {MOST_MS:.0f} ms or {MOST_STATEMENTS} statements"
        )
        if over or not report_is_within:
            raise CommandError("Something took more than it may.")


def _manager() -> User:
    try:
        return manager_of_the_largest()
    except User.DoesNotExist:
        raise CommandError("This database has to be filled first: manage.py load_data") from None


def _report(user: User) -> tuple[str, bool]:
    """Make the report of all time, and say what it took; its file is deleted."""
    first = Contract.objects.granted_to(user).order_by("opens_on")[0].opens_on
    report = PerformanceReport(
        form_key=uuid4(),
        requested_by=user,
        requested_at=timezone.now(),
        from_date=min(first, date(2020, 1, 1)),
        to_date=timezone.localdate(),
    )
    report.save(force_insert=True)
    before, started, began = processor_ms(), process_time(), perf_counter()
    was_made = make_report(report.pk)
    seconds, worked = perf_counter() - began, process_time() - started
    if before is not None and (after := processor_ms()) is not None:
        worked += (after - before) / 1000
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = PerformanceReport.objects.unscoped().get(pk=report.pk)
    file.remove(report.pk)
    words = (
        f"Performance report of all time: {report.rows_done:,} rows in {seconds:.1f} s, {worked:.1f} s of processor "
        f"time, at most {megabytes:.0f} MB."
    )
    return words, was_made and seconds <= MOST_SECONDS and megabytes <= MOST_MB


def _slowest_of_each_list(costs: list[Measured]) -> list[Measured]:
    """One page of each kind, the slowest: kinds are named before the colon."""
    slowest: dict[str, Measured] = {}
    for one in costs:
        kind = one.page.name.partition(" (")[0].partition(":")[0] + (" (search)" if one.page.terms else "")
        if kind not in slowest or one.cost.work_ms > slowest[kind].cost.work_ms:
            slowest[kind] = one
    return [*slowest.values()]


def _machine() -> str:
    words = machine()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            words = words.replace("PostgreSQL", f"PostgreSQL {cursor.fetchone()[0].split()[0]}")
    return words
