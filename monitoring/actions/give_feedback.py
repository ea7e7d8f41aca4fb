"""Attendance and feedback of an appointment: drafts while it is written, submitted once, never changed after."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from monitoring.actions import transition as moving
from monitoring.actions.announce import announce_feedback
from monitoring.models import Appointment, Closed, Feedback, Purpose, ReceivedReferral
from monitoring.rules import feedback as feedback_rules
from monitoring.rules.feedback import NAMES, Branch, FeedbackAnswers, branch_of
from monitoring.rules.moves import Move

#: Outbox kind: books an appointment in nDelius, and its outcome after it. Payload: ``appointment``, its id.
NDELIUS_APPOINTMENT = "ndelius.appointment"
#: Outbox kinds: each tells the practitioner. Payload: ``appointment``, its id.
NOT_ATTENDED = "email.appointment_not_attended"
POOR_BEHAVIOUR = "email.session_poor_behaviour"
CONCERNS = "email.session_concerns"

STILL_TO_COME = "You can give feedback after the appointment starts."
WAS_MOVED = "This appointment was rescheduled, so you cannot give feedback on it."
WAS_CLOSED = "This appointment was closed when the referral ended, so you cannot give feedback on it."
GIVEN_ALREADY = "Feedback on this appointment has already been submitted. You cannot change it."
CHANGED_SINCE_SHOWN = (
    "The feedback changed after you opened this page. Go back and check it before you submit it."
)
INCOMPLETE = "The feedback is not complete yet. Go back to the appointment and answer the missing questions."


class ChangedMeanwhile(OutOfDate):
    """Somebody (or another tab) saved a draft after the page was opened. ``saved`` is what is there now."""

    def __init__(self, saved: Feedback) -> None:
        super().__init__(CHANGED_SINCE_SHOWN)
        self.saved = saved


@transaction.atomic
def save_draft(
    *,
    appointment: Appointment,
    answers: FeedbackAnswers,
    as_opened: str,
    by: User,
    at: datetime | None = None,
) -> Feedback:
    """Keep what was said so far, without what no longer applies. ``as_opened`` is ``version_of`` the draft shown.

    Raises ChangedMeanwhile, OutOfDate when feedback was submitted already, and Refused when it cannot be given (yet).
    """
    now = at or timezone.now()
    held, fresh = _locked(appointment, by=by)
    draft = draft_of(fresh)
    if draft is not None and draft.is_submitted:
        raise OutOfDate(GIVEN_ALREADY)
    require(held, fresh, now=now)
    if draft is not None and version_of(draft) != as_opened:
        raise ChangedMeanwhile(draft)
    saved = draft or Feedback(appointment=fresh)
    _take(saved, feedback_rules.settled(answers))
    saved.saved_at = now
    saved.save(force_insert=draft is None)
    audit.record(AuditAction.FEEDBACK_SAVED, by=by, referral=held.pk, crn=held.crn, appointment=str(fresh.pk))
    return saved


@transaction.atomic
def submit_feedback(
    *, appointment: Appointment, as_shown: str, by: User, at: datetime | None = None
) -> Feedback:
    """Submit the draft, for good. Again, for the same appointment: answers what was submitted and changes nothing.

    ``as_shown`` is ``version_of`` the draft that the check page showed. Raises ChangedMeanwhile, and Refused when the
    draft is not complete or feedback cannot be given (yet).
    """
    now = at or timezone.now()
    held, fresh = _locked(appointment, by=by)
    draft = draft_of(fresh)
    if draft is not None and draft.is_submitted:
        return draft
    require(held, fresh, now=now)
    if draft is None:
        raise Refused(INCOMPLETE, code="incomplete")
    if version_of(draft) != as_shown:
        raise ChangedMeanwhile(draft)
    record_feedback(fresh, answers_of(draft), by=by, now=now, draft=draft)
    moving.finish(held)
    return draft


def record_feedback(
    appointment: Appointment,
    answers: FeedbackAnswers,
    *,
    by: User,
    now: datetime,
    draft: Feedback | None = None,
) -> Feedback:
    """Submit complete answers: part of an action that holds the case. Raises Refused when something is missing."""
    answers = feedback_rules.settled(answers)
    if feedback_rules.missing(answers):
        raise Refused(INCOMPLETE, code="incomplete")
    feedback = draft or Feedback(appointment=appointment)
    _take(feedback, answers)
    feedback.saved_at, feedback.submitted_at, feedback.submitted_by = now, now, by
    feedback.save(force_insert=draft is None)
    branch = branch_of(answers)
    if branch is not Branch.HELD:
        appointment.closed_as = Closed.MISSED if branch is Branch.MISSED else Closed.NOT_HELD
        appointment.closed_at = now
        appointment.save(update_fields=["closed_as", "closed_at"])
    _tell(appointment, answers, by=by)
    return feedback


def require(received: ReceivedReferral, appointment: Appointment, *, now: datetime) -> None:
    """Raise Refused unless feedback about this appointment can be given now."""
    if appointment.closed_as == Closed.REPLACED:
        raise Refused(WAS_MOVED, code="moved")
    if appointment.closed_as in (Closed.ENDED, Closed.UNRECORDED):
        raise Refused(WAS_CLOSED, code="ended")
    if appointment.starts_at > now:
        raise Refused(STILL_TO_COME, code="future")
    is_assessment = appointment.purpose == Purpose.ASSESSMENT
    moving.require(received, Move.GIVE_ASSESSMENT_FEEDBACK if is_assessment else Move.GIVE_SESSION_FEEDBACK)


def draft_of(appointment: Appointment) -> Feedback | None:
    """Its feedback, submitted or not."""
    return Feedback.objects.unscoped().filter(appointment=appointment).first()


def version_of(draft: Feedback | None) -> str:
    """What changes whenever a draft is saved."""
    return draft.saved_at.isoformat() if draft is not None else ""


def answers_of(draft: Feedback | None) -> FeedbackAnswers:
    """What is kept, as a value."""
    return FeedbackAnswers(**{name: getattr(draft, name) for name in NAMES}) if draft else FeedbackAnswers()


def _take(feedback: Feedback, answers: FeedbackAnswers) -> None:
    for name in NAMES:
        setattr(feedback, name, getattr(answers, name))


def _locked(appointment: Appointment, *, by: User) -> tuple[ReceivedReferral, Appointment]:
    """The case, locked, and the appointment as it is now."""
    held = moving.hold(appointment.received, by=by)
    return held, held.appointments.get(pk=appointment.pk)


def _tell(appointment: Appointment, answers: FeedbackAnswers, *, by: User) -> None:
    received = appointment.received
    audit.record(
        AuditAction.FEEDBACK_SUBMITTED, by=by, referral=received.pk, crn=received.crn,
        appointment=str(appointment.pk), happened=bool(answers.happened), attended=bool(answers.attended),
        notified_of_behaviour=bool(answers.notify_of_behaviour), notified_of_concerns=bool(answers.notify_of_concerns),
    )  # fmt: skip
    payload = {"appointment": str(appointment.pk)}
    outbox.enqueue(
        NDELIUS_APPOINTMENT,
        key=f"{NDELIUS_APPOINTMENT}:{appointment.pk}:outcome",
        referral=received.key,
        payload=payload,
    )
    for kind in emails_about(answers):
        outbox.enqueue(kind, key=f"{kind}:{appointment.pk}", referral=received.pk, payload=payload)
    announce_feedback(appointment, was_missed=branch_of(answers) is Branch.MISSED)


def emails_about(answers: FeedbackAnswers) -> list[str]:
    """What the practitioner is told by email, as outbox kinds: none, one or several."""
    reasons = {
        NOT_ATTENDED: branch_of(answers) is Branch.MISSED,
        POOR_BEHAVIOUR: bool(answers.notify_of_behaviour),
        CONCERNS: bool(answers.notify_of_concerns),
    }
    return [kind for kind, applies in reasons.items() if applies]
