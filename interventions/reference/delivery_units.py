"""The register of probation delivery units (PDUs)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from interventions.models import ProbationDeliveryUnit, ProbationRegion
from interventions.reference.register import Register, Texts, twice


class DeliveryUnitRegister(Register[ProbationDeliveryUnit]):
    """Units by code. No two have the same name: nDelius's name for a practitioner's unit must find one."""

    model = ProbationDeliveryUnit
    columns = ("pdu_id", "name", "probation_region_id")
    longest: ClassVar = {"pdu_id": 10, "name": 100}
    facts = ("name", "region_id")

    def place(self, texts: Texts, region: ProbationRegion) -> ProbationDeliveryUnit:
        return ProbationDeliveryUnit(register_id=texts["pdu_id"], name=texts["name"], region=region)

    def extra_problems(self, texts: Texts, before: list[ProbationDeliveryUnit]) -> Iterator[str]:
        """Code and name must be its own."""
        yield from twice("pdu_id", texts["pdu_id"], before, "register_id")
        yield from twice("name", texts["name"], before, "name")


delivery_units = DeliveryUnitRegister()
