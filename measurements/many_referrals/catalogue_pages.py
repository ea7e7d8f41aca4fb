"""The pages on which practitioners find a service, as they are measured over a large catalogue.

Knows addresses and what is looked for there; what a page costs is found out by ``measurements.page_cost``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from interventions.models import Contract, PoliceArea
from measurements.page_cost import Cost, cost_of
from referrals.finding import people_looked_up as looked_up

MOST_STATEMENTS = 8
MOST_STATEMENTS_FOR_A_PERSON = 10
MOST_BYTES = 30_000  # compressed
MOST_MS = 50.0  # in the database
CRN = "X980010"
ALL = "words=advisers+one+people&area={areas}&need=ACC&need=FBD&need=DNR&sex=women&age=30&place=custody&sort=area"
SEARCHES = {
    "everything": "",
    "last page": "page=999",
    "one area": "area=kent",
    "one need": "need=FBD",
    "women": "sex=women",
    "age 30": "age=30",
    "18 to 25 only": "young=YES",
    "in custody": "place=custody",
    "one word": "words=recovery",
    "a word that is nowhere": "words=quettlebaum",
    "ten words": "words=a+e+i+o+u+n+r+s+t+l",
    "by provider": "sort=provider",
    "by area": "sort=area",
    "newest first": "sort=newest",
    "every area and filter": ALL,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A page, what it cost, and how many statements it may need."""

    name: str
    cost: Cost
    most_statements: int

    @property
    def is_within(self) -> bool:
        """Whether it kept to its statements and bytes. Its time depends on what else runs here."""
        return self.cost.statements <= self.most_statements and self.cost.compressed_bytes <= MOST_BYTES


def measure(client: Client, *, times: int) -> Iterator[Measured]:
    """What each page costs a practitioner: the medians of ``times`` requests after one that fills caches."""
    find = reverse("interventions:find")
    for name, query in _searches():
        client.get(f"{find}?clear=1")
        yield Measured(f"Find: {name}", cost_of(client, f"{find}?{query}", times=times), MOST_STATEMENTS)
    large = Contract.objects.filter(reference__startswith="LARGE").order_by("pk")[0]
    one = reverse("interventions:detail", args=[large.pk])
    yield Measured("One service", cost_of(client, one, times=times), MOST_STATEMENTS)
    key = looked_up_by(client)
    services = reverse("referrals:services_for_person", args=[key])
    for name, query in _searches():
        client.get(f"{services}?clear=1")
        cost = cost_of(client, f"{services}?{query}", times=times)
        yield Measured(f"For a person: {name}", cost, MOST_STATEMENTS_FOR_A_PERSON)
    one = reverse("referrals:service_for_person", args=[key, large.pk])
    cost = cost_of(client, one, times=times)
    yield Measured("For a person: one service", cost, MOST_STATEMENTS_FOR_A_PERSON)


def _searches() -> Iterator[tuple[str, str]]:
    areas = "&area=".join(PoliceArea.objects.values_list("slug", flat=True))
    for name, query in SEARCHES.items():
        yield name, query.format(areas=areas)


def looked_up_by(client: Client) -> str:
    """The key of a person whom the practitioner looked up and confirmed."""
    client.post(reverse("referrals:find_person"), {"crn": CRN})
    key = list(client.session[looked_up.IN_WEB_SESSION])[-1]
    client.post(reverse("referrals:check_person", args=[key]))
    return str(key)
