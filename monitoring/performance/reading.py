"""Reading the cases of a performance report, a few hundred at a time, so that memory stays small.

Begins with who asked: only the contracts granted to them when the report is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.models import (
    ActionPlan,
    Appointment,
    EndOfServiceReport,
    OutcomeAchievement,
    ReceivedOutcome,
    ReceivedReferral,
)
from monitoring.models.received_referral import ReceivedReferralQuerySet
from monitoring.performance.columns import ReportedCase

AT_A_TIME = 500
CASE_COLUMNS = (
    "reference", "crn", "contract_id", "caseworker_id", "received_at", "end_requested_at", "end_reason",
    "concluded_at", "conclusion", "completion_date", "sentence_ends_on",
)  # fmt: skip
# Never the texts of feedback: the report holds none, and they are most of what there is to read.
APPOINTMENT_COLUMNS = (
    "received_id", "purpose", "session_id", "starts_at", "scheduled_at", "closed_as",
    "feedback__happened", "feedback__attended", "feedback__was_late", "feedback__submitted_at",
)  # fmt: skip


def cases_between(user: User, first: date, last: date) -> ReceivedReferralQuerySet:
    """The cases that ``user`` may see, received on a day of the period (UK days, both included)."""
    return ReceivedReferral.objects.open_to(user).filter(
        received_at__gte=_start_of(first), received_at__lt=_start_of(last + timedelta(days=1))
    )


def read(user: User, first: date, last: date) -> Iterator[list[ReportedCase]]:
    """The cases in the order received, in lists of at most 500."""
    contracts = {
        contract.pk: (contract.reference, contract.prime.code)
        for contract in Contract.objects.granted_to(user).select_related("prime")
    }
    keys = list(cases_between(user, first, last).order_by("received_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_A_TIME):
        yield _with_everything(keys[start : start + AT_A_TIME], contracts)


def _with_everything(keys: list[UUID], contracts: dict[int, tuple[str, str]]) -> list[ReportedCase]:
    rows = ReceivedReferral.objects.unscoped().filter(pk__in=keys).only(*CASE_COLUMNS)
    names = dict(
        User.objects.filter(pk__in={row.caseworker_id for row in rows}).values_list("pk", "username")
    )
    cases = {
        row.pk: ReportedCase(
            row, *contracts[row.contract_id], caseworker=names.get(row.caseworker_id or 0, "")
        )
        for row in rows
    }
    appointments = Appointment.objects.unscoped().filter(received__in=keys).select_related("feedback")
    for appointment in appointments.only(*APPOINTMENT_COLUMNS):
        cases[appointment.received_id].appointments.append(appointment)
    for plan in ActionPlan.objects.unscoped().filter(received__in=keys):
        cases[plan.received_id].plans.append(plan)
    outcomes = ReceivedOutcome.objects.unscoped().filter(service__received__in=keys, removed_at=None).order_by()
    for key, count in outcomes.values_list("service__received").annotate(count=Count("pk")):
        cases[key].outcomes = count
    for report in EndOfServiceReport.objects.unscoped().submitted().filter(received__in=keys):
        cases[report.received_id].report_submitted_at = report.submitted_at
    for key, achievements in _achievements(keys).items():
        cases[key].achievements = achievements
    return [cases[key] for key in keys]


def _achievements(keys: list[UUID]) -> dict[Any, list[OutcomeAchievement]]:
    found: dict[Any, list[OutcomeAchievement]] = defaultdict(list)
    rows = OutcomeAchievement.objects.unscoped().filter(report__received__in=keys).select_related("report")
    for achievement in rows.defer("progress", "remaining"):
        found[achievement.report.received_id].append(achievement)
    return found


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
