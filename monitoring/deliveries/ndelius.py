"""What nDelius is told about appointments, delivered from the outbox. Imported when the app starts. Safe to repeat.

A booking is told when it is made, and again with its outcome or when it is cancelled; nDelius knows it by our own id
each time. What nDelius refuses stays with us, marked, with the reason in our words: its own may hold personal details.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from events import outbox
from events.models import NDELIUS, OutboxEntry
from integrations import failures
from integrations.ndelius import client
from integrations.ndelius.types import Booking, Outcome
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions.give_feedback import NDELIUS_APPOINTMENT
from monitoring.actions.standing import refresh
from monitoring.models import Appointment, AskedBy, Closed, Feedback, NdeliusState, Purpose, ReceivedReferral

#: Outbox kind: tells the caseworker that an appointment has to be arranged again. No payload.
BOOKING_REFUSED = "email.booking_refused"
CLASHES = "It clashes with another appointment in nDelius. Choose a different date or time."
UNKNOWN_THERE = (
    "nDelius does not have this referral, or the probation office. Ask the probation practitioner."
)
STILL_THERE = "nDelius still has this appointment. Ask the probation practitioner to cancel it there."
NOT_TAKEN = "nDelius does not accept this type of appointment. Ask the probation practitioner."

#: nDelius has no way to take an appointment back, only outcomes. This is the one that holds nothing against the person:
#: "did not attend" counts as a failure and starts enforcement, and a reason on their side says that it was theirs.
CANCELLED = Outcome(
    happened=False,
    attended=True,
    no_session_reason=Feedback.NoSession.LOGISTICS.value,
    notify_of_behaviour=False,
    notify_of_concerns=False,
)


@outbox.handler(NDELIUS_APPOINTMENT, receiver=NDELIUS, about="An appointment")
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
    if not _is_worth_telling(appointment, was_tried=entry.attempts > 1):
        raise outbox.NotNeeded
    booking, was_cancelled = booking_of(appointment), appointment.closed_as == Closed.ENDED
    try:
        number = client.record_appointment(appointment.received.crn, booking)
    except failures.Conflict:
        _mark(appointment, NdeliusState.REFUSED, reason=STILL_THERE if was_cancelled else CLASHES)
    except failures.NotFound:
        _mark(appointment, NdeliusState.REFUSED, reason=STILL_THERE if was_cancelled else UNKNOWN_THERE)
    except failures.Rejected:
        _mark(appointment, NdeliusState.REFUSED, reason=STILL_THERE if was_cancelled else NOT_TAKEN)
    else:
        _mark(appointment, NdeliusState.ACCEPTED, ndelius_id=number)


@transaction.atomic
def tell_again(received_id: UUID, *, because: str) -> int:
    """Have nDelius told anew of what it did not know, after the CRN of the person was corrected; of how many.

    ``because`` names the occasion: told once for each. A clash is told again too where nDelius was to cancel, for that
    answer and "not found" are kept as one.
    """
    case = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=received_id)
    refused = Appointment.objects.unscoped().filter(
        received=case, ndelius_state=NdeliusState.REFUSED, ndelius_reason__in=(UNKNOWN_THERE, STILL_THERE)
    )
    told = [one for one in refused.select_related("feedback") if _is_worth_telling(one, was_tried=True)]
    for appointment in told:
        appointment.ndelius_state, appointment.ndelius_reason = NdeliusState.WAITING, ""
        appointment.ndelius_refused_at = None
        appointment.save(update_fields=["ndelius_state", "ndelius_reason", "ndelius_refused_at"])
        outbox.enqueue(
            NDELIUS_APPOINTMENT,
            key=f"{NDELIUS_APPOINTMENT}:{appointment.pk}:{because}",
            referral=case.key,
            payload={"appointment": str(appointment.pk)},
        )
    if told:
        refresh(case)
    return len(told)


@receiver(outbox.ended, dispatch_uid="monitoring.deliveries.ndelius")
def note_what_was_dismissed(entry: OutboxEntry, **_: Any) -> None:
    """An administrator decided that nDelius is not told: nothing waits any more."""
    if entry.kind == NDELIUS_APPOINTMENT and entry.state == OutboxEntry.State.DISMISSED:
        rows = Appointment.objects.unscoped().filter(pk=entry.payload["appointment"])
        rows.filter(ndelius_state=NdeliusState.WAITING).update(ndelius_state=NdeliusState.DISMISSED)


def _is_worth_telling(appointment: Appointment, *, was_tried: bool) -> bool:
    """Whether nDelius takes it, and it is not over meanwhile. ``was_tried``: a try before may have got through."""
    if appointment.is_recorded:
        return True
    if appointment.closed_as == Closed.ENDED:
        return (
            was_tried or appointment.ndelius_id is not None
        )  # nothing to take back where nothing was booked
    if not appointment.is_current:
        return False  # moved meanwhile, or over with its case
    # nDelius takes nothing in the past without its outcome, which comes with feedback.
    return appointment.starts_at > timezone.now()


def booking_of(appointment: Appointment) -> Booking:
    """The appointment as nDelius is told of it."""
    received, contract = appointment.received, appointment.received.contract
    session = appointment.session
    what = f"Delivery session {session.number}" if session else "Supplier assessment"
    replaces = appointment.replaces
    # Only until nDelius has this one: told of the one before again, it would make a third.
    is_new_there = appointment.ndelius_id is None
    if appointment.closed_as == Closed.ENDED:
        what = f"{Closed.ENDED.label}. {what}"
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
        previous_id=replaces.pk if replaces and replaces.ndelius_id is not None and is_new_there else None,
        ndelius_id=appointment.ndelius_id,
        moved_by_provider=appointment.reschedule_asked_by == AskedBy.SERVICE_PROVIDER if replaces else None,
    )


def _outcome(appointment: Appointment) -> Outcome | None:
    if appointment.closed_as == Closed.ENDED:
        return CANCELLED
    if not appointment.is_recorded:
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
    is_refused, is_new = state == NdeliusState.REFUSED, appointment.ndelius_refused_at is None
    appointment.ndelius_refused_at = (
        (appointment.ndelius_refused_at or timezone.now()) if is_refused else None
    )
    if ndelius_id is not None:
        appointment.ndelius_id = ndelius_id
    appointment.save(update_fields=["ndelius_state", "ndelius_reason", "ndelius_refused_at", "ndelius_id"])
    refresh(held)
    if is_refused and is_new and held.booking_refused_on is not None:
        outbox.enqueue(
            BOOKING_REFUSED,
            key=f"{BOOKING_REFUSED}:{appointment.pk}",
            referral=held.pk,
            receiver=caseworker_as_receiver(held.caseworker_id),
        )
