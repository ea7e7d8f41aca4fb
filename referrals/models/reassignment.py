"""That an administrator gave a case of one practitioner to another, such as of somebody who left."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from referrals.models.referral import Referral


class ReassignmentQuerySet(models.QuerySet["Reassignment"]):
    """Reads of reassignments."""

    def in_force(self) -> Self:
        """The newest of each case."""
        return self.filter(superseded_at=None)


class Reassignment(models.Model):
    """One case, from whom, to whom, why, and by which administrator. Superseded by the next, never deleted."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reassignments")
    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="from"
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="to"
    )
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField("reassigned again at", null=True, blank=True)

    objects = ReassignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "reassigned case"
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=models.Q(superseded_at=None), name="referrals_in_one_hand"
            )
        ]
        indexes = [
            models.Index(
                fields=["successor", "referral"],
                condition=models.Q(superseded_at=None),
                name="referrals_given_to",
            )
        ]

    def __str__(self) -> str:
        return f"Reassigned {self.at:%d %B %Y %H:%M}"
