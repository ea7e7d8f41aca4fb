"""Probation delivery units (PDUs), in which practitioners work: reference data in the public register's shape."""

from __future__ import annotations

from django.db import models

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded
from interventions.models.places import ProbationRegion


class ProbationDeliveryUnitQuerySet(FoldedQuerySet["ProbationDeliveryUnit"]):
    """Reads of probation delivery units."""

    def in_use(self) -> ProbationDeliveryUnitQuerySet:
        """Those that the register names today, by name."""
        return self.filter(is_active=True).order_by("name_folded", "register_id")


class ProbationDeliveryUnit(KeepsFolded):
    """A part of a region. One that the register no longer names stays, and can no longer be chosen."""

    register_id = models.CharField(max_length=10, unique=True, help_text="Its code in the public register.")
    name = models.CharField(max_length=100)
    name_folded = FoldedField(of=["name"])
    region = models.ForeignKey(ProbationRegion, on_delete=models.PROTECT, related_name="delivery_units")
    is_active = models.BooleanField(default=True)

    objects = ProbationDeliveryUnitQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]

    def __str__(self) -> str:
        return self.name
