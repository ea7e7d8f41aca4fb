"""Everything that was done on one case, read for its progress page in a number of statements that never grows.

Decides nothing and says nothing: see ``monitoring.presenters.progress``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet, Value
from django.utils.functional import SimpleLazyObject

from monitoring.access.staff_names import People
from monitoring.models import (
    ActionPlan,
    Appointment,
    Assignment,
    DeliverySession,
    EndOfServiceReport,
    Pause,
    PlanChangeRequest,
    Purpose,
    Question,
    ReceivedReferral,
    ReferralChange,
    ServiceLevel,
    UndeliveredMessage,
)
from monitoring.rules.case_facts import day_of
from prepared.queries import PreparedQuery


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """The rows of one case, each kind in the order in which it happened."""

    received: ReceivedReferral
    assignments: list[Assignment]
    appointments: list[Appointment]  # with their feedback
    sessions: list[DeliverySession]
    plans: list[ActionPlan]
    change_requests: list[PlanChangeRequest]
    report: EndOfServiceReport | None
    questions: list[Question]
    pauses: list[Pause]
    changes: list[ReferralChange]  # without their texts
    levels: Mapping[str, int]  # working days, by timer; read when a sentence asks for them
    people: People
    undelivered: list[UndeliveredMessage]

    def assessments(self) -> list[Appointment]:
        """Appointments for the supplier assessment, the newest first."""
        return [one for one in reversed(self.appointments) if one.purpose == Purpose.ASSESSMENT]

    def appointments_of(self, session: DeliverySession) -> list[Appointment]:
        """Appointments for one session, the newest first."""
        return [one for one in reversed(self.appointments) if one.session_id == session.pk]


def progress_of(received: ReceivedReferral) -> CaseProgress:
    """Read the case. At most eleven statements, one less when the end of service report was read with the case."""
    assignments = _ASSIGNMENTS.rows(received=received.pk)
    appointments = _APPOINTMENTS.rows(received=received.pk)
    plans = _PLANS.rows(received=received.pk)
    sessions = _SESSIONS.rows(received=received.pk)
    report: EndOfServiceReport | None = getattr(received, "end_of_service_report", None)
    questions = _QUESTIONS.rows(received=received.pk)
    pauses = _PAUSES.rows(received=received.pk)
    changes, undelivered = _changes_and_undelivered(received)
    is_planned = any(plan.is_submitted for plan in plans)
    change_requests = _CHANGE_REQUESTS.rows(received=received.pk) if is_planned else []
    of_the_case: list[Any] = [*assignments, *appointments, *plans, *sessions, *questions, *pauses]
    for one in of_the_case:
        one.received = received
    return CaseProgress(
        received=received,
        assignments=assignments,
        appointments=appointments,
        sessions=sessions,
        plans=plans,
        change_requests=change_requests,
        report=report,
        questions=questions,
        pauses=pauses,
        changes=changes,
        levels=cast(
            "Mapping[str, int]",
            SimpleLazyObject(lambda: ServiceLevel.objects.holding_on(day_of(received.received_at))),
        ),
        people=People(
            [
                received.caseworker_id,
                received.end_requested_by_id,
                report.submitted_by_id if report else None,
                *(pk for one in assignments for pk in (one.caseworker_id, one.assigned_by_id)),
                *(pk for one in appointments for pk in (one.scheduled_by_id, _recorded_by(one))),
                *(one.submitted_by_id for one in plans),
                *(one.asked_by_id for one in change_requests),
                *(pk for one in questions for pk in (one.asked_by_id, one.answered_by_id)),
                *(one.set_by_id for one in pauses),
            ],
            contract=received.contract_id,
        ),
        undelivered=undelivered,
    )


_ASSIGNMENTS = PreparedQuery(
    lambda received: Assignment.objects.unscoped().filter(received=received).order_by("assigned_at")
)
_APPOINTMENTS = PreparedQuery(
    lambda received: (
        Appointment.objects.unscoped()
        .filter(received=received)
        .select_related("feedback")
        .order_by("scheduled_at", "starts_at")
    )
)
_PLANS = PreparedQuery(
    lambda received: ActionPlan.objects.unscoped().filter(received=received).order_by("number")
)
_SESSIONS = PreparedQuery(
    lambda received: DeliverySession.objects.unscoped().filter(received=received).order_by("number")
)
_QUESTIONS = PreparedQuery(
    lambda received: (
        Question.objects.unscoped().filter(received=received).defer("text", "answer").order_by("asked_at")
    )
)
_PAUSES = PreparedQuery(
    lambda received: Pause.objects.unscoped().filter(received=received).order_by("starts_on")
)
_CHANGE_REQUESTS = PreparedQuery(
    lambda received: PlanChangeRequest.objects.unscoped().filter(plan__received=received).order_by("asked_at")
)


def _changes_and_undelivered(
    received: ReceivedReferral,
) -> tuple[list[ReferralChange], list[UndeliveredMessage]]:
    """Both in one read, the oldest first, each with what the page says of it and no more."""
    rows = _TOLD.rows(received=received.pk)
    told: tuple[list[ReferralChange], list[UndeliveredMessage]] = ([], [])
    for kind, at, what, more, by_or_why, state in sorted(rows, key=lambda row: row[1]):
        if kind == "change":
            told[0].append(ReferralChange(at=at, topic=what, category_name=more, by_name=by_or_why))
        else:
            told[1].append(UndeliveredMessage(at=at, receiver=what, about=more, why=by_or_why, state=state))
    return told


def _told(received: UUID) -> QuerySet[Any, Any]:
    changes = ReferralChange.objects.unscoped().filter(received=received).order_by()
    undelivered = UndeliveredMessage.objects.unscoped().filter(received=received).order_by()
    return changes.values_list(Value("change"), "at", "topic", "category_name", "by_name", Value("")).union(
        undelivered.values_list(Value("message"), "at", "receiver", "about", "why", "state"), all=True
    )


_TOLD = PreparedQuery(_told)


def _recorded_by(appointment: Appointment) -> int | None:
    return appointment.recorded.submitted_by_id if appointment.recorded else None
