"""The register of probation offices. Knows no appointment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

from interventions.models import ProbationOffice, ProbationRegion
from interventions.reference.register import Register, Texts, twice

DELIUS_CODE = re.compile(r"[A-Z0-9]{1,7}")
LARGEST_ID = 2_147_483_647


class OfficeRegister(Register[ProbationOffice]):
    """Offices by number. Their web addresses are not kept."""

    model = ProbationOffice
    columns = (
        "probation_office_id",
        "name",
        "address",
        "probation_region_id",
        "gov_uk_url",
        "delius_crs_location_id",
    )
    longest: ClassVar = {"name": 100, "address": 200}
    facts = ("name", "address", "region_id", "delius_code")

    def place(self, texts: Texts, region: ProbationRegion) -> ProbationOffice:
        return ProbationOffice(
            register_id=int(texts["probation_office_id"]),
            name=texts["name"],
            address=texts["address"],
            region=region,
            delius_code=texts["delius_crs_location_id"],
        )

    def extra_problems(self, texts: Texts, before: list[ProbationOffice]) -> Iterator[str]:
        """Its number must be one, its Delius code must look like one, and neither may be another's."""
        number, code = texts["probation_office_id"], texts["delius_crs_location_id"]
        if not re.fullmatch(r"[0-9]{1,10}", number) or int(number) > LARGEST_ID:
            yield "probation_office_id is not a whole number"
        else:
            yield from twice("probation_office_id", int(number), before, "register_id")
        if code and not DELIUS_CODE.fullmatch(code):
            yield "delius_crs_location_id is not up to seven capital letters and digits"
        elif code:
            yield from twice("delius_crs_location_id", code, before, "delius_code")

    def release_unique_values(
        self, expected: Mapping[int, ProbationOffice], stored: Mapping[int, ProbationOffice]
    ) -> None:
        """Two offices may swap their codes: a code is free before somebody else takes it."""
        owners = {office.delius_code: number for number, office in expected.items() if office.delius_code}
        in_the_way = [
            office.pk
            for number, office in stored.items()
            if office.delius_code and owners.get(office.delius_code, number) != number
        ]
        ProbationOffice.objects.filter(pk__in=in_the_way).update(delius_code="")


offices = OfficeRegister()
