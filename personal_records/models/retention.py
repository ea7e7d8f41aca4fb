"""How long after a case has ended what becomes of what is held of it, and the people for whom nothing does."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


class RetentionRule(models.Model):
    """One kind of what is held, and when its time is over. There is one row a kind; each is off until set."""

    class Kind(models.TextChoices):
        """What happens, in the words of the page."""

        CASE = "CASE", "Delete all personal details of the case, on both sides"
        MESSAGES = "MESSAGES", "Delete messages of the case that were delivered"

    kind = models.CharField("what happens", max_length=20, choices=Kind, unique=True)
    days = models.PositiveIntegerField(
        "days after the case ended", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_on = models.BooleanField("applied every night", default=False)
    authority = models.CharField(
        max_length=200, blank=True, help_text="The policy that sets this, for example its name and paragraph."
    )

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                # A comparison with nothing is neither true nor false, and a check refuses only what is false.
                condition=Q(is_on=False) | Q(days__isnull=False, days__gte=1),
                name="personal_records_on_has_days",
                violation_error_message="Enter a number of days before you switch the rule on.",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class RetentionHold(models.Model):
    """A person of whom nothing is blanked for now, such as during a claim or an inquiry. Lifted, never deleted."""

    crn = models.CharField("CRN", max_length=7)
    reason = models.CharField(max_length=400)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["crn"],
                condition=Q(lifted_at__isnull=True),
                name="personal_records_one_hold",
                violation_error_message="There is a hold for this person already.",
            )
        ]

    def __str__(self) -> str:
        """Without the CRN: Django's history of what administrators did keeps this for ever."""
        return f"Hold since {timezone.localtime(self.placed_at):%d %B %Y}"
