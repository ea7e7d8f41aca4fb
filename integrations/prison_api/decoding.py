"""Prison API's wire shapes, and how each becomes an establishment.

The only place that knows the keys of Prison API's JSON. Nothing here calls anything.
"""

from collections.abc import Iterable

from integrations.prison_api.types import Establishment
from integrations.wire import Wire, text_or_none


class Agency(Wire):
    """One entry of GET /api/agencies/type/SCH; it holds more, which is not read."""

    agency_id: str | None = None
    description: str | None = None


def establishments_from(wire: Iterable[Agency]) -> tuple[Establishment, ...]:
    """The homes in Prison API's order. An entry without code or name cannot be chosen and is left out."""
    named = ((text_or_none(agency.agency_id), text_or_none(agency.description)) for agency in wire)
    return tuple(Establishment(code, name) for code, name in named if code and name)
