"""What nDelius is told about appointments, delivered from the outbox. Imported when the app starts. Safe to repeat.

A booking is told when it is made, and again with its outcome; nDelius knows it by our own id both times. What nDelius
refuses stays with us, marked, with the reason in our words: its own may hold personal details.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from events import outbox
from events.models import OutboxEntry
from integrations import failures
from integrations.ndelius import client
from integrations.ndelius.types import Booking, Outcome
from monitoring import stages
from monitoring.actions.arrange_appointment import is_recorded
from monitoring.actions.give_feedback import NDELIUS_APPOINTMENT
from monitoring.models import Appointment, AskedBy, Closed, NdeliusState, Purpose, ReceivedReferral

CLASHES = "It clashes with another appointment in nDelius. Choose a different date or time."
UNKNOWN_THERE = (
    "nDelius does not know this referral, or the probation office. Ask the probation practitioner."
)
NOT_TAKEN = "nDelius does not take an appointment like this. Ask the probation practitioner."


@outbox.handler(NDELIUS_APPOINTMENT)
def tell_ndelius(entry: OutboxEntry) -> None:
    """Book it, or give its outcome. A refusal is an answer, and marks the appointment; silence is tried again."""
    appointment = (
        Appointment.objects.unscoped()
        .select_related(
            "received__contract__contract_type", "received__contract__prime", "office", "feedback", "replaces",
            "session",
        )
        .get(pk=entry.payload["appointment"])
    )  # fmt: skip
    if not is_recorded(appointment) and _is_too_late(appointment):
        return
    booking = booking_of(appointment)
    try:
        number = client.record_appointment(appointment.received.crn, booking)
    except failures.Conflict:
        _mark(appointment, NdeliusState.REFUSED, reason=CLASHES)
    except failures.NotFound:
        _mark(appointment, NdeliusState.REFUSED, reason=UNKNOWN_THERE)
    except failures.Rejected:
        _mark(appointment, NdeliusState.REFUSED, reason=NOT_TAKEN)
    else:
        _mark(appointment, NdeliusState.ACCEPTED, ndelius_id=number)


def _is_too_late(appointment: Appointment) -> bool:
    """Moved meanwhile, or begun: nDelius takes nothing in the past without its outcome, which comes with feedback."""
    return appointment.closed_as == Closed.REPLACED or appointment.starts_at <= timezone.now()


def booking_of(appointment: Appointment) -> Booking:
    """The appointment as nDelius is told of it."""
    received, contract = appointment.received, appointment.received.contract
    session = appointment.session
    what = f"Delivery session {session.number}" if session else "Supplier assessment"
    replaces = appointment.replaces
    return Booking(
        id=appointment.pk,
        referral_id=received.key,
        referral_reference=received.reference,
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        notes=f"{what}: {contract.contract_type.name} referral {received.reference} with {contract.prime.name}",
        counts_towards_enforceable_days=appointment.purpose == Purpose.SESSION,
        office_code=appointment.office.delius_code if appointment.office else None,
        outcome=_outcome(appointment),
        previous_id=replaces.pk if replaces and replaces.ndelius_id is not None else None,
        ndelius_id=appointment.ndelius_id,
        moved_by_provider=appointment.reschedule_asked_by == AskedBy.SERVICE_PROVIDER if replaces else None,
    )


def _outcome(appointment: Appointment) -> Outcome | None:
    if not is_recorded(appointment):
        return None
    feedback = appointment.feedback
    return Outcome(
        happened=bool(feedback.happened),
        attended=bool(feedback.attended),
        no_session_reason=feedback.no_session_reason or None,
        notify_of_behaviour=bool(feedback.notify_of_behaviour),
        notify_of_concerns=bool(feedback.notify_of_concerns),
    )


@transaction.atomic
def _mark(
    appointment: Appointment, state: NdeliusState, *, reason: str = "", ndelius_id: int | None = None
) -> None:
    """Keep what nDelius answered. A refusal puts the case on its caseworker's desk, so its columns are written anew."""
    held = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=appointment.received_id)
    appointment.ndelius_state, appointment.ndelius_reason = state, reason
    is_refused = state == NdeliusState.REFUSED
    appointment.ndelius_refused_at = (
        (appointment.ndelius_refused_at or timezone.now()) if is_refused else None
    )
    if ndelius_id is not None:
        appointment.ndelius_id = ndelius_id
    appointment.save(update_fields=["ndelius_state", "ndelius_reason", "ndelius_refused_at", "ndelius_id"])
    stages.refresh(held)
