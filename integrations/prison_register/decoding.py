"""The prison register's wire shapes, and how each becomes a value of ``integrations.prison_register.types``.

The only place that knows the keys of the register's JSON. Nothing here calls anything.
"""

from collections.abc import Iterable

from integrations.prison_register.types import Establishment
from integrations.wire import Wire, text_or_none


class PrisonName(Wire):
    """One entry of GET /prisons/names."""

    prison_id: str | None = None
    prison_name: str | None = None
    prison_name_in_welsh: str | None = None


def establishments_from(wire: Iterable[PrisonName]) -> tuple[Establishment, ...]:
    """The prisons in the register's order. An entry without code or name cannot be chosen and is left out."""
    named = (
        (
            text_or_none(prison.prison_id),
            text_or_none(prison.prison_name) or text_or_none(prison.prison_name_in_welsh),
        )
        for prison in wire
    )
    return tuple(Establishment(code, name) for code, name in named if code and name)
