"""Probation offices in which a supplier can meet a person: reference data in the public register's shape."""

from __future__ import annotations

from django.db import models

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded
from interventions.models.contracts import Contract
from interventions.models.places import ProbationRegion


class ProbationOfficeQuerySet(FoldedQuerySet["ProbationOffice"]):
    """Reads of offices."""

    def in_use(self) -> ProbationOfficeQuerySet:
        """Those that are open, by name."""
        return self.filter(is_active=True).order_by("name_folded", "register_id")

    def bookable_for(self, contract: Contract) -> ProbationOfficeQuerySet:
        """Those in which people of this contract can be met: in its region, open, and known to nDelius."""
        in_region = (
            models.Q(region=contract.region_id)
            if contract.region_id
            else models.Q(region__police_areas=contract.police_area_id)
        )
        return self.in_use().filter(in_region).exclude(delius_code="")


class ProbationOffice(KeepsFolded):
    """An office. Only one with a Delius code can be booked; what nDelius calls its location."""

    register_id = models.PositiveIntegerField(unique=True, help_text="Its number in the public register.")
    name = models.CharField(max_length=100)
    name_folded = FoldedField(of=["name"])
    address = models.CharField(max_length=200, help_text="Parts with commas between.")
    region = models.ForeignKey(ProbationRegion, on_delete=models.PROTECT, related_name="offices")
    delius_code = models.CharField(max_length=7, blank=True)
    is_active = models.BooleanField(default=True)

    objects = ProbationOfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delius_code"],
                condition=~models.Q(delius_code=""),
                name="interventions_one_office_a_code",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> list[str]:
        """Name and address as they are written on an envelope."""
        return [self.name, *(part.strip() for part in self.address.split(",") if part.strip())]
