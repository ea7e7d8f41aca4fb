"""What a supplier may do from the progress page: shown only where the stage allows it.

Must not decide anything itself: ``monitoring.rules.moves`` allows, the action that is called checks again.
"""

from __future__ import annotations

from datetime import datetime

from govuk.addresses import reverse
from monitoring.actions.arrange_appointment import move_of
from monitoring.models import (
    ActionPlan,
    Appointment,
    DeliverySession,
    EndOfServiceReport,
    ReceivedReferral,
    Stage,
)
from monitoring.presenters.progress import Action
from monitoring.presenters.progress_records import CaseProgress
from monitoring.rules.appointment_status import RECORDED, Status, status_of
from monitoring.rules.moves import Move, is_allowed
from monitoring.rules.refused_bookings import is_to_be_arranged_again
from monitoring.rules.stages import lacks_caseworker

#: Somebody has still to say what happened.
WAITING = frozenset({Status.SCHEDULED, Status.NEEDS_FEEDBACK})
#: A session with such an appointment need not be arranged.
TAKEN = RECORDED | WAITING


class SupplierActions:
    """For one case."""

    def __init__(self, received: ReceivedReferral) -> None:
        self._received = received

    def next_task(self, case: CaseProgress, *, now: datetime) -> Action | None:
        """Where the case's next step is done, or, before an appointment, what was arranged."""
        if self._received.booking_refused_on is not None:
            refused = next((one for one in case.appointments if is_to_be_arranged_again(one)), None)
            return self._arrange(_session_of(refused, case), "again") if refused else None
        if lacks_caseworker(self._received):
            return Action("Assign a caseworker", self._address("choose_caseworker"))
        match Stage(self._received.stage):
            case Stage.ARRANGE_ASSESSMENT:
                return self._arrange(None)
            case Stage.HOLD_ASSESSMENT | Stage.HOLD_SESSION:
                return self._hold(case, now)
            case Stage.PLAN | Stage.CHANGE_PLAN:
                return self._write_plan(case)
            case Stage.ARRANGE_SESSION:
                free = next(iter(_free(case, now)), None)
                return self._arrange(free) if free else None
            case Stage.REPORT:
                verb = "Continue" if case.report else "Write"
                return Action(f"{verb} the end of service report", self._address("end_of_service_report"))
        return None

    def _arrange(self, session: DeliverySession | None, again: str = "") -> Action | None:
        if not is_allowed(move_of(session), self._received):
            return None
        name, numbers = ("arrange_session", (session.number,)) if session else ("arrange_assessment", ())
        return Action(f"Arrange {_what(session)} {again}".rstrip(), self._address(name, *numbers))

    def _hold(self, case: CaseProgress, now: datetime) -> Action | None:
        waiting = [one for one in case.appointments if status_of(one, now=now) in WAITING]
        if not waiting:
            return None
        appointment = min(waiting, key=lambda one: one.starts_at)
        what = _what(_session_of(appointment, case))
        if status_of(appointment, now=now) is Status.NEEDS_FEEDBACK:
            return Action(f"Give feedback on {what}", self._address("attendance", appointment.pk))
        return Action(f"View the details of {what}", self._address("appointment", appointment.pk))

    def _write_plan(self, case: CaseProgress) -> Action:
        draft = next((plan for plan in case.plans if not plan.is_submitted), None)
        if draft is not None:
            return Action("Continue the action plan", self._address("edit_action_plan", draft.number))
        text = "Write a new version of the action plan" if case.plans else "Write the action plan"
        return Action(text, self._address("action_plan"))

    def assignment(self) -> tuple[Action, ...]:
        """Assign, or assign to somebody else."""
        if not is_allowed(Move.ASSIGN, self._received):
            return ()
        text = "Assign to someone else" if self._received.caseworker_id else "Assign a caseworker"
        return (Action(text, self._address("choose_caseworker")),)

    def assessment(
        self, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Arrange, move, record and read."""
        arrange = self._address("arrange_assessment")
        return self._meeting(appointment, status, arrange, None, is_current=is_current)

    def session(
        self, session: DeliverySession, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Arrange, move, record and read."""
        arrange = self._address("arrange_session", session.number)
        return self._meeting(appointment, status, arrange, session, is_current=is_current)

    def several_sessions(self, case: CaseProgress, *, now: datetime) -> tuple[Action, ...]:
        """Arrange at once what has no appointment; a single one is arranged beside its name."""
        if len(_free(case, now)) < 2 or not is_allowed(Move.ARRANGE_SESSION, self._received):
            return ()
        return (Action("Arrange several sessions", self._address("arrange_sessions")),)

    def _meeting(
        self,
        appointment: Appointment | None,
        status: Status,
        arrange: str,
        session: DeliverySession | None,
        *,
        is_current: bool,
    ) -> tuple[Action, ...]:
        """By the status (live service, with its gap closed: what needs feedback can be moved, too, Q12)."""
        what = _what(session)
        may_arrange = is_current and is_allowed(move_of(session), self._received)
        give = Move.GIVE_SESSION_FEEDBACK if session else Move.GIVE_ASSESSMENT_FEEDBACK
        actions = []
        if appointment is not None:
            text = "View feedback" if status in RECORDED else "View appointment details"
            if status is Status.NEEDS_FEEDBACK and is_current and is_allowed(give, self._received):
                actions.append(
                    Action("Give feedback", self._address("attendance", appointment.pk), f"on {what}")
                )
            actions.append(Action(text, self._address("appointment", appointment.pk), f"of {what}"))
        if may_arrange and status is not Status.COMPLETED:
            actions.append(Action("Arrange" if appointment is None else "Reschedule", arrange, what))
        return tuple(actions)

    def plan(self, plan: ActionPlan) -> tuple[Action, ...]:
        """Read, or go on with a draft."""
        version = f"of the action plan, version {plan.number}"
        if plan.is_submitted:
            return (Action("View", self._address("action_plan_version", plan.number), version),)
        if not is_allowed(Move.WRITE_PLAN, self._received):
            return ()
        return (Action("Continue", self._address("edit_action_plan", plan.number), f"the draft {version}"),)

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]:
        """Begin a version, unless there is a draft; from the list of versions, where requests are read."""
        has_draft = any(not plan.is_submitted for plan in plans)
        if has_draft or not is_allowed(Move.WRITE_PLAN, self._received):
            return (Action("All versions and requests", self._address("action_plan")),) if plans else ()
        text = "Create a new version of the action plan" if plans else "Create an action plan"
        return (Action(text, self._address("action_plan")),)

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]:
        """Write, go on with, or read."""
        address = self._address("end_of_service_report")
        if report is not None and report.is_submitted:
            return (Action("View", address, "the end of service report"),)
        if not is_allowed(Move.WRITE_REPORT, self._received):
            return ()
        return (Action("Continue" if report else "Create", address, "the end of service report"),)

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"monitoring:{name}", args=[self._received.pk, *args])


def _free(case: CaseProgress, now: datetime) -> list[DeliverySession]:
    """Sessions that have still to be arranged, in order."""
    taken = {one.session_id for one in case.appointments if status_of(one, now=now) in TAKEN}
    return [one for one in case.sessions if one.pk not in taken]


def _what(session: DeliverySession | None) -> str:
    return f"session {session.number}" if session else "the supplier assessment"


def _session_of(appointment: Appointment, case: CaseProgress) -> DeliverySession | None:
    return next((one for one in case.sessions if one.pk == appointment.session_id), None)
