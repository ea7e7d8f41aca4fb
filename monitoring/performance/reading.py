"""Reading the cases of a performance report, a few hundred at a time, so that memory stays small.

Begins with who asked: only the contracts granted to them when the report is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.models import (
    ActionPlan,
    Appointment,
    OutcomeAchievement,
    Purpose,
    ReceivedOutcome,
    ReceivedReferral,
)
from monitoring.performance.columns import ReportedAssessment, ReportedCase, ReportedPlan, became
from prepared.queries import PreparedQuery
from read_replica.long_reads import LongRead

AT_A_TIME = 500

# What there is of the cases with some keys, as tuples. As models, and with a parameter for each key, they took three
# times as long to read. Each is told which database to ask.
_CASES = PreparedQuery(
    lambda using, keys: (
        ReceivedReferral.objects.unscoped()
        .using(using)
        .filter(pk__among=keys)
        .order_by()
        .values_list(
            "pk", "reference", "crn", "received_at", "contract_id", "caseworker__username", "end_requested_at",
            "end_reason", "concluded_at", "completion_date", "sentence_ends_on", "end_of_service_report__submitted_at",
        )  # fmt: skip
    )
)
# Never the texts of feedback: the report holds none, and they are most of what there is to read.
_ASSESSMENTS = PreparedQuery(
    lambda using, keys: (
        Appointment.objects.unscoped()
        .using(using)
        .filter(received__among=keys, purpose=Purpose.ASSESSMENT)
        .values_list(
            "received", "starts_at", "scheduled_at", "closed_as", "feedback__was_late",
            "feedback__happened", "feedback__attended", "feedback__submitted_at",
        )  # fmt: skip
    )
)
# The first that was held, and how many were: a case has a dozen.
_SESSIONS = PreparedQuery(
    lambda using, keys: (
        Appointment.objects.unscoped()
        .using(using)
        .happened()
        .filter(received__among=keys, purpose=Purpose.SESSION)
        .order_by()
        .values_list("received")
        .annotate(first=Min("starts_at"), held=Count("session", distinct=True))
    )
)
_PLANS = PreparedQuery(
    lambda using, keys: (
        ActionPlan.objects.unscoped()
        .using(using)
        .submitted()
        .filter(received__among=keys)
        .order_by("number")
        .values_list("received", "sessions", "submitted_at")
    )
)
_HOW_MANY_OUTCOMES = PreparedQuery(
    lambda using, keys: (
        ReceivedOutcome.objects.unscoped()
        .using(using)
        .filter(removed_at=None, service__received__among=keys)
        .order_by()
        .values_list("service__received")
        .annotate(count=Count("pk"))
    )
)
_ACHIEVEMENTS = PreparedQuery(
    lambda using, keys: (
        OutcomeAchievement.objects.unscoped()
        .using(using)
        .filter(report__received__among=keys)
        .values_list("report__received", "level")
    )
)


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
        self._keys: list[UUID] = self._database.read(lambda using: [*cases.using(using).iterator()])

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[list[ReportedCase]]:
        for start in range(0, len(self._keys), AT_A_TIME):
            keys = self._keys[start : start + AT_A_TIME]
            yield self._database.read(partial(self._with_everything, keys))

    def _with_everything(self, keys: list[UUID], using: str) -> list[ReportedCase]:
        """The cases with these keys, in their order."""
        of_these = frozenset(keys)
        cases = {case.id: case for case in map(self._case, _CASES.rows(using, keys=of_these))}
        for row in _ASSESSMENTS.rows(using, keys=of_these):
            key, starts_at, scheduled_at, closed_as, was_late, happened, attended, submitted_at = row
            branch = became(happened, attended, submitted_at)
            cases[key].assessments.append(ReportedAssessment(starts_at, scheduled_at, closed_as, was_late, branch))
        for key, first, held in _SESSIONS.rows(using, keys=of_these):
            cases[key].first_session_at, cases[key].sessions_held = first, held
        for key, sessions, submitted_at in _PLANS.rows(using, keys=of_these):
            cases[key].plans.append(ReportedPlan(sessions, submitted_at))
        for key, count in _HOW_MANY_OUTCOMES.rows(using, keys=of_these):
            cases[key].outcomes = count
        for key, level in _ACHIEVEMENTS.rows(using, keys=of_these):
            cases[key].levels.append(level)
        return [cases[key] for key in keys]

    def _case(self, row: tuple[Any, ...]) -> ReportedCase:
        pk, reference, crn, received_at, contract_id, caseworker, *rest = row
        contract = self._contracts[contract_id]
        of_contract = (contract_id, contract.reference, contract.prime.code)
        return ReportedCase(pk, reference, crn, received_at, *of_contract, caseworker or "", *rest)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
