"""Telling other services that something happened on a case, as the live service does: ids only, once for each thing.

Knows what can happen. Must not know how an event looks, nor who hears it: see ``referrals.deliveries.domain_events``.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from events import outbox
from monitoring.models import Appointment, Purpose, ReceivedReferral

#: Outbox kind. Payload: ``event``, and where it is about more than the case, ``about``: the id of that row.
DOMAIN_EVENT = "domain_event"
log = structlog.get_logger(__name__)


class Event(StrEnum):
    """What other services hear of, by the names of the live service."""

    SENT = "intervention.referral.sent"
    ASSIGNED = "intervention.referral.assigned"
    PLAN_SUBMITTED = "intervention.action-plan.submitted"
    PLAN_APPROVED = "intervention.action-plan.approved"
    ASSESSMENT_ATTENDED = "intervention.initial-assessment-appointment.attended"
    ASSESSMENT_MISSED = "intervention.initial-assessment-appointment.missed"
    ASSESSMENT_FEEDBACK = "intervention.initial-assessment-appointment.session-feedback-submitted"
    SESSION_ATTENDED = "intervention.session-appointment.attended"
    SESSION_MISSED = "intervention.session-appointment.missed"
    SESSION_FEEDBACK = "intervention.session-appointment.session-feedback-submitted"
    REPORT_SUBMITTED = "intervention.end-of-service-report.submitted"
    ENDED = "intervention.referral.ended"
    CONCLUDED = "intervention.referral.concluded"


def announce(event: Event, received: ReceivedReferral, *, about: UUID | None = None) -> None:
    """Have it published after the transaction, once for each row that it is ``about``.

    Where no topic is named there is nobody to tell and nothing to keep: it is logged.
    """
    if not settings.DOMAIN_EVENTS_TOPIC:
        case = str(received.key)
        transaction.on_commit(lambda: log.info("domain_event", type=event.value, referral=case))
        return
    outbox.enqueue(
        DOMAIN_EVENT,
        key=f"{event.value}:{about or received.pk}",
        referral=received.pk,
        payload={"event": event.value} | ({"about": str(about)} if about else {}),
    )


def announce_feedback(appointment: Appointment, *, was_missed: bool) -> None:
    """Whether they came, and that feedback was given: two events, as the live service has them."""
    is_assessment = appointment.purpose == Purpose.ASSESSMENT
    if is_assessment:
        came = Event.ASSESSMENT_MISSED if was_missed else Event.ASSESSMENT_ATTENDED
    else:
        came = Event.SESSION_MISSED if was_missed else Event.SESSION_ATTENDED
    given = Event.ASSESSMENT_FEEDBACK if is_assessment else Event.SESSION_FEEDBACK
    for event in (came, given):
        announce(event, appointment.received, about=appointment.pk)
