"""A supplier's request for the performance report, made in the background and kept for seven days."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from monitoring.models.scoping import ScopedManager


class PerformanceReportManager(ScopedManager["PerformanceReport"]):
    """Where reads of reports begin."""

    def asked_for_by(self, user: User) -> models.QuerySet[PerformanceReport]:
        """Those that ``user`` asked for: nobody else may even know of them."""
        return self.unscoped().filter(requested_by=user)


class PerformanceReport(models.Model):
    """One request: a period, who asked, how far it is, and where its file is. Only who asked may have it."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "WAITING", "Waiting"
        RUNNING = "RUNNING", "Being made"
        READY = "READY", "Ready"
        FAILED = "FAILED", "Could not be made"
        EXPIRED = "EXPIRED", "No longer kept"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one report made.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    from_date = models.DateField()
    to_date = models.DateField(help_text="Included.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_in_all = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="When the latest try began.")
    progressed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the latest try last wrote rows."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    contracts = models.JSONField(
        null=True, blank=True, help_text="Ids of the contracts whose cases are in the file, once it is made."
    )

    objects = PerformanceReportManager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__gte=F("from_date")), name="monitoring_report_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"Performance report of {self.requested_at:%d %B %Y}"
