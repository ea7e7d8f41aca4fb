"""What happened on a case, what is next, whose turn it is and by when: in words, for either side.

Built from the same rows and the same stages for both; what a reader may do from here is told by their ``Actions``.
Must not know any address, or how the page looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils import timezone

from govuk.template_filters import date, date_time, plural
from monitoring.access.staff_names import Absence, SomeoneAtWork
from monitoring.models import (
    ActionPlan,
    Appointment,
    Closed,
    Conclusion,
    DeliverySession,
    EndOfServiceReport,
    NdeliusState,
    Purpose,
    Receiver,
    Stage,
    Timer,
    Turn,
    UndeliveredMessage,
)
from monitoring.presenters import ending, enforceable_days
from monitoring.presenters.changes import what_changed
from monitoring.presenters.due import Due, due_in_words, paused_in_words
from monitoring.presenters.progress_records import CaseProgress
from monitoring.presenters.stage_bar import Part, way_of
from monitoring.rules import stages
from monitoring.rules.appointment_status import Status, status_of
from monitoring.rules.case_facts import sessions_attended
from monitoring.rules.end_reasons import REASONS, meaning_of
from monitoring.rules.enforceable_days import days_used
from monitoring.rules.refused_bookings import is_ndelius_told, is_to_be_arranged_again

#: What kind of status it is, for the tag; the words carry the meaning.
TONES = {
    Status.NOT_SCHEDULED: "neutral",
    Status.RESCHEDULED: "neutral",
    Status.COMPLETED: "done",
    Status.DID_NOT_ATTEND: "new",
    Status.DID_NOT_HAPPEN: "waiting",
    Status.NEEDS_FEEDBACK: "urgent",
    Status.SCHEDULED: "active",
    Status.CANCELLED: "neutral",
    Status.NOT_RECORDED: "neutral",
}
PAST = (
    Status.RESCHEDULED,
    Status.DID_NOT_ATTEND,
    Status.DID_NOT_HAPPEN,
    Status.CANCELLED,
    Status.NOT_RECORDED,
)


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader may do from here. ``hidden`` says to what, for those who do not see the row."""

    text: str
    href: str
    hidden: str = ""


class Actions(Protocol):
    """What one reader may do: one answer for each place of the page. Nothing where nothing may be done."""

    def next_task(self, case: CaseProgress, *, now: datetime) -> Action | None: ...

    def assignment(self) -> tuple[Action, ...]: ...

    def assessment(
        self, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]: ...

    def session(
        self,
        session: DeliverySession,
        appointment: Appointment | None,
        status: Status,
        *,
        is_current: bool,
    ) -> tuple[Action, ...]: ...

    def several_sessions(self, case: CaseProgress, *, now: datetime) -> tuple[Action, ...]: ...

    def plan(self, plan: ActionPlan) -> tuple[Action, ...]: ...

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]: ...

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]: ...


@dataclass(frozen=True, slots=True)
class Next:
    """Where the case stands."""

    stage: str
    step: str
    turn: str
    due: Due
    paused: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An appointment that nDelius did not accept, why, and what the reader may do about it."""

    what: str
    reason: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that could not be delivered, and what the reader can do about it."""

    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened."""

    at: datetime
    what: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """An appointment, or the lack of one."""

    when: str
    how: str
    status: str
    tone: str
    note: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A delivery session: how it stands, and what came of earlier appointments for it."""

    title: str
    now: Meeting
    before: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One version of the action plan."""

    version: str
    status: str
    tone: str
    sessions: str
    submitted: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """The end of service report."""

    status: str
    tone: str
    submitted: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """Everything that the progress page says."""

    way: tuple[Part, ...]
    next: Next
    next_task: Action | None
    refused: tuple[Refusal, ...]
    ended: tuple[str, ...]
    undelivered: tuple[Undelivered, ...]
    caseworker: SomeoneAtWork | None
    caseworker_absence: str
    assign_actions: tuple[Action, ...]
    assessment_says: str
    assessments: tuple[Meeting, ...]
    plan_says: str
    plans: tuple[PlanLine, ...]
    plan_actions: tuple[Action, ...]
    enforceable_days: str
    days_warning: str
    sessions_say: str
    sessions: tuple[SessionLine, ...]
    session_actions: tuple[Action, ...]
    report: ReportLine
    open_questions: int
    history: tuple[Happened, ...]


def present(
    case: CaseProgress, *, actions: Actions, for_supplier: bool, now: datetime | None = None
) -> ProgressPage:
    """The page for one side. ``now`` decides what is overdue and which appointments are over."""
    now = now or timezone.now()
    received = case.received
    plans = [plan for plan in case.plans if for_supplier or plan.is_submitted]
    days = days_used(case.appointments, most=received.enforceable_days)
    return ProgressPage(
        way=way_of(case, now=now),
        next=_next(case, for_supplier=for_supplier, now=now),
        next_task=actions.next_task(case, now=now),
        refused=_refused(case, actions, now),
        ended=_ended(case),
        undelivered=tuple(_undelivered(message) for message in case.undelivered),
        caseworker=case.people[received.caseworker_id] if received.caseworker_id else None,
        caseworker_absence=_absence(case, for_supplier=for_supplier),
        assign_actions=actions.assignment(),
        assessment_says=_assessment_says(case, now),
        assessments=_assessments(case, actions, now),
        plan_says=_plan_says(case),
        plans=tuple(_plan(plan, case, actions) for plan in reversed(plans)),
        plan_actions=actions.new_plan(case.plans),
        enforceable_days=enforceable_days.in_words(days) if case.sessions else "",
        days_warning=enforceable_days.warning(days),
        sessions_say=_sessions_say(case),
        sessions=tuple(_session(session, case, actions, now) for session in case.sessions),
        session_actions=actions.several_sessions(case, now=now),
        report=_report(case, actions, for_supplier=for_supplier),
        open_questions=sum(question.is_waiting for question in case.questions),
        history=tuple(sorted(_history(case, now), key=lambda event: event.at)),
    )


def _next(case: CaseProgress, *, for_supplier: bool, now: datetime) -> Next:
    received = case.received
    turn = Turn(received.whose_turn)
    mine = Turn.SUPPLIER if for_supplier else Turn.PRACTITIONER
    return Next(
        stage=Stage(received.stage).label,
        step=stages.next_step(received, for_supplier=for_supplier),
        turn="Yours" if turn == mine else turn.label,
        due=due_in_words(received.due_on, today=timezone.localdate(now)),
        paused=paused_in_words(next((one.starts_on for one in case.pauses if one.is_going_on), None)),
    )


def _refused(case: CaseProgress, actions: Actions, now: datetime) -> tuple[Refusal, ...]:
    """Appointments to be arranged again, because nDelius did not accept them (decision M4a)."""
    if case.received.booking_refused_on is None:
        return ()
    sessions: dict[UUID | None, DeliverySession] = {session.pk: session for session in case.sessions}
    refused = []
    for one in case.appointments:
        if is_to_be_arranged_again(one):
            session, status = sessions.get(one.session_id), status_of(one, now=now)
            what = f"{_name(one, session)}, {date_time(one.starts_at)}"
            given = (
                actions.session(session, one, status, is_current=True)
                if session
                else actions.assessment(one, status, is_current=True)
            )
            refused.append(Refusal(what, one.ndelius_reason, given))
    return tuple(refused)


#: Why the caseworker does not work on the case, as both sides read it.
ABSENCES = {
    Absence.CLOSED: "This caseworker’s account is closed. We email the service provider’s team instead.",
    Absence.NO_ACCESS: "This caseworker no longer has access to this contract. "
    "We email the service provider’s team instead.",
}
#: What to do about a message that did not arrive, by who should have had it.
ADVICE = {
    Receiver.PRACTITIONER: "Contact the probation practitioner or the back-up contact by phone.",
    Receiver.CASEWORKER: "Contact the caseworker by phone, or assign the case to someone else.",
    Receiver.TEAM: "Contact the service provider’s team by phone.",
    Receiver.NDELIUS: "An administrator has been told. Do not enter it in nDelius yourself. "
    "Later updates to nDelius for this case will wait.",
}


def _absence(case: CaseProgress, *, for_supplier: bool) -> str:
    """Said while something can still be done about it."""
    absence = case.people[case.received.caseworker_id].absence if case.received.caseworker_id else None
    if absence is None or case.received.concluded_at is not None:
        return ""
    advice = (
        "Assign the case to someone else."
        if for_supplier
        else "The service provider needs to reassign the case."
    )
    return f"{ABSENCES[absence]} {advice}"


def _undelivered(message: UndeliveredMessage) -> Undelivered:
    receiver, state = Receiver(message.receiver), message.state
    is_ndelius, why = receiver == Receiver.NDELIUS, f" {message.why}." if message.why else ""
    who = "nDelius" if is_ndelius else receiver.label[0].lower() + receiver.label[1:]
    on = date(message.at)
    if state == UndeliveredMessage.State.WAITING:
        how = "We have not updated" if is_ndelius else "We have not emailed"
        return Undelivered(f"{how} {who} yet: {message.about}.{why}", "We will try again.")
    if state == UndeliveredMessage.State.DISMISSED:
        what = f"We did not update {who}: {message.about}. An administrator dismissed this on {on}."
        return Undelivered(what, "Contact an administrator if nDelius needs this.")
    how = "We could not update" if is_ndelius else "We could not send an email to"
    return Undelivered(f"{how} {who} on {on}: {message.about}.{why}", ADVICE[receiver])


def _name(appointment: Appointment, session: DeliverySession | None) -> str:
    return f"Session {session.number}" if session else Purpose(appointment.purpose).label


def _ended(case: CaseProgress) -> tuple[str, ...]:
    """What the banner says once an end was asked for or the case is concluded; the practitioner's words last."""
    received = case.received
    if received.end_requested_at is not None:
        who = case.people[received.end_requested_by_id].name
        attended = sessions_attended(case.appointments)
        did = ending.DID[meaning_of(received.end_reason, sessions_attended=attended)]
        said = [f"{who} {did} on {date(received.end_requested_at)}."]
        if received.end_reason in REASONS:
            said.append(f"Reason: {REASONS[received.end_reason]}.")
        if received.stage == Stage.CANCELLED:
            said.append(ending.NO_REPORT)
        report_due = received.due_on if received.stage == Stage.REPORT else None
        unrecorded = sum(one.is_waiting for one in case.appointments)
        said.append(ending.left_to_do(report_due=report_due, unrecorded=unrecorded))
        return (*said, received.end_comments) if received.end_comments else tuple(said)
    if received.concluded_at is not None:
        return (f"{Conclusion(received.conclusion).label} on {date(received.concluded_at)}.",)
    return ()


# --- Supplier assessment ---------------------------------------------------------------------------


def _assessment_says(case: CaseProgress, now: datetime) -> str:
    statuses = {status_of(one, now=now) for one in case.assessments()}
    if Status.COMPLETED in statuses:
        return "The supplier assessment took place and feedback was given."
    if case.received.stage == Stage.CANCELLED:
        return "The supplier assessment did not take place."
    if case.received.caseworker_id is None:
        return "The supplier assessment can be arranged once a caseworker is assigned."
    if case.assessments() and statuses - {Status.RESCHEDULED}:
        return "Feedback is due on the same day as the supplier assessment."
    return f"{assessment_limit(case.levels[Timer.ASSESSMENT])} Details can be changed later."


def assessment_limit(working_days: int) -> str:
    """By when the supplier assessment is to be held (decision M4), in the same words for both sides."""
    days = plural(working_days, "working day")
    return f"The supplier assessment must take place within {days} of receiving the referral."


def _assessments(case: CaseProgress, actions: Actions, now: datetime) -> tuple[Meeting, ...]:
    rows = case.assessments()
    current = _current(rows)
    shown = tuple(
        _meeting(
            one, now, actions.assessment(one, status_of(one, now=now), is_current=one is (current or rows[0]))
        )
        for one in rows
    )
    if rows or case.received.caseworker_id is None:
        return shown
    nothing = Status.NOT_SCHEDULED
    return (_meeting(None, now, actions.assessment(None, nothing, is_current=True)),)


def _current(appointments: list[Appointment]) -> Appointment | None:
    return next((one for one in appointments if one.is_current), None)


def _meeting(appointment: Appointment | None, now: datetime, actions: tuple[Action, ...]) -> Meeting:
    status = status_of(appointment, now=now)
    if appointment is None:
        return Meeting("Not arranged", "", status.value, TONES[status], "", actions)
    return Meeting(
        when=date_time(appointment.starts_at),
        how=f"{appointment.get_method_display()}, {plural(appointment.minutes, 'minute')}",
        status=status.value,
        tone=TONES[status],
        note=_note(appointment),
        actions=actions,
    )


def _note(appointment: Appointment) -> str:
    """What nDelius said, when it did not take the booking (decision M4a) or not take it back."""
    if appointment.ndelius_state != NdeliusState.REFUSED or not is_ndelius_told(appointment):
        return ""
    return ": ".join(part for part in (NdeliusState.REFUSED.label, appointment.ndelius_reason) if part)


# --- Action plan and sessions ----------------------------------------------------------------------


def _plan_says(case: CaseProgress) -> str:
    stage = case.received.stage
    if stage == Stage.PLAN:
        days = plural(case.levels[Timer.ACTION_PLAN], "working day")
        return (
            f"The action plan must be submitted within {days} of the supplier assessment. "
            "It is approved when it is submitted."
        )
    waiting = [one for one in case.change_requests if one.is_waiting]
    if waiting:
        who = case.people[waiting[0].asked_by_id].name
        asked = f"{who} asked for a change on {date(waiting[0].asked_at)}."
        return f"{asked} The current version applies until a new one is submitted."
    if any(plan.is_submitted for plan in case.plans):
        return ""
    if stage in stages.ENDED:
        return "No action plan was submitted."
    return "The action plan can be submitted after the supplier assessment."


def _sessions_say(case: CaseProgress) -> str:
    if case.sessions:
        return ""
    if case.received.stage in stages.ENDED:
        return "No sessions took place."
    return "Sessions appear here after an action plan is submitted."


def _plan(plan: ActionPlan, case: CaseProgress, actions: Actions) -> PlanLine:
    if not plan.is_submitted:
        status, tone = "Draft", "waiting"
    elif plan.is_in_force:
        status, tone = "Approved", "done"
    else:
        status, tone = f"Replaced on {date(plan.superseded_at)}", "neutral"
    return PlanLine(
        version=f"Version {plan.number}",
        status=status,
        tone=tone,
        sessions=str(plan.sessions or ""),
        submitted=date(plan.submitted_at),
        actions=actions.plan(plan),
    )


def _session(session: DeliverySession, case: CaseProgress, actions: Actions, now: datetime) -> SessionLine:
    appointments = case.appointments_of(session)
    current = _current(appointments) or next(iter(appointments), None)
    status = status_of(current, now=now)
    before = tuple(
        _meeting(one, now, actions.session(session, one, status_of(one, now=now), is_current=False))
        for one in appointments
        if one is not current and status_of(one, now=now) in PAST
    )
    return SessionLine(
        title=f"Session {session.number}",
        now=_meeting(current, now, actions.session(session, current, status, is_current=True)),
        before=before,
    )


def _report(case: CaseProgress, actions: Actions, *, for_supplier: bool) -> ReportLine:
    report = case.report
    if report is not None and report.is_submitted:
        return ReportLine("Submitted", "done", date(report.submitted_at), actions.report(report))
    if case.received.stage == Stage.CANCELLED:
        return ReportLine("Not needed", "neutral", "", ())
    status = "Draft" if report is not None and for_supplier else "Not submitted"
    return ReportLine(status, "neutral", "", actions.report(report))


# --- What happened ---------------------------------------------------------------------------------


def _history(case: CaseProgress, now: datetime) -> Iterator[Happened]:
    received, people = case.received, case.people
    yield Happened(received.received_at, "Referral received", f"Sent by {received.sent_by}")
    for number, assignment in enumerate(case.assignments):
        verb = "reassigned" if number else "assigned"
        who = f"{verb.capitalize()} by {people[assignment.assigned_by_id].name}"
        yield Happened(
            assignment.assigned_at,
            f"Case {verb} to {people[assignment.caseworker_id].name}",
            "" if assignment.assigned_by_id == assignment.caseworker_id else who,
        )
    numbers: dict[UUID | None, int] = {session.pk: session.number for session in case.sessions}
    for appointment in case.appointments:
        yield from _course_of(appointment, numbers, case, now)
    for plan in case.plans:
        if at := plan.submitted_at:
            sessions = plural(plan.sessions or 0, "session")
            yield Happened(
                at,
                f"Action plan version {plan.number} submitted and approved, with {sessions}",
                people[plan.submitted_by_id].name,
            )
    for request in case.change_requests:
        yield Happened(request.asked_at, "Action plan change requested", people[request.asked_by_id].name)
    for question in case.questions:
        yield Happened(question.asked_at, "Question asked", people[question.asked_by_id].name)
        if at := question.answered_at:
            yield Happened(at, "Question answered", people[question.answered_by_id].name)
    for change in case.changes:
        yield Happened(change.at, f"{what_changed(change)} changed", change.by_name)
    for pause in case.pauses:
        until = f" to {date(pause.ends_on)}" if pause.ends_on else ""
        yield Happened(
            pause.set_at,
            f"Time limits paused from {date(pause.starts_on)}{until}",
            people[pause.set_by_id].name,
        )
    if received.end_requested_at is not None:
        yield Happened(
            received.end_requested_at,
            "Request to end the referral",
            people[received.end_requested_by_id].name,
        )
    if case.report is not None and (at := case.report.submitted_at):
        yield Happened(
            at,
            "End of service report submitted",
            people[case.report.submitted_by_id].name,
        )
    if received.concluded_at is not None:
        yield Happened(
            received.concluded_at, f"Referral ended: {Conclusion(received.conclusion).label.lower()}"
        )


def _course_of(
    appointment: Appointment, numbers: dict[UUID | None, int], case: CaseProgress, now: datetime
) -> Iterator[Happened]:
    """That an appointment was made, and what was recorded about it."""
    is_assessment = appointment.purpose == Purpose.ASSESSMENT
    name = "Supplier assessment" if is_assessment else f"Session {numbers.get(appointment.session_id, 0)}"
    was_moved = appointment.replaces_id is not None
    yield Happened(
        appointment.scheduled_at,
        f"{name} {'moved to' if was_moved else 'arranged for'} {date_time(appointment.starts_at)}",
        case.people[appointment.scheduled_by_id].name,
    )
    if appointment.closed_as == Closed.ENDED and appointment.closed_at is not None:
        words = Closed.ENDED.label.lower()
        yield Happened(appointment.closed_at, f"{name} of {date(appointment.starts_at)} {words}")
    feedback = appointment.recorded
    if feedback is not None and (at := feedback.submitted_at):
        status = status_of(appointment, now=now).value.lower()
        yield Happened(
            at,
            f"{name} of {date(appointment.starts_at)} recorded: {status}",
            case.people[feedback.submitted_by_id].name,
        )
