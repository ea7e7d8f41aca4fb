"""A practitioner who looks after the cases of an absent colleague of the same team."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

#: A working day, as for a case that was opened with a reason.
COVER_HOLDS = timedelta(hours=12)


class TeamInNdelius(models.Model):
    """The team that nDelius named a practitioner in, when it was asked last. Says who can be covered by whom."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=60, blank=True, help_text="Empty: nDelius named none.")
    name = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = "team in nDelius"
        verbose_name_plural = "teams in nDelius"
        indexes = [models.Index(fields=["code"], name="referrals_of_the_team")]

    def __str__(self) -> str:
        return self.name or self.code


class CoverQuerySet(models.QuerySet["Cover"]):
    """Reads of covers."""

    def holding(self, now: datetime) -> Self:
        """Those that were begun within a working day and not ended since."""
        return self.begun_since(now - COVER_HOLDS)

    def begun_since(self, moment: datetime) -> Self:
        """Those that were begun then or later and not ended since."""
        return self.filter(ended_at=None, began_at__gte=moment)


class Cover(models.Model):
    """That ``user`` covers for ``colleague``: their cases stand in the lists of ``user`` for the rest of the day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-began_at"], name="referrals_covers_of")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(user=models.F("colleague")), name="referrals_nobody_covers_themselves"
            )
        ]

    def __str__(self) -> str:
        return f"Cover from {self.began_at:%d %B %Y %H:%M}"

    @property
    def holds_until(self) -> datetime:
        """When it ends by itself."""
        return self.began_at + COVER_HOLDS
