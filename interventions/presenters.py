"""What a practitioner reads about a service: in the list and on its own page. Words only, no markup.

Expects contracts from ``Contract.objects.with_facts()``, so that a page of any length costs the same queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from govuk.template_filters import date as in_words
from interventions.models import Activity, Contract, Setting

SUMMARY_LENGTH = 500  # characters; live service: results show this much of the first line


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a summary: its label, and one value or a list of them."""

    label: str
    value: str | list[str]


@dataclass(frozen=True, slots=True)
class ServiceInList:
    """One service in the list. ``reasons``: what speaks against it for the person whom the list is for."""

    id: int
    href: str
    title: str
    summary: str
    facts: list[Fact]
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ActivitiesForNeed:
    """What the provider does for one area of need: activity, how, and where, one row each."""

    need_area: str
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service on its own page."""

    id: int
    title: str
    description: str
    facts: list[Fact]
    activities: list[ActivitiesForNeed]


def in_list(contract: Contract, *, href: str, reasons: list[str] | None = None) -> ServiceInList:
    """The service as the list shows it; ``href``: where it leads."""
    return ServiceInList(
        id=contract.pk,
        href=href,
        title=contract.title,
        summary=_first_line(contract.description),
        facts=[
            Fact("Type", contract.contract_type.name),
            *(_on_one_line(fact) for fact in (*_where(contract), _categories(contract))),
            Fact("Provider", contract.prime.name),
            *_whom_for(contract),
            *_delivered(contract),
        ],
        reasons=reasons or [],
    )


def on_own_page(contract: Contract) -> ServicePage:
    """The service as its own page shows it."""
    subcontractors = contract.provider_names[1:]
    return ServicePage(
        id=contract.pk,
        title=contract.title,
        description=contract.description,
        facts=[
            Fact("Type", contract.contract_type.name),
            *_where(contract),
            _categories(contract),
            Fact("Provider", contract.prime.name),
            *([Fact("Works together with", subcontractors)] if subcontractors else []),
            *_whom_for(contract),
            *_delivered(contract),
            *([Fact("Takes referrals until", in_words(contract.closes_on))] if contract.closes_on else []),
            Fact("Contract reference", contract.reference),
        ],
        activities=list(_by_need(contract)),
    )


def _where(contract: Contract) -> list[Fact]:
    if contract.police_area is not None:
        return [Fact("Police area", contract.police_area.name)]
    assert contract.region is not None  # the database allows exactly one of the two
    areas = [area.name for area in contract.region.police_areas.all()]
    return [Fact("Region", contract.region.name), _fact_or_facts("Police area", "Police areas", areas)]


def _categories(contract: Contract) -> Fact:
    names = [category.name for category in contract.categories()]
    return _fact_or_facts("Service category", "Service categories", names)


def _fact_or_facts(one: str, several: str, values: list[str]) -> Fact:
    return Fact(one, values[0]) if len(values) == 1 else Fact(several, values)


def _on_one_line(fact: Fact) -> Fact:
    """Several values in one line: a list of services is long enough. Names may have commas of their own."""
    return fact if isinstance(fact.value, str) else Fact(fact.label, "; ".join(fact.value))


def _whom_for(contract: Contract) -> list[Fact]:
    return [Fact("Ages", contract.eligibility.ages), Fact("Sex", contract.eligibility.sexes)]


def _delivered(contract: Contract) -> list[Fact]:
    """Custody or community, as far as the activities say."""
    if contract.in_custody and contract.in_community:  # type: ignore[attr-defined]  # annotated by with_facts
        return [Fact("Delivered in", Setting.BOTH.label)]
    if contract.in_custody:  # type: ignore[attr-defined]
        return [Fact("Delivered in", Setting.CUSTODY.label)]
    return [Fact("Delivered in", Setting.COMMUNITY.label)] if contract.in_community else []  # type: ignore[attr-defined]


def _by_need(contract: Contract) -> Iterator[ActivitiesForNeed]:
    """Needs in the order of their first activity; ``sorted`` keeps the activities of a need in order."""
    activities = list(contract.activities.all())
    order = list(dict.fromkeys(activity.need_area for activity in activities))

    def place(activity: Activity) -> int:
        return order.index(activity.need_area)

    for index, group in groupby(sorted(activities, key=place), key=place):
        yield ActivitiesForNeed(order[index], [[one.activity, one.method, one.location] for one in group])


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= SUMMARY_LENGTH else line[: SUMMARY_LENGTH - 1].rstrip() + "…"
