"""Arranging an appointment, for the first time or instead of another one: supplier assessment and sessions alike.

Nothing is overwritten: a changed appointment is a new row, and the old one is closed as rescheduled. What nDelius and
the practitioner have to be told is put into the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from interventions.models import ProbationOffice
from monitoring.actions import transition as moving
from monitoring.actions.give_feedback import NDELIUS_APPOINTMENT, draft_of, record_feedback
from monitoring.actions.idempotency import already_made, insert, refuse_other_words
from monitoring.models import Appointment, Closed, DeliverySession, Feedback, Purpose, ReceivedReferral
from monitoring.rules import appointments as rules
from monitoring.rules.appointments import Arrangement, Change
from monitoring.rules.feedback import FeedbackAnswers, settled
from monitoring.rules.moves import Move

#: Outbox kind: tells the practitioner that an assessment was arranged or moved. Payload: ``appointment``, its id.
ASSESSMENT_ARRANGED = "email.assessment_arranged"

HAPPENED_ALREADY = "This appointment took place and feedback was given, so you cannot arrange another one."
SOMEBODY_WAS_FASTER = (
    "Someone has arranged or changed this appointment since you opened the page. Go back to the case to see the "
    "latest details."
)


ARRANGED = tuple(field.name for field in fields(Arrangement))


class CannotBeArranged(Refused):
    """Something is wrong with when, how long, how or where. The reason is for the form."""


@transaction.atomic
def arrange_appointment(
    *,
    received: ReceivedReferral,
    session: DeliverySession | None,
    arrangement: Arrangement,
    in_place_of: UUID | None,
    form_key: UUID,
    by: User,
    change: Change | None = None,
    feedback: FeedbackAnswers | None = None,
    at: datetime | None = None,
) -> Appointment:
    """The appointment, for ``session`` or (None) for the supplier assessment.

    The same form again changes nothing. ``in_place_of`` is the appointment that the page showed as the current one, if
    any; then ``change`` is needed. One that has begun is recorded together with its ``feedback``, and only such a one.
    Raises SentBefore for other words of the same form, CannotBeArranged, Refused when the stage does not allow it or
    the meeting was held already, and OutOfDate when somebody was faster.
    """
    now = at or timezone.now()
    held = moving.hold(received, by=by)
    already = made_before(
        held,
        session,
        form_key,
        arrangement=arrangement,
        change=change,
        feedback=asdict(settled(feedback)) if feedback is not None else {},
    )
    if already is not None:
        return already
    moving.require(held, move_of(session, is_past=feedback is not None))
    current = current_appointment(held, session)
    if current is not None and current.is_recorded:
        raise Refused(HAPPENED_ALREADY, code="happened")
    if (current.pk if current else None) != in_place_of:
        raise OutOfDate(SOMEBODY_WAS_FASTER)
    check(held, session, arrangement, instead_of=current, now=now)
    if (arrangement.starts_at <= now) != (feedback is not None):
        raise CannotBeArranged(
            "An appointment in the past, and only such a one, is recorded with its feedback"
        )
    if current is not None:
        if change is None or not change.reason.strip():
            raise CannotBeArranged("Enter who asked for the change and why")
        current.closed_as, current.closed_at = Closed.REPLACED, now
        current.save(update_fields=["closed_as", "closed_at"])
    appointment = row_for(held, session, arrangement, current, change, form_key=form_key, by=by, now=now)
    insert(appointment)
    tell(appointment, held, by=by, is_recorded_now=feedback is not None)
    if feedback is not None:
        record_feedback(appointment, feedback, by=by, now=now)
    moving.finish(held)
    return appointment


def made_before(
    received: ReceivedReferral,
    session: DeliverySession | None,
    form_key: UUID,
    *,
    arrangement: Arrangement,
    change: Change | None,
    feedback: Mapping[str, object],
) -> Appointment | None:
    """What the same form made before. Raises SentBefore when it says something else now.

    ``feedback`` is what it says of what happened, so far: nothing says nothing against feedback that was given.
    """
    already = already_made(
        Appointment.objects.unscoped(),
        form_key,
        of={"received_id": received.pk, "session_id": session.pk if session else None},
        said={
            **{name: getattr(arrangement, name) for name in ARRANGED},
            "reschedule_asked_by": change.asked_by if change else "",
            "reschedule_reason": change.reason if change else "",
        },
    )
    if already is not None and feedback:
        refuse_other_words(draft_of(already) or Feedback(appointment=already), feedback)
    return already


def move_of(session: DeliverySession | None, *, is_past: bool = False) -> Move:
    """What arranging is called in the table of moves. What was held before an end was asked for can be recorded."""
    if session is None:
        return Move.ARRANGE_ASSESSMENT
    return Move.GIVE_SESSION_FEEDBACK if is_past else Move.ARRANGE_SESSION


def current_appointment(received: ReceivedReferral, session: DeliverySession | None) -> Appointment | None:
    """The one that counts, with its feedback: arranged or held, not missed or moved. At most one."""
    theirs = received.appointments.current().filter(session=session).select_related("feedback")
    return theirs.filter(purpose=purpose_of(session)).first()


def purpose_of(session: DeliverySession | None) -> Purpose:
    """What an appointment is for."""
    return Purpose.ASSESSMENT if session is None else Purpose.SESSION


def check(
    received: ReceivedReferral,
    session: DeliverySession | None,
    arrangement: Arrangement,
    *,
    instead_of: Appointment | None,
    now: datetime,
) -> None:
    """Raise CannotBeArranged for an arrangement that breaks a rule, or overlaps an appointment that we hold (M4a)."""
    wrong = problems_with(
        received, [arrangement], purpose=purpose_of(session), instead_of=instead_of, now=now
    )[0]
    if wrong is not None:
        raise wrong


def problems_with(
    received: ReceivedReferral,
    arrangements: Sequence[Arrangement],
    *,
    purpose: Purpose,
    instead_of: Appointment | None = None,
    now: datetime,
) -> list[CannotBeArranged | None]:
    """What is wrong with each of several arrangements, or None. Two statements, however many there are."""
    offices = [*ProbationOffice.objects.bookable_for(received.contract).values_list("pk", flat=True)]
    taken = _taken(received, arrangements, instead_of)
    found: list[CannotBeArranged | None] = []
    for arrangement in arrangements:
        problem = rules.wrong_with(
            arrangement,
            purpose=purpose,
            sent_at=received.sent_at,
            today=timezone.localdate(now),
            offices=offices,
        )
        clash = rules.clash(arrangement, taken)
        if problem:
            found.append(CannotBeArranged(problem, code="rule"))
        else:
            found.append(CannotBeArranged(clash.value, code="clash") if clash is not None else None)
    return found


def _taken(
    received: ReceivedReferral, arrangements: Sequence[Arrangement], instead_of: Appointment | None
) -> list[rules.Taken]:
    """Times near these that this case, or its caseworker on an open case, has appointments at."""
    whose = Q(received=received)
    if received.caseworker_id is not None:
        whose |= Q(received__caseworker=received.caseworker_id, received__concluded_at=None)
    longest = timedelta(minutes=rules.LONGEST)
    near_to = [Q(starts_at__gt=one.starts_at - longest, starts_at__lt=one.ends_at) for one in arrangements]
    near = Appointment.objects.unscoped().current().filter(whose, reduce(or_, near_to, Q(pk=None)))
    if instead_of is not None:
        near = near.exclude(pk=instead_of.pk)
    return [
        rules.Taken(starts_at, minutes, is_group, case == received.pk)
        for starts_at, minutes, is_group, case in near.values_list(
            "starts_at", "minutes", "is_group", "received"
        )
    ]


def row_for(
    held: ReceivedReferral,
    session: DeliverySession | None,
    arrangement: Arrangement,
    replaces: Appointment | None = None,
    change: Change | None = None,
    *,
    form_key: UUID,
    by: User,
    now: datetime,
) -> Appointment:
    """The appointment, not stored yet."""
    return Appointment(
        form_key=form_key,
        received=held,
        purpose=purpose_of(session),
        session=session,
        starts_at=arrangement.starts_at,
        minutes=arrangement.minutes,
        is_group=arrangement.is_group,
        method=arrangement.method,
        office_id=arrangement.office_id,
        address_line_1=arrangement.address_line_1,
        address_line_2=arrangement.address_line_2,
        address_town=arrangement.address_town,
        address_county=arrangement.address_county,
        address_postcode=arrangement.address_postcode,
        scheduled_by=by,
        scheduled_at=now,
        replaces=replaces,
        reschedule_asked_by=change.asked_by if change and replaces else "",
        reschedule_reason=change.reason if change and replaces else "",
    )


def tell(
    appointment: Appointment, held: ReceivedReferral, *, by: User, is_recorded_now: bool = False
) -> None:
    """Audit that it was arranged or moved, and put into the outbox whom that has to be told."""
    was_moved = appointment.replaces_id is not None
    audit.record(
        AuditAction.APPOINTMENT_RESCHEDULED if was_moved else AuditAction.APPOINTMENT_ARRANGED,
        by=by, referral=held.pk, crn=held.crn, appointment=str(appointment.pk), purpose=str(appointment.purpose),
    )  # fmt: skip
    if is_recorded_now:
        return  # one outbox entry tells nDelius of both, and there is nothing left to invite anybody to
    payload = {"appointment": str(appointment.pk)}
    # Under the key by which the referral itself was recorded: a booking waits until nDelius knows the referral.
    outbox.enqueue(
        NDELIUS_APPOINTMENT,
        key=f"{NDELIUS_APPOINTMENT}:{appointment.pk}",
        referral=held.key,
        payload=payload,
    )
    if appointment.purpose == Purpose.ASSESSMENT:
        outbox.enqueue(
            ASSESSMENT_ARRANGED,
            key=f"{ASSESSMENT_ARRANGED}:{appointment.pk}",
            referral=held.pk,
            payload=payload,
        )
