"""Names of places and organisations that the service itself knows, and that are no findings therefore.

Read in one statement an hour. Each process remembers them for a minute, because the risk pages ask for them each time:
as JSON from the cache they took a twentieth of such a page.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache
from django.db.models import Model

from accounts.models import Provider
from interventions.models import (
    Contract,
    PoliceArea,
    ProbationDeliveryUnit,
    ProbationOffice,
    ProbationRegion,
    ServiceCategory,
)

KEPT_FOR = 60 * 60  # seconds
REMEMBERED_FOR = 60


class KnownPlaces:
    """The titles of contracts and the names in some tables."""

    def __init__(self, key: str, *named: type[Model]) -> None:
        self._key = key
        self._named = named
        self._until = 0.0
        self._remembered: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """In their order."""
        if time.monotonic() >= self._until:
            self._remembered = tuple(self._kept())
            self._until = time.monotonic() + REMEMBERED_FOR
        return self._remembered

    def forget(self) -> None:
        """In this process."""
        self._until = 0.0

    def _kept(self) -> list[str]:
        names: list[str] | None = cache.get(self._key)
        if names is None:
            titles = Contract.objects.order_by().values_list("title", flat=True)
            names = sorted(titles.union(*(_names_in(table) for table in self._named)))
            cache.set(self._key, names, KEPT_FOR)
        return names


def _names_in(table: Any) -> Any:
    return table.objects.order_by().values_list("name", flat=True)


ALL = KnownPlaces(
    "sensitive-details:places",
    *(ProbationRegion, PoliceArea, ProbationDeliveryUnit, ProbationOffice, ServiceCategory, Provider),
)
#: Of the tables that a supplier's request may read.
BOTH_KNOW = KnownPlaces("second-look:places", ProbationRegion, PoliceArea, ProbationOffice, Provider)
