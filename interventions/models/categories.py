"""What kind of help there is: service categories (needs), and the contract types that bundle them.

Knows nothing of single contracts, their places or their providers.
"""

from __future__ import annotations

import re

from django.core.validators import RegexValidator
from django.db import models

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded


class ServiceCategory(KeepsFolded):
    """A kind of need, such as Accommodation. Some regions have a category of their own."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    name_folded = FoldedField(of=["name"])

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]
        verbose_name_plural = "service categories"

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The first word or words of the name, such as "finance" of "Finance, Benefits and Debt (FBD)"."""
        return re.split(r",| and | \(", self.name)[0].lower()


class ContractType(KeepsFolded):
    """A kind of contract: which categories it offers, and how reference numbers on it end."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120, unique=True)
    name_folded = FoldedField(of=["name"])
    reference_suffix = models.CharField(
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", "Enter two capital letters")],
        help_text="The first two letters of the name, in capitals. Reference numbers end with them.",
    )
    categories = models.ManyToManyField(ServiceCategory, related_name="contract_types")

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]

    def __str__(self) -> str:
        return self.name
