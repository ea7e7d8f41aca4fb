"""What a practitioner may do from the progress page: read what the supplier recorded, and ask for a change.

Must not decide anything itself: ``monitoring.stages`` allows, the action that is called checks again.
"""

from __future__ import annotations

from django.urls import reverse

from monitoring.appointment_status import Status
from monitoring.models import ActionPlan, Appointment, DeliverySession, EndOfServiceReport, ReceivedReferral
from monitoring.presenters.progress import Action
from referrals.models import Referral


class PractitionerActions:
    """For one case."""

    def __init__(self, referral: Referral, received: ReceivedReferral) -> None:
        self._referral = referral
        self._received = received

    def assignment(self) -> tuple[Action, ...]:
        """Assigning is the supplier's."""
        return ()

    def assessment(
        self, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Read."""
        return ()

    def session(
        self, session: DeliverySession, appointment: Appointment | None, status: Status, *, is_current: bool
    ) -> tuple[Action, ...]:
        """Read."""
        return ()

    def plan(self, plan: ActionPlan) -> tuple[Action, ...]:
        """Read."""
        return ()

    def new_plan(self, plans: list[ActionPlan]) -> tuple[Action, ...]:
        """Ask for a change."""
        return ()

    def report(self, report: EndOfServiceReport | None) -> tuple[Action, ...]:
        """Read it once it was submitted."""
        return ()

    def _address(self, name: str, *args: object) -> str:
        return reverse(f"referrals:{name}", args=[self._referral.pk, *args])
