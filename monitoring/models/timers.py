"""Timers as data (decision M4): how many working days for what, since when, and when a case's clock stood still."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager
from prepared.queries import PreparedQuery


class Timer(models.TextChoices):
    """What has a time limit."""

    ASSESSMENT = "ASSESSMENT", "Hold the supplier assessment, from the day the referral was received"
    ACTION_PLAN = "ACTION_PLAN", "Submit the action plan, from the day of the assessment"
    FEEDBACK = "FEEDBACK", "Give feedback, from the day of the appointment"
    END_OF_SERVICE_REPORT = "END_OF_SERVICE_REPORT", "Submit the end of service report, from the end"


#: Used where no administrator set anything else: the live service's texts.
USUAL_LEVELS = {
    Timer.ASSESSMENT: 10,
    Timer.ACTION_PLAN: 5,
    Timer.FEEDBACK: 0,
    Timer.END_OF_SERVICE_REPORT: 5,
}


class ServiceLevelManager(ScopedManager["ServiceLevel"]):
    """Where reads of time limits begin."""

    def holding_on(self, received_on: date) -> dict[str, int]:
        """The working days that hold for a referral received on that day: later rules do not change old cases."""
        levels: dict[str, int] = {timer.value: days for timer, days in USUAL_LEVELS.items()}
        for level in _HOLDING.rows(on=received_on):
            levels[level.timer] = level.working_days
        return levels


class ServiceLevel(models.Model):
    """A time limit in working days, valid for referrals received from a day on. Old referrals keep their rule."""

    timer = models.CharField(max_length=30, choices=Timer)
    working_days = models.PositiveSmallIntegerField()
    valid_from = models.DateField(help_text="For referrals received on or after this day.")

    objects = ServiceLevelManager()

    class Meta:
        ordering = ["timer", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["timer", "valid_from"], name="monitoring_one_level_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_timer_display()}: {self.working_days} working days"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """One limit a timer and day. Django would look through the manager that refuses to."""
        same = ServiceLevel.objects.unscoped().filter(timer=self.timer, valid_from=self.valid_from)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError("There is a time limit for this from this day on already.")


_HOLDING = PreparedQuery(
    lambda on: ServiceLevel.objects.unscoped().filter(valid_from__lte=on).order_by("valid_from")
)


class PauseQuerySet(models.QuerySet["Pause"]):
    """Reads of pauses."""

    def going_on(self) -> Self:
        """Those that have not ended: at most one a case."""
        return self.filter(ends_on=None)


class PauseManager(ScopedManager.from_queryset(PauseQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> PauseQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return PauseQuerySet(self.model, using=self._db)


class Pause(models.Model):
    """A time in which a case's clocks stand still, with why. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one pause made.")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="pauses")
    starts_on = models.DateField()
    ends_on = models.DateField(
        null=True, blank=True, help_text="The last day of the pause; empty while it lasts."
    )
    reason = models.CharField(max_length=400)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = PauseManager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="monitoring_pause_in_order",
            ),
            models.UniqueConstraint(
                fields=["received"], condition=Q(ends_on__isnull=True), name="monitoring_one_open_pause"
            ),
        ]

    def __str__(self) -> str:
        return f"Paused from {self.starts_on:%d %B %Y}"

    @property
    def is_going_on(self) -> bool:
        """Whether it has not ended."""
        return self.ends_on is None
