"""A service category chosen for a referral, with its complexity level and desired outcomes."""

from __future__ import annotations

from django.db import models

from referrals.models.referral import Referral


class ChosenService(models.Model):
    """One service category of one referral."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="services")
    category = models.ForeignKey("interventions.ServiceCategory", on_delete=models.PROTECT, related_name="+")
    complexity_level = models.ForeignKey(
        "interventions.ComplexityLevel", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcomes = models.ManyToManyField("interventions.DesiredOutcome", blank=True, related_name="+")

    class Meta:
        ordering = ["category__name_folded"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "category"], name="referrals_one_row_a_service")
        ]

    def __str__(self) -> str:
        return f"{self.category} of {self.referral}"
