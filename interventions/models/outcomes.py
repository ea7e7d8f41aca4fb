"""What an intervention is meant to achieve: the desired outcomes of each service category.

An outcome may be offered on all contracts, only on some, or on all but some. A deprecated outcome is no longer
offered, but stays for the referrals that chose it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from interventions.models.categories import ServiceCategory

if TYPE_CHECKING:
    from interventions.models.contracts import Contract


class Scope(models.TextChoices):
    """Which contracts an outcome is offered on (live service: its INCLUDE and EXCLUDE rules)."""

    ALL = "ALL", "All contracts"
    ONLY = "ONLY", "Only the contracts named"
    EXCEPT = "EXCEPT", "All contracts except those named"


class DesiredOutcomeQuerySet(models.QuerySet["DesiredOutcome"]):
    """Reads of desired outcomes."""

    def current(self) -> DesiredOutcomeQuerySet:
        """Those that are not deprecated now."""
        return self.filter(Q(deprecated_at=None) | Q(deprecated_at__gt=timezone.now()))

    def offered_on(self, contract: Contract, *, chosen: Collection[int] = ()) -> DesiredOutcomeQuerySet:
        """Those a practitioner may choose on ``contract``, and those with the keys ``chosen`` already.

        What was chosen stays choosable even when it was deprecated or withdrawn from the contract since: an answer
        never disappears from its own page.
        """
        named = Exists(
            DesiredOutcome.contracts.through.objects.filter(desiredoutcome=OuterRef("pk"), contract=contract)
        )
        in_scope = Q(scope=Scope.ALL) | (Q(scope=Scope.ONLY) & named) | (Q(scope=Scope.EXCEPT) & ~named)
        not_deprecated = Q(deprecated_at=None) | Q(deprecated_at__gt=timezone.now())
        return self.filter((in_scope & not_deprecated) | Q(pk__in=list(chosen)))


class DesiredOutcome(models.Model):
    """One result that a practitioner may ask for. Its words never change: deprecate it and add another."""

    Scope = Scope

    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="desired_outcomes")
    code = models.CharField(max_length=30, unique=True)
    text = models.CharField(max_length=300)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.ALL)
    contracts = models.ManyToManyField(
        "interventions.Contract",
        blank=True,
        related_name="scoped_outcomes",
        help_text="The contracts the scope applies to. Leave empty when the scope is all contracts.",
    )
    deprecated_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="After this it is not offered. Referrals that already have it keep it.",
    )

    objects = DesiredOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["category__name_folded", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="interventions_scope_is_known"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_deprecated(self) -> bool:
        """True from the moment it is no longer offered."""
        return self.deprecated_at is not None and self.deprecated_at <= timezone.now()
