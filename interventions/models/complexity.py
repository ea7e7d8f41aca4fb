"""How complex a person's need can be: up to three levels for each service category.

A contract type may describe a category's levels in its own words, and may offer fewer of them: its own rows then
replace the default rows. Knows nothing of people or referrals.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Q, Value, When

from interventions.models.categories import ContractType, ServiceCategory


class Level(models.TextChoices):
    """From the least help to the most."""

    LOW = "LOW", "Low complexity"
    MEDIUM = "MEDIUM", "Medium complexity"
    HIGH = "HIGH", "High complexity"


class ComplexityLevelQuerySet(models.QuerySet["ComplexityLevel"]):
    """Reads of complexity levels."""

    def lowest_first(self) -> ComplexityLevelQuerySet:
        """Low, medium, high."""
        steps = [When(level=level, then=Value(step)) for step, level in enumerate(Level)]
        return self.order_by(Case(*steps, output_field=models.SmallIntegerField()))

    def offered(self, category: ServiceCategory, contract_type: ContractType) -> list[ComplexityLevel]:
        """The levels of ``category`` on contracts of this type, lowest first: its own rows, else the default rows."""
        both = self.filter(Q(contract_type=contract_type) | Q(contract_type=None), category=category)
        levels = list(both.lowest_first())
        own = [level for level in levels if level.contract_type_id is not None]
        return own or levels


class ComplexityLevel(models.Model):
    """One level of one category, described so that a practitioner can tell which one a person is at."""

    Level = Level

    category = models.ForeignKey(ServiceCategory, on_delete=models.PROTECT, related_name="complexity_levels")
    contract_type = models.ForeignKey(
        ContractType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="complexity_levels",
        help_text="Leave empty for the default levels. Levels for a contract type replace them on its contracts.",
    )
    level = models.CharField(max_length=10, choices=Level)
    title = models.CharField(max_length=60)
    description = models.TextField()

    objects = ComplexityLevelQuerySet.as_manager()

    class Meta:
        ordering = ["category__name_folded"]
        constraints = [
            # Two constraints, because nulls compare as distinct.
            models.UniqueConstraint(
                fields=["category", "level"],
                condition=Q(contract_type__isnull=True),
                name="interventions_one_default_level",
            ),
            models.UniqueConstraint(
                fields=["category", "contract_type", "level"],
                condition=Q(contract_type__isnull=False),
                name="interventions_one_level_a_contract_type",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="interventions_level_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.title}"
