"""The service categories of a received referral, what is to be achieved in each, and the needs that were shared.

The words of the day stand beside the catalogue's keys: a later change to the catalogue changes no referral.
"""

from __future__ import annotations

import uuid

from django.db import models

from interventions.models import ComplexityLevel, DesiredOutcome, ServiceCategory
from monitoring.handover.contents import SharedCriminogenicNeed, SharedOutcome, SharedService
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class ReceivedService(models.Model):
    """One service category of a referral, with its complexity level."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="services")
    position = models.PositiveSmallIntegerField()
    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="+")
    category_name = models.TextField()
    complexity_level = models.ForeignKey(ComplexityLevel, on_delete=models.PROTECT, related_name="+")
    complexity = models.CharField(max_length=10, help_text="LOW, MEDIUM or HIGH.")
    complexity_title = models.TextField()
    complexity_description = models.TextField(blank=True)

    objects = ScopedManager["ReceivedService"]()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["received", "category"], name="monitoring_category_once"),
            models.UniqueConstraint(fields=["received", "position"], name="monitoring_service_position_once"),
        ]

    def __str__(self) -> str:
        return self.category_name

    @classmethod
    def from_shared(
        cls, service: SharedService, *, received: ReceivedReferral, position: int
    ) -> ReceivedService:
        """An unsaved row with every value of ``service`` but its outcomes."""
        return cls(
            received=received,
            position=position,
            category_id=service.category_id,
            category_name=service.category_name,
            complexity_level_id=service.complexity_level_id,
            complexity=service.complexity,
            complexity_title=service.complexity_title,
            complexity_description=service.complexity_description,
        )

    def as_shared(self) -> SharedService:
        """The row and its outcomes as the value they came in."""
        return SharedService(
            category_id=self.category_id,
            category_name=self.category_name,
            complexity_level_id=self.complexity_level_id,
            complexity=self.complexity,
            complexity_title=self.complexity_title,
            complexity_description=self.complexity_description,
            outcomes=tuple(
                SharedOutcome(outcome_id=outcome.outcome_id, text=outcome.text)
                for outcome in self.outcomes.all()
            ),
        )


class ReceivedOutcomeManager(ScopedManager["ReceivedOutcome"]):
    """Where reads of desired outcomes begin."""

    def get_queryset(self) -> models.QuerySet[ReceivedOutcome]:
        """Those that a service has now. One that was taken off stays for the plans that were written towards it."""
        return super().get_queryset().filter(removed_at=None)


class ReceivedOutcome(models.Model):
    """One desired outcome of one service of a referral."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(ReceivedService, on_delete=models.PROTECT, related_name="outcomes")
    position = models.PositiveSmallIntegerField()
    outcome = models.ForeignKey(DesiredOutcome, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    removed_at = models.DateTimeField(null=True, blank=True, help_text="When it stopped being one.")

    objects = ReceivedOutcomeManager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["service", "outcome"], name="monitoring_outcome_once"),
            models.UniqueConstraint(fields=["service", "position"], name="monitoring_outcome_position_once"),
        ]

    def __str__(self) -> str:
        return self.text


class ReceivedCriminogenicNeed(models.Model):
    """A criminogenic need that the practitioner chose to share, with their comment. Never a score (F10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(
        ReceivedReferral, on_delete=models.PROTECT, related_name="criminogenic_needs"
    )
    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    comment = models.TextField(blank=True)

    objects = ScopedManager["ReceivedCriminogenicNeed"]()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["received", "position"], name="monitoring_need_position_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_shared(self) -> SharedCriminogenicNeed:
        """The row as the value it came in."""
        return SharedCriminogenicNeed(name=self.name, comment=self.comment)
