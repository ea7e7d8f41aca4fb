"""The end of service report: what became of each desired outcome. Submitted once, then locked."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.received_services import ReceivedOutcome
from monitoring.models.scoping import ScopedManager
from monitoring.models.submitted_once import SubmittedOnce, SubmittedOnceQuerySet


class EndOfServiceReportQuerySet(SubmittedOnceQuerySet["EndOfServiceReport"]):
    """Reads of end of service reports."""


class EndOfServiceReportManager(ScopedManager.from_queryset(EndOfServiceReportQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> EndOfServiceReportQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return EndOfServiceReportQuerySet(self.model, using=self._db)


class EndOfServiceReport(SubmittedOnce):
    """One a referral."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.OneToOneField(
        ReceivedReferral, on_delete=models.PROTECT, related_name="end_of_service_report"
    )
    further_information = models.TextField(null=True, blank=True)  # noqa: DJ001 (null: not asked yet)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = EndOfServiceReportManager()

    def __str__(self) -> str:
        return f"End of service report of {self.received_id}"


class OutcomeAchievement(models.Model):
    """How far one desired outcome was achieved."""

    class Level(models.TextChoices):
        """The live service's three."""

        ACHIEVED = "ACHIEVED", "Achieved"
        PARTIALLY_ACHIEVED = "PARTIALLY_ACHIEVED", "Partially achieved"
        NOT_ACHIEVED = "NOT_ACHIEVED", "Not achieved"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(EndOfServiceReport, on_delete=models.PROTECT, related_name="achievements")
    outcome = models.ForeignKey(ReceivedOutcome, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, choices=Level)
    progress = models.TextField()
    remaining = models.TextField(blank=True, help_text="Anything else that could be done.")
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = ScopedManager["OutcomeAchievement"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "outcome"], name="monitoring_one_achievement_an_outcome"
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()
