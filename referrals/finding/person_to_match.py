"""The person as services are compared with them before there is a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from integrations.ndelius.types import Person
from interventions.eligibility import Reason
from interventions.models import Contract, ProbationRegion, ServiceCategory
from interventions.models.contracts import ContractQuerySet
from referrals.finding.needs_to_match import NeedsToMatch


@dataclass(frozen=True, slots=True)
class PersonToMatch:
    """Somebody as nDelius has them, the region that supervises them (None: not known), the day, and their needs."""

    person: Person
    region: ProbationRegion | None
    on: date
    needs: NeedsToMatch = field(default_factory=NeedsToMatch)

    def compared_with(
        self, services: ContractQuerySet, categories: Iterable[ServiceCategory]
    ) -> ContractQuerySet:
        """The services, each with how it fits. ``categories``: every service category."""
        return services.with_fit(
            sex=self.person.sex,
            date_of_birth=self.person.date_of_birth,
            on=self.on,
            region=self.region,
            need_categories=[category.code for category in self.needs.categories_for_them(categories)],
        )

    def reasons_against(self, contract: Contract) -> list[Reason]:
        """Why one of them may not fit."""
        return contract.reasons_against(
            sex=self.person.sex, date_of_birth=self.person.date_of_birth, on=self.on, region=self.region
        )
