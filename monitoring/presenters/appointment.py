"""An appointment, and what was recorded about it, in words: for either side, and for the pages that ask before saving.

Reads no user but through ``People``. Must not know any address, or how a card looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from govuk.template_filters import date, date_time, time
from interventions.models import ProbationOffice
from monitoring.access.staff_names import People
from monitoring.actions.give_feedback import CONCERNS, NOT_ATTENDED, POOR_BEHAVIOUR, answers_of, emails_about
from monitoring.models import (
    Appointment,
    AskedBy,
    Closed,
    DeliverySession,
    Feedback,
    Method,
    NdeliusState,
    ReceivedReferral,
)
from monitoring.presenters.progress import TONES
from monitoring.rules.appointment_status import Status, status_of
from monitoring.rules.appointments import Arrangement, Change
from monitoring.rules.feedback import FeedbackAnswers, branch_of, is_asked
from monitoring.rules.refused_bookings import is_ndelius_told


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Another appointment for the same meeting."""

    appointment: Appointment
    when: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    """Everything that the page of one appointment says."""

    title: str
    status: str
    tone: str
    notice: str
    cards: tuple[Card, ...]
    others: tuple[Other, ...]


def meeting_of(session: DeliverySession | None) -> str:
    """What a meeting is called in a sentence."""
    return "appointment" if session is None else "session"


def title_of(session: DeliverySession | None) -> str:
    """What an appointment is for, as a heading."""
    return "Supplier assessment appointment" if session is None else f"Session {session.number}"


def in_words(appointment: Appointment) -> str:
    """What it is for and when: "Session 2 on 3 June 2026 at 2pm"."""
    return f"{title_of(appointment.session)} on {date_time(appointment.starts_at)}"


def present(appointment: Appointment, *, now: datetime | None = None) -> AppointmentPage:
    """The page of one appointment, rescheduled ones included. Reads its case, session, office and feedback."""
    now = now or timezone.now()
    received: ReceivedReferral = appointment.received
    recorded = appointment.recorded
    people = People(
        [
            received.caseworker_id,
            appointment.scheduled_by_id,
            recorded.submitted_by_id if recorded else None,
        ],
        contract=received.contract_id,
    )
    status = status_of(appointment, now=now)
    cards = [Card("Appointment details", details(appointment, people))]
    if recorded:
        cards += feedback_cards(
            answers_of(recorded), meeting=meeting_of(appointment.session), person=received.person_name
        )
        cards.append(
            Card(
                "Recorded by",
                (
                    Row("Submitted by", people[recorded.submitted_by_id].name),
                    Row("Submitted", date_time(recorded.submitted_at)),
                ),
            )
        )
    return AppointmentPage(
        title=title_of(appointment.session),
        status=status.value,
        tone=TONES[status],
        notice=_notice(appointment, status),
        cards=tuple(cards),
        others=_others(appointment, now),
    )


def _notice(appointment: Appointment, status: Status) -> str:
    """What must not be missed: it was moved, or nDelius did not take it (decision M4a)."""
    if status is Status.RESCHEDULED:
        return "This appointment was rescheduled. It did not take place at this time."
    said = {
        Status.CANCELLED: "This appointment was cancelled because the referral ended.",
        Status.NOT_RECORDED: "No feedback was given about this appointment before the referral ended.",
    }.get(status, "")
    if appointment.ndelius_state == NdeliusState.REFUSED and is_ndelius_told(appointment):
        said = f"{said} {NdeliusState.REFUSED.label}. {appointment.ndelius_reason}".strip()
    return said


def _others(appointment: Appointment, now: datetime) -> tuple[Other, ...]:
    """The other appointments for the same meeting, the newest first."""
    same = appointment.received.appointments.filter(
        purpose=appointment.purpose, session=appointment.session_id
    )
    rows = same.exclude(pk=appointment.pk).select_related("feedback").order_by("-scheduled_at")
    return tuple(
        Other(other, date_time(other.starts_at), status.value, TONES[status])
        for other in rows
        for status in [status_of(other, now=now)]
    )


# --- When, how and where ----------------------------------------------------------------------------


def details(appointment: Appointment, people: People) -> tuple[Row, ...]:
    """An appointment's own rows."""
    ndelius = (
        (Row("nDelius", NdeliusState(appointment.ndelius_state).label),)
        if is_ndelius_told(appointment)
        else ()
    )
    change = (
        Change(AskedBy(appointment.reschedule_asked_by), appointment.reschedule_reason)
        if appointment.reschedule_asked_by
        else None
    )
    return (
        Row("Caseworker", _caseworker(appointment.received, people)),
        *when_and_where(
            arrangement_of(appointment),
            office=appointment.office,
            is_session=appointment.session_id is not None,
        ),
        *change_rows(change, person=appointment.received.person_name),
        Row(
            "Arranged by",
            f"{people[appointment.scheduled_by_id].name}, {date_time(appointment.scheduled_at)}",
        ),
        *ndelius,
    )


def _caseworker(received: ReceivedReferral, people: People) -> str:
    """Who has the case; of one that has ended, who had it."""
    someone = people[received.caseworker_id]
    return someone.name if received.concluded_at is not None else someone.as_caseworker


def arrangement_of(appointment: Appointment) -> Arrangement:
    """A row as the value it was made from."""
    return Arrangement(
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        method=Method(appointment.method),
        is_group=appointment.is_group,
        office_id=appointment.office_id,
        address_line_1=appointment.address_line_1,
        address_line_2=appointment.address_line_2,
        address_town=appointment.address_town,
        address_county=appointment.address_county,
        address_postcode=appointment.address_postcode,
    )


def when_and_where(
    arrangement: Arrangement, *, office: ProbationOffice | None, is_session: bool
) -> tuple[Row, ...]:
    """Day, time, length, how and where."""
    return (
        Row("Date", f"{timezone.localtime(arrangement.starts_at):%A} {date(arrangement.starts_at)}"),
        Row("Time", span_of(arrangement)),
        *how_and_where(arrangement, office=office, is_session=is_session),
    )


def how_and_where(
    arrangement: Arrangement, *, office: ProbationOffice | None, is_session: bool = True
) -> tuple[Row, ...]:
    """What several sessions have in common."""
    kind = (
        (Row("Type of session", "Group session" if arrangement.is_group else "One to one"),)
        if is_session
        else ()
    )
    place = "\n".join(_place(arrangement, office))
    return (
        *kind,
        Row("Method", arrangement.method.label),
        *((Row("Address", place),) if place else ()),
    )


def change_rows(change: Change | None, *, person: str) -> tuple[Row, ...]:
    """Who asked for a change and why, if it is one."""
    if change is None:
        return ()
    asked_by = person if change.asked_by == AskedBy.PERSON_ON_PROBATION else change.asked_by.label
    return Row("Change requested by", asked_by), Row("Reason for the change", change.reason)


def span_of(arrangement: Arrangement) -> str:
    """From when to when."""
    ends_at = arrangement.starts_at + timedelta(minutes=arrangement.minutes)
    begins, ends = time(arrangement.starts_at), time(ends_at)
    next_day = timezone.localdate(ends_at) != timezone.localdate(arrangement.starts_at)
    span = f"{begins} to {ends}".capitalize()
    return f"{span} on {date(ends_at)}" if next_day else span


def _place(arrangement: Arrangement, office: ProbationOffice | None) -> list[str]:
    if office is not None:
        return office.lines
    parts = (
        arrangement.address_line_1,
        arrangement.address_line_2,
        arrangement.address_town,
        arrangement.address_county,
        arrangement.address_postcode,
    )
    return [part for part in parts if part]


# --- Feedback -----------------------------------------------------------------------------------------

WORDS = {
    "was_late": "Was {person} late?",
    "late_reason": "How late, and why",
    "what_was_done": "What was done",
    "how_they_responded": "How {person} responded",
    "no_session_reason": "Why it did not happen",
    "no_session_details": "What happened",
    "no_attendance_information": "What is known about why they did not come",
    "notify_of_behaviour": "Poor behaviour",
    "behaviour": "How they behaved",
    "notify_of_concerns": "Concerns",
    "concerns": "What is concerning",
    "next_plans": "Planned for the next session",
}


def feedback_cards(answers: FeedbackAnswers, *, meeting: str, person: str) -> list[Card]:
    """Attendance, and feedback, as far as they were given."""
    branch = branch_of(answers)
    attendance = [Row(f"Did the {meeting} happen?", _in_words(answers.happened))]
    if answers.happened is False:
        attendance.append(Row(f"Did {person} come to the {meeting}?", _in_words(answers.attended)))
    cards = [Card("Attendance", tuple(attendance))]
    if branch is not None:
        cards.append(
            Card(
                "Feedback",
                tuple(
                    Row(label.format(person=person), _answer(name, answers))
                    for name, label in WORDS.items()
                    if is_asked(name, answers)
                ),
            )
        )
    return cards


def written(answers: FeedbackAnswers, names: Iterable[str], *, person: str) -> list[tuple[str, str]]:
    """What some written answers are called, and what they say."""
    return [(WORDS[name].format(person=person), _answer(name, answers)) for name in names]


def _answer(name: str, answers: FeedbackAnswers) -> str:
    value = getattr(answers, name)
    if name == "no_session_reason":
        return str(Feedback.NoSession(value).label) if value else ""
    if name in ("notify_of_behaviour", "notify_of_concerns") and value is not None:
        return "The probation practitioner is told" if value else "Nothing to tell the probation practitioner"
    return value if isinstance(value, str) else _in_words(value)


def _in_words(answer: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[answer]


def said_after(answers: FeedbackAnswers, *, meeting: str) -> str:
    """What happens now that feedback was submitted: who is told what, as it was answered (Q19)."""
    told = {
        NOT_ATTENDED: f"they did not come to the {meeting}",
        POOR_BEHAVIOUR: "they behaved poorly",
        CONCERNS: "there are concerns",
    }
    reasons = [told[kind] for kind in emails_about(answers)]
    if not reasons:
        return "Feedback added. The probation practitioner can read it in this service."
    return f"Feedback added. We will email the probation practitioner that {' and that '.join(reasons)}."


def planned_before(received: ReceivedReferral, appointment: Appointment | None = None) -> str:
    """What the latest recorded meeting planned for the next one, or nothing: offered where it helps."""
    rows = Feedback.objects.unscoped().submitted().filter(appointment__received=received)
    if appointment is not None:
        rows = rows.filter(appointment__starts_at__lt=appointment.starts_at)
    plans = rows.order_by("-appointment__starts_at").values_list("next_plans", flat=True).first()
    return plans or ""


def missed_before(received: ReceivedReferral, session: DeliverySession | None) -> str:
    """When the meeting was last missed or did not happen, in a sentence; nothing when it was not."""
    closed = received.appointments.filter(session=session, closed_as__in=(Closed.MISSED, Closed.NOT_HELD))
    last = closed.filter(purpose="SESSION" if session else "ASSESSMENT").order_by("-starts_at").first()
    return f"{Closed(last.closed_as).label} on {date_time(last.starts_at)}." if last else ""
