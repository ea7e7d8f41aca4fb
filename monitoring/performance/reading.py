"""Reading the cases of a performance report, a few hundred at a time, so that memory stays small.

Begins with who asked: only the contracts granted to them when the report is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
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
from monitoring.performance.columns import ReportedCase
from read_replica.long_reads import LongRead

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


class CasesOfPeriod:
    """The cases that ``user`` may see, received on a day of the period (UK days, both included), in that order.

    Which contracts are theirs is asked of the database itself, once, when the read begins; the cases, of a replica when
    there is one. Iterating gives lists of at most 500. Its length is known before.
    """

    def __init__(self, user: User, first: date, last: date) -> None:
        self._contracts = {
            contract.pk: contract for contract in Contract.objects.granted_to(user).select_related("prime")
        }
        cases = (
            ReceivedReferral.objects.on_contracts(self._contracts.values())
            .filter(received_at__gte=_start_of(first), received_at__lt=_start_of(last + timedelta(days=1)))
            .order_by("received_at", "pk")
            .values_list("pk", flat=True)
        )
        self._database = LongRead()
        self._keys: list[UUID] = self._database.read(lambda using: [*cases.using(using)])

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[list[ReportedCase]]:
        for start in range(0, len(self._keys), AT_A_TIME):
            keys = self._keys[start : start + AT_A_TIME]
            yield self._database.read(partial(self._with_everything, keys))

    def _with_everything(self, keys: list[UUID], using: str) -> list[ReportedCase]:
        rows = ReceivedReferral.objects.unscoped().using(using).filter(pk__in=keys).only(*CASE_COLUMNS)
        caseworkers = User.objects.using(using).filter(pk__in={row.caseworker_id for row in rows})
        names = dict(caseworkers.values_list("pk", "username"))
        cases = {}
        for row in rows:
            contract = self._contracts[row.contract_id]
            name = names.get(row.caseworker_id or 0, "")
            cases[row.pk] = ReportedCase(row, contract.reference, contract.prime.code, caseworker=name)
        appointments = Appointment.objects.unscoped().using(using).filter(received__in=keys)
        for appointment in appointments.select_related("feedback").only(*APPOINTMENT_COLUMNS):
            cases[appointment.received_id].appointments.append(appointment)
        for plan in ActionPlan.objects.unscoped().using(using).filter(received__in=keys):
            cases[plan.received_id].plans.append(plan)
        outcomes = (
            ReceivedOutcome.objects.unscoped()
            .using(using)
            .filter(service__received__in=keys, removed_at=None)
        )
        counted = outcomes.order_by().values_list("service__received").annotate(count=Count("pk"))
        for key, count in counted:
            cases[key].outcomes = count
        reports = EndOfServiceReport.objects.unscoped().using(using).submitted()
        for report in reports.filter(received__in=keys):
            cases[report.received_id].report_submitted_at = report.submitted_at
        for key, achievements in _achievements(keys, using).items():
            cases[key].achievements = achievements
        return [cases[key] for key in keys]


def _achievements(keys: list[UUID], using: str) -> dict[Any, list[OutcomeAchievement]]:
    found: dict[Any, list[OutcomeAchievement]] = defaultdict(list)
    rows = OutcomeAchievement.objects.unscoped().using(using).filter(report__received__in=keys)
    for achievement in rows.select_related("report").defer("progress", "remaining"):
        found[achievement.report.received_id].append(achievement)
    return found


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
