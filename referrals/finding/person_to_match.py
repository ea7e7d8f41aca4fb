"""The person as services are compared with them before there is a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from integrations.ndelius.types import Person
from interventions.models import Contract, ProbationRegion
from interventions.models.contracts import ContractQuerySet


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody as nDelius has them, the region that supervises them (None: not known), and the day."""

    person: Person
    region: ProbationRegion | None
    on: date

    def among(self, services: ContractQuerySet) -> ContractQuerySet:
        """The services, each with whether it fits."""
        return services.with_fit(
            sex=self.person.sex, date_of_birth=self.person.date_of_birth, on=self.on, region=self.region
        )

    def reasons_against(self, contract: Contract) -> list[str]:
        """Why one of them does not."""
        return contract.reasons_against(
            sex=self.person.sex, date_of_birth=self.person.date_of_birth, on=self.on, region=self.region
        )
