"""What a practitioner may do from the progress page: read what the supplier recorded, and ask for a change.

Must not decide anything itself: ``monitoring.rules.moves`` allows, the action that is called checks again.
"""

from __future__ import annotations

from datetime import datetime

from govuk.addresses import reverse
from monitoring.models import ActionPlan, Appointment, DeliverySession, EndOfServiceReport, ReceivedReferral
from monitoring.presenters.progress import Action
from monitoring.presenters.progress_records import CaseProgress
from monitoring.rules.appointment_status import RECORDED, Status
from monitoring.rules.moves import Move, is_allowed
from referrals.models import Referral


class PractitionerActions:
    """For one case."""

    def __init__(self, referral: Referral, received: ReceivedReferral) -> None:
        self._referral = referral
        self._received = received

    def next_task(self, case: CaseProgress, *, now: datetime) -> Action | None:
        """Answer what was asked; all else is the supplier's."""
        waiting = [question.pk for question in case.questions if question.is_waiting]
        if not waiting:
            return None
        if len(waiting) == 1:
            return Action("Answer the question", self._address("answer_question", waiting[0]))
        return Action(f"Answer the {len(waiting)} questions", self._address("case_questions"))

    def assignment(self) -> tuple[Action, ...]:
        """Assigning is the supplier's."""
        return ()

    def assessment(
        self, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Read."""
        return self._read(appointment, "the supplier assessment", status)

    def session(
        self, session: DeliverySession, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Read."""
        return self._read(appointment, f"session {session.number}", status)

    def several_sessions(self, case: CaseProgress, *, now: datetime) -> tuple[Action, ...]:
        """The service provider arranges."""
        return ()

    def _read(self, appointment: Appointment | None, what: str, status: Status) -> tuple[Action, ...]:
        if appointment is None:
            return ()
        text = "View feedback" if status in RECORDED else "View appointment details"
        return (Action(text, self._address("case_appointment", appointment.pk), f"of {what}"),)

    def plan(self, plan: ActionPlan) -> tuple[Action, ...]:
        """Read."""
        address = self._address("case_action_plan_version", plan.number)
        return (Action("View", address, f"version {plan.number} of the action plan"),)

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]:
        """Ask for a change; what was asked for before stands beside the versions."""
        if not any(plan.is_submitted for plan in plans):
            return ()
        versions = Action("All versions and requests", self._address("case_action_plan"))
        if not is_allowed(Move.ASK_FOR_PLAN_CHANGE, self._received):
            return (versions,)
        return (versions, Action("Request a change to the action plan", self._address("ask_for_plan_change")))

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]:
        """Read it once it was submitted."""
        if report is None or not report.is_submitted:
            return ()
        return (Action("View", self._address("case_end_of_service_report"), "the end of service report"),)

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"referrals:{name}", args=[self._referral.pk, *args])
