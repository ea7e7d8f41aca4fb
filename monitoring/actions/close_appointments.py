"""What was still arranged when a case ends is closed with it: part of the actions that end one. Safe to repeat.

What is to come is cancelled, here and in nDelius. What has begun and has no feedback can be recorded while the end of
service report is due; when the case is concluded it is closed, too. Of that nDelius is told nothing: nobody said what
happened.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from events import outbox
from monitoring.actions.give_feedback import NDELIUS_APPOINTMENT
from monitoring.models import Appointment, Closed, NdeliusState, ReceivedReferral


def close_what_is_left(held: ReceivedReferral, *, at: datetime) -> int:
    """Close the appointments of a locked case that has ended, or whose end was asked for. How many were cancelled."""
    cancelled = [*to_come(held, at=at)]
    for appointment in cancelled:
        _close(appointment, Closed.ENDED, at=at)
    if held.concluded_at is not None:
        for appointment in _without_feedback(held):
            _close(appointment, Closed.UNRECORDED, at=at)
    return len(cancelled)


def to_come(received: ReceivedReferral, *, at: datetime) -> QuerySet[Appointment]:
    """What an end at that moment would cancel, the earliest first."""
    return _without_feedback(received).filter(starts_at__gt=at)


def begun(received: ReceivedReferral, *, at: datetime) -> int:
    """How many have begun by that moment, and have no feedback."""
    return _without_feedback(received).filter(starts_at__lte=at).count()


def _without_feedback(received: ReceivedReferral) -> QuerySet[Appointment]:
    return received.appointments.waiting().select_related("session").order_by("starts_at")


def _close(appointment: Appointment, closed_as: Closed, *, at: datetime) -> None:
    appointment.closed_as, appointment.closed_at = closed_as, at
    is_to_be_cancelled = closed_as == Closed.ENDED and appointment.ndelius_id is not None
    if is_to_be_cancelled:
        appointment.ndelius_state, appointment.ndelius_reason = NdeliusState.WAITING, ""
        appointment.ndelius_refused_at = None
    appointment.save(
        update_fields=["closed_as", "closed_at", "ndelius_state", "ndelius_reason", "ndelius_refused_at"]
    )
    if closed_as == Closed.ENDED:
        # Told even when nDelius has not answered to the booking yet: that may be on its way. See the delivery.
        outbox.enqueue(
            NDELIUS_APPOINTMENT,
            key=f"{NDELIUS_APPOINTMENT}:{appointment.pk}:cancelled",
            referral=appointment.received.key,
            payload={"appointment": str(appointment.pk)},
        )
