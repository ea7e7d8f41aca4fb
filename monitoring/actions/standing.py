"""Where a case stands by what was done on it: its rows are read, the rules answer, and the answer is kept."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from monitoring.models import EndOfServiceReport, PlanChangeRequest, ReceivedReferral, ServiceLevel
from monitoring.rules.case_facts import CaseFacts, day_of, facts_from
from monitoring.rules.stages import Standing, standing_of


def facts_of(received: ReceivedReferral, *, today: date | None = None) -> CaseFacts:
    """Read the facts of one case: six statements, inside the caller's transaction.

    ``today`` is how far a pause that is going on reaches (this day in the UK unless told).
    """
    asked = PlanChangeRequest.objects.unscoped().waiting().filter(plan__received=received)
    return facts_from(
        received,
        appointments=[*received.appointments.select_related("feedback").order_by("starts_at")],
        plan=received.plan_in_force(),
        change=asked.order_by("asked_at").first(),
        report=EndOfServiceReport.objects.unscoped().filter(received=received).first(),
        levels=ServiceLevel.objects.holding_on(day_of(received.received_at)),
        pauses=[*received.pauses.all()],
        today=today or timezone.localdate(),
    )


def standing(received: ReceivedReferral, *, today: date | None = None) -> Standing:
    """Where a case stands by its facts. ``today`` matters only while a pause is going on."""
    return standing_of(facts_of(received, today=today))


def begin(received: ReceivedReferral) -> None:
    """Set the stored columns of a case that is about to be added: nothing was done on it yet. One statement."""
    day = day_of(received.received_at)
    facts = facts_from(
        received,
        appointments=(),
        plan=None,
        change=None,
        report=None,
        levels=ServiceLevel.objects.holding_on(day),
        pauses=(),
        today=day,
    )
    _set(received, standing_of(facts))


def refresh(received: ReceivedReferral, *, today: date | None = None) -> None:
    """Write the stored columns of one case from its facts. Called at the end of every action on a case."""
    _set(received, standing(received, today=today))
    received.save(update_fields=["stage", "whose_turn", "due_on", "booking_refused_on"])


def _set(received: ReceivedReferral, now: Standing) -> None:
    received.stage, received.whose_turn, received.due_on = now.stage, now.whose_turn, now.due_on
    received.booking_refused_on = now.booking_refused_on
