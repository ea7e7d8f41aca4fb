"""What somebody looks for in the catalogue, as plain values: from and to the query of an address, and as a choice of
services.

Nothing here is about a person on probation: an age is a number, words are words of the catalogue. Knows no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, OrderBy
from django.db.models.functions import Coalesce

from interventions.models import ServiceCategory, Setting
from interventions.models.contracts import ContractQuerySet

WOMEN, MEN, EITHER = "women", "men", "both"
CUSTODY, COMMUNITY = "custody", "community"
NAME, PROVIDER, AREA, NEWEST = "name", "provider", "area", "newest"

#: How services can be sorted, the first unless somebody says otherwise. Title and number come last, so that pages that
#: follow each other share no service.
SORTS: dict[str, tuple[OrderBy, ...]] = {
    NAME: (),
    PROVIDER: (F("prime__name_folded").asc(),),
    AREA: (Coalesce("police_area__name_folded", "region__name_folded").asc(),),
    NEWEST: (F("opens_on").desc(),),
}
LAST_IN_EVERY_SORT = (F("title_folded").asc(), F("pk").asc())
SETTINGS = {CUSTODY: Setting.CUSTODY, COMMUNITY: Setting.COMMUNITY}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for. Each name is also its name in an address; what is empty leaves nothing out.

    ``area``: slugs of police areas. ``need``: codes of needs (see ``needs``). ``age``: years. ``young``: only services
    for 18 to 25. ``place``: where the person is.
    """

    words: str = ""
    area: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    sex: str = ""
    age: int | None = None
    young: bool = False
    place: str = ""
    sort: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether some services are left out."""
        return replace(self, sort="") != Criteria()

    def filtered(
        self, services: ContractQuerySet, categories_by_need: dict[str, tuple[str, ...]]
    ) -> ContractQuerySet:
        """The services that fit. ``categories_by_need``: the service categories of each need."""
        if self.area:
            services = services.in_areas(self.area)
        if self.need:
            services = services.for_needs(
                [code for need in self.need for code in categories_by_need.get(need, ())]
            )
        if self.sex in (WOMEN, EITHER):
            services = services.for_women()
        if self.sex in (MEN, EITHER):
            services = services.for_men()
        if self.age is not None:
            services = services.for_age(self.age)
        if self.young:
            services = services.for_young_adults_only()
        if self.place:
            services = services.delivered_in(SETTINGS[self.place])
        return services.matching_words(self.words) if self.words else services

    @property
    def order(self) -> tuple[OrderBy, ...]:
        """What to sort by."""
        return (*SORTS[self.sort or NAME], *LAST_IN_EVERY_SORT)

    def query(self, page: int = 1) -> str:
        """As the query of an address, without its question mark; empty when it asks for nothing."""
        parameters: dict[str, Any] = {
            name: "YES" if value is True else value
            for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
            if value not in ("", (), None, False)
        }
        return urlencode(parameters | ({"page": page} if page > 1 else {}), doseq=True)

    def without(self, name: str, value: str = "") -> Criteria:
        """The same without one filter; of a filter with several values without this one."""
        values: Any = getattr(self, name)
        remaining: Any = getattr(Criteria(), name)
        if isinstance(values, tuple):
            remaining = tuple(other for other in values if other != value)
        return replace(self, **{name: remaining})


@dataclass(frozen=True, slots=True)
class Need:
    """A need that services are found by, with its service category and the regional ones of the same kind."""

    code: str
    name: str
    categories: tuple[str, ...]


def needs(categories: Iterable[ServiceCategory]) -> list[Need]:
    """Service categories, each with its regional copies: "FBD-L" is "FBD" with wordings of its own."""
    by_code = {category.code: category for category in categories}
    members: dict[str, list[str]] = {}
    for code in by_code:
        base = code.partition("-")[0]
        members.setdefault(base if base in by_code else code, []).append(code)
    return [Need(base, by_code[base].name, tuple(codes)) for base, codes in members.items()]
