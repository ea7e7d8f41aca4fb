"""The places a question offers: probation offices and delivery units, as choices."""

from __future__ import annotations

from interventions.models import ProbationDeliveryUnit, ProbationOffice


def office_choices() -> list[tuple[str, str]]:
    """The probation offices in use, by their number in the public register."""
    offices = ProbationOffice.objects.in_use().values_list("register_id", "name")
    return [(str(number), name) for number, name in offices]


def office_named(number: str) -> tuple[int | None, str]:
    """An office that was chosen: its number and its name on the day; nothing for nothing."""
    if not number:
        return None, ""
    office = ProbationOffice.objects.get(register_id=int(number))
    return office.register_id, office.name


def delivery_unit_choices() -> list[tuple[str, str]]:
    """The probation delivery units in use, by their names: nDelius gives nothing else."""
    return [(name, name) for name in ProbationDeliveryUnit.objects.in_use().values_list("name", flat=True)]
