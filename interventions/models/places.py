"""Where a contract can be held: the twelve probation regions and the police areas inside them.

Knows nothing of contracts, offices or prisons.
"""

from __future__ import annotations

from django.db import models

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded


class ProbationRegion(KeepsFolded):
    """A region of the Probation Service, known by one capital letter (A is North East)."""

    code = models.CharField(max_length=1, unique=True)
    name = models.CharField(max_length=60, unique=True)
    name_folded = FoldedField(of=["name"])

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]

    def __str__(self) -> str:
        return self.name


class PoliceArea(KeepsFolded):
    """A police and crime commissioner's area. Every one lies in exactly one probation region."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60, unique=True)
    name_folded = FoldedField(of=["name"])
    region = models.ForeignKey(ProbationRegion, on_delete=models.PROTECT, related_name="police_areas")

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]

    def __str__(self) -> str:
        return self.name
