"""Everything that was done on one case, read for its progress page in a number of statements that never grows.

Decides nothing and says nothing: see ``monitoring.presenters.progress``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.db.models import Value
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
    assignments = [*received.assignments.order_by("assigned_at")]
    appointments = [*received.appointments.select_related("feedback").order_by("scheduled_at", "starts_at")]
    plans = [*received.action_plans.order_by("number")]
    requests = PlanChangeRequest.objects.unscoped().filter(plan__received=received).order_by("asked_at")
    report: EndOfServiceReport | None = getattr(received, "end_of_service_report", None)
    questions = [*received.questions.defer("text", "answer").order_by("asked_at")]
    pauses = [*received.pauses.order_by("starts_on")]
    changes, undelivered = _changes_and_undelivered(received)
    change_requests = [*requests] if any(plan.is_submitted for plan in plans) else []
    return CaseProgress(
        received=received,
        assignments=assignments,
        appointments=appointments,
        sessions=[*received.sessions.order_by("number")],
        plans=plans,
        change_requests=change_requests,
        report=report,
        questions=questions,
        pauses=pauses,
        changes=changes,
        levels=cast(
            "Mapping[str, int]", SimpleLazyObject(lambda: ServiceLevel.objects.holding_on(day_of(received.received_at)))
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


def _changes_and_undelivered(
    received: ReceivedReferral,
) -> tuple[list[ReferralChange], list[UndeliveredMessage]]:
    """Both in one read, the oldest first, each with what the page says of it and no more."""
    change, message = Value("change"), Value("message")
    changes = received.changes.order_by().values_list(
        change, "at", "topic", "category_name", "by_name", Value("")
    )
    undelivered = received.undelivered_messages.order_by()
    rows = changes.union(
        undelivered.values_list(message, "at", "receiver", "about", "why", "state"), all=True
    )
    told: tuple[list[ReferralChange], list[UndeliveredMessage]] = ([], [])
    for kind, at, what, more, by_or_why, state in sorted(rows, key=lambda row: row[1]):
        if kind == "change":
            told[0].append(ReferralChange(at=at, topic=what, category_name=more, by_name=by_or_why))
        else:
            told[1].append(
                UndeliveredMessage(at=at, receiver=what, about=more, why=by_or_why, state=state)
            )
    return told


def _recorded_by(appointment: Appointment) -> int | None:
    return appointment.recorded.submitted_by_id if appointment.recorded else None
