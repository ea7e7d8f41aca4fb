"""The action plan: activities towards desired outcomes, over a number of delivery sessions. Versions, never edits."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.received_services import ReceivedOutcome
from monitoring.models.scoping import ScopedManager
from monitoring.models.submitted_once import SubmittedOnce, SubmittedOnceQuerySet


class ActionPlanQuerySet(SubmittedOnceQuerySet["ActionPlan"]):
    """Reads of the versions of action plans."""

    def in_force(self) -> Self:
        """Submitted versions that no later one has replaced: at most one a case."""
        return self.submitted().filter(superseded_at=None)


class ActionPlanManager(ScopedManager.from_queryset(ActionPlanQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> ActionPlanQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return ActionPlanQuerySet(self.model, using=self._db)


class ActionPlan(SubmittedOnce):
    """One version. Submitted means approved (decision M1); the version before stays in force until then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="action_plans")
    number = models.PositiveSmallIntegerField()
    sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many delivery sessions."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True, help_text="When the next version took over.")

    objects = ActionPlanManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["received", "number"], name="monitoring_plan_number_once"),
            models.UniqueConstraint(
                fields=["received"], condition=Q(submitted_at__isnull=True), name="monitoring_one_plan_draft"
            ),
            models.UniqueConstraint(
                fields=["received"],
                condition=Q(submitted_at__isnull=False, superseded_at__isnull=True),
                name="monitoring_one_plan_in_force",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(sessions__isnull=False, sessions__gte=1),
                name="monitoring_plan_has_sessions",
            ),
        ]

    def __str__(self) -> str:
        return f"Action plan, version {self.number}"

    @property
    def is_in_force(self) -> bool:
        """Submitted, and not replaced by a later version."""
        return self.is_submitted and self.superseded_at is None


class PlanActivity(models.Model):
    """One thing that will be done, towards one desired outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="activities")
    outcome = models.ForeignKey(ReceivedOutcome, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = ScopedManager["PlanActivity"]()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="monitoring_activity_once")]

    def __str__(self) -> str:
        return f"Activity {self.position}"


class PlanChangeRequestQuerySet(models.QuerySet["PlanChangeRequest"]):
    """Reads of changes that were asked for."""

    def waiting(self) -> Self:
        """Those that no new version has answered yet."""
        return self.filter(answered_at=None)


class PlanChangeRequestManager(ScopedManager.from_queryset(PlanChangeRequestQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> PlanChangeRequestQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return PlanChangeRequestQuerySet(self.model, using=self._db)


class PlanChangeRequest(models.Model):
    """The practitioner asks for a change to the plan in force (decision M1). Answered by a new version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one request made.")
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="change_requests")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PlanChangeRequestManager()

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"Change asked for {self.asked_at:%d %B %Y}"

    @property
    def is_waiting(self) -> bool:
        """Whether no new version has answered it yet."""
        return self.answered_at is None


class DeliverySession(models.Model):
    """One of the sessions that the plan provides for. Made when a plan is submitted, never removed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()

    objects = ScopedManager["DeliverySession"]()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["received", "number"], name="monitoring_session_number_once")
        ]

    def __str__(self) -> str:
        return f"Session {self.number}"
