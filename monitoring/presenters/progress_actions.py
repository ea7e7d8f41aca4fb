"""What a supplier may do from the progress page: shown only where the stage allows it.

Must not decide anything itself: ``monitoring.stages`` allows, the action that is called checks again.
"""

from __future__ import annotations

from django.urls import reverse

from monitoring.appointment_status import Status
from monitoring.models import ActionPlan, Appointment, DeliverySession, EndOfServiceReport, ReceivedReferral
from monitoring.presenters.progress import Action


class SupplierActions:
    """For one case."""

    def __init__(self, received: ReceivedReferral) -> None:
        self._received = received

    def assignment(self) -> tuple[Action, ...]:
        """Assign, or assign to somebody else."""
        return ()

    def assessment(
        self, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Arrange, move, record and read."""
        return ()

    def session(
        self, session: DeliverySession, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Arrange, move, record and read."""
        return ()

    def plan(self, plan: ActionPlan) -> tuple[Action, ...]:
        """Read, or go on with a draft."""
        return ()

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]:
        """Begin a version."""
        return ()

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]:
        """Write, go on with, or read."""
        return ()

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"monitoring:{name}", args=[self._received.pk, *args])
