"""A practitioner's declaration of responsibility over exactly the content that will be shared."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from risk.models.information import RiskInformation


class Declaration(models.Model):
    """Who took responsibility, when, under which wording, over which content (decision R9).

    Holds a keyed hash of the content, never the content. Any later change to the content voids it.
    """

    risk = models.ForeignKey(RiskInformation, on_delete=models.CASCADE, related_name="declarations")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)
    wording_version = models.CharField(max_length=20)
    content_hash = models.CharField(max_length=64)
    sections_changed = models.PositiveIntegerField(
        help_text="Shared otherwise than OASys has them. 0 when shared exactly as OASys has it."
    )
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-declared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"],
                condition=models.Q(voided_at__isnull=True),
                name="risk_one_standing_declaration",
            )
        ]

    def __str__(self) -> str:
        return f"Declared {self.declared_at:%d %B %Y %H:%M}"
