"""Filling ten years of the audit trail and measuring look-ups in it: PostgreSQL and demo mode only."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from events.audit_months.months import following, month_of, start_of
from events.models import AuditEvent
from measurements.audit_trail.filling import MONTHS
from measurements.many_referrals.loading import Size, load

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite the trail is one table")


@on_postgresql
def test_ten_years_are_written_month_by_month_about_cases_that_are_there() -> None:
    load(Size(referrals=20, appointments=60, contracts=2, providers=2), today=timezone.localdate())
    said = StringIO()

    call_command("measure_audit_trail", events=MONTHS * 5, times=1, stdout=said, stderr=StringIO())

    this_month = month_of(timezone.now())
    first = start_of(following(this_month, by=-MONTHS))
    written = AuditEvent.objects.filter(at__gte=first, at__lt=start_of(this_month))
    months = written.order_by().annotate(month=TruncMonth("at")).values_list("month").annotate(Count("pk"))
    assert {number for _, number in months} == {5}
    assert len(months) == MONTHS
    assert not written.filter(referral=None).exists()
    lines = [line for line in said.getvalue().splitlines() if line.startswith("| ")]
    assert len(lines) == 2 + 9, said.getvalue()
    assert "One event in a transaction: median" in said.getvalue()
    with pytest.raises(CommandError, match="filled before"):
        call_command("measure_audit_trail", events=MONTHS, stdout=StringIO())


@on_postgresql
def test_without_cases_there_is_nothing_to_tell_of() -> None:
    with pytest.raises(CommandError, match="load_data"):
        call_command("measure_audit_trail", events=MONTHS, stdout=StringIO())


def test_only_in_demo_mode(settings) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="demo mode"):
        call_command("measure_audit_trail")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has months")
def test_one_table_is_not_measured() -> None:
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("measure_audit_trail", stdout=StringIO())
