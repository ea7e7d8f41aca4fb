"""The needs of a person that services are matched to: those that OASys identifies. Not its scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from interventions.models import ServiceCategory
from referrals.journey.criminogenic_needs import covers

NOT_ASKED = "OASys was not asked"


@dataclass(frozen=True, slots=True)
class NeedsToMatch:
    """The names of the identified needs by OASys's section, or why they are not known.

    Plain values: they are kept in the web session. ``is_partial``: a part of OASys's answer could not be read.
    """

    identified: Mapping[str, str] = field(default_factory=dict)
    is_partial: bool = False
    why_unknown: str = NOT_ASKED

    def categories_for_them(self, categories: Iterable[ServiceCategory]) -> list[ServiceCategory]:
        """The service categories that work on one of the needs."""
        return [
            category
            for category in categories
            if any(covers(category.name, section) for section in self.identified)
        ]

    def met_by(self, categories: Iterable[ServiceCategory]) -> list[str]:
        """The names of the needs that these service categories work on."""
        names = [category.name for category in categories]
        return [
            need for section, need in self.identified.items() if any(covers(name, section) for name in names)
        ]
