"""Who at the provider works with the person, now and before."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Reads of assignments."""

    def in_force(self) -> Self:
        """Those that no later one has replaced: at most one a case."""
        return self.filter(superseded_at=None)


class AssignmentManager(ScopedManager.from_queryset(AssignmentQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> AssignmentQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return AssignmentQuerySet(self.model, using=self._db)


class Assignment(models.Model):
    """A caseworker's time with a case. The newest is the one in force; earlier ones are history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one assignment made.")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="assignments")
    caseworker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentManager()

    class Meta:
        ordering = ["-assigned_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["received"], condition=Q(superseded_at__isnull=True), name="monitoring_one_assignment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.caseworker_id} on {self.received_id}"
