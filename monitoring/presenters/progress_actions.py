"""What a supplier may do from the progress page: shown only where the stage allows it.

Must not decide anything itself: ``monitoring.rules.stages`` allows, the action that is called checks again.
"""

from __future__ import annotations

from django.urls import reverse

from monitoring.actions.arrange_appointment import move_of
from monitoring.models import ActionPlan, Appointment, DeliverySession, EndOfServiceReport, ReceivedReferral
from monitoring.presenters.progress import Action
from monitoring.rules import stages
from monitoring.rules.appointment_status import RECORDED, Status


class SupplierActions:
    """For one case."""

    def __init__(self, received: ReceivedReferral) -> None:
        self._received = received

    def assignment(self) -> tuple[Action, ...]:
        """Assign, or assign to somebody else."""
        if not stages.is_allowed("assign", self._received):
            return ()
        text = "Assign to somebody else" if self._received.caseworker_id else "Assign a caseworker"
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
        what = f"session {session.number}" if session else "the supplier assessment"
        may_arrange = is_current and stages.is_allowed(move_of(session), self._received)
        give = "give_session_feedback" if session else "give_assessment_feedback"
        actions = []
        if appointment is not None:
            text = "View feedback" if status in RECORDED else "View appointment details"
            if status is Status.NEEDS_FEEDBACK and is_current and stages.is_allowed(give, self._received):
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
        if plan.submitted_at is not None:
            return (Action("View", self._address("action_plan_version", plan.number), version),)
        if not stages.is_allowed("write_plan", self._received):
            return ()
        return (Action("Continue", self._address("edit_action_plan", plan.number), f"the draft {version}"),)

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]:
        """Begin a version, unless there is a draft; from the list of versions, where requests are read."""
        has_draft = any(plan.submitted_at is None for plan in plans)
        if has_draft or not stages.is_allowed("write_plan", self._received):
            return (Action("All versions and requests", self._address("action_plan")),) if plans else ()
        text = "Create a new version of the action plan" if plans else "Create an action plan"
        return (Action(text, self._address("action_plan")),)

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]:
        """Write, go on with, or read."""
        address = self._address("end_of_service_report")
        if report is not None and report.submitted_at is not None:
            return (Action("View", address, "the end of service report"),)
        if not stages.is_allowed("write_report", self._received):
            return ()
        return (Action("Continue" if report else "Create", address, "the end of service report"),)

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"monitoring:{name}", args=[self._received.pk, *args])
