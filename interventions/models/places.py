"""Where a contract can be held: the twelve probation regions and the police areas inside them.

Knows nothing of contracts, offices or prisons.
"""

from __future__ import annotations

from django.db import models


class ProbationRegion(models.Model):
    """A region of the Probation Service, known by one capital letter (A is North East)."""

    code = models.CharField(max_length=1, unique=True)
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PoliceArea(models.Model):
    """A police and crime commissioner's area. Every one lies in exactly one probation region."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=60, unique=True)
    region = models.ForeignKey(ProbationRegion, on_delete=models.PROTECT, related_name="police_areas")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
