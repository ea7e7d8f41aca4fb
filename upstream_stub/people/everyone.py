"""All synthetic people, by CRN. A new module of people is added to the list here."""

from collections.abc import Mapping
from typing import Final

from upstream_stub.people import (
    found_in_oasys,
    gaps_in_ndelius,
    in_custody,
    limited_access,
    upstream_trouble,
)
from upstream_stub.people.persona import Persona


def _by_crn() -> dict[str, Persona]:
    people: dict[str, Persona] = {}
    for module in (found_in_oasys, in_custody, limited_access, gaps_in_ndelius, upstream_trouble):
        for person in module.PEOPLE:
            if person.crn in people:
                raise ValueError(f"Two synthetic people share {person.crn}")
            people[person.crn] = person
    return dict(sorted(people.items()))


PEOPLE: Final[Mapping[str, Persona]] = _by_crn()
