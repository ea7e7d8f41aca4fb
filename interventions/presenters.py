"""What a practitioner reads about a service: in the list and on its own page. Words only, no markup.

Expects contracts from ``Contract.objects.with_facts()``, or from ``interventions.finding.listed``, so that a page costs
the same queries whatever is on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from govuk.template_filters import date as format_date
from interventions.models import Activity, Contract, ServiceCategory, Setting

MAX_NAMES = 4  # service categories on one line of a card
SETTING_PHRASES = {
    Setting.BOTH: ", in custody and the community",
    Setting.CUSTODY: ", in custody",
    Setting.COMMUNITY: ", in the community",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a summary: its label, and one value or a list of them."""

    label: str
    value: str | list[str]


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service in the list, in five lines at most. The rest is on its own page, at ``href``.

    For one person: ``reasons`` says why it fits or may not, ``warning`` that there is a referral already.
    """

    href: str
    title: str
    provider: str
    offer: str
    reasons: str = ""
    warning: str = ""


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


def service_card(contract: Contract, *, href: str, reasons: str = "", warning: str = "") -> ServiceCard:
    """The service as the list shows it."""
    return ServiceCard(
        href=href,
        title=contract.title,
        provider=f"{contract.prime.name}, in {_area(contract)}",
        offer=f"{_kind(contract)}, for {contract.eligibility.people}{SETTING_PHRASES[_setting(contract)]}",
        reasons=reasons,
        warning=warning,
    )


def short_names(categories: Iterable[ServiceCategory]) -> str:
    """Service categories on one line: the first few by their short names, and how many more there are."""
    names = list(dict.fromkeys(category.short_name for category in categories))
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def service_page(contract: Contract) -> ServicePage:
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
            Fact("Ages", contract.eligibility.ages),
            Fact("Sex", contract.eligibility.sexes),
            *([Fact("Delivered in", Setting(setting).label)] if (setting := _setting(contract)) else []),
            *([Fact("Takes referrals until", format_date(contract.closes_on))] if contract.closes_on else []),
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


def _fact_or_facts(singular: str, plural: str, values: list[str]) -> Fact:
    return Fact(singular, values[0]) if len(values) == 1 else Fact(plural, values)


def _area(contract: Contract) -> str:
    if contract.police_area is None:
        return f"all of {contract.region}"
    area, region = contract.police_area.name, contract.police_area.region.name
    return area if area == region else f"{area} ({region})"


def _kind(contract: Contract) -> str:
    name, count = contract.contract_type.name, len(contract.categories())
    return name if count == 1 else f"{name} ({count} service categories)"


def _setting(contract: Contract) -> str:
    """Custody, community or both, as far as the activities say; empty when they do not."""
    if contract.in_custody and contract.in_community:  # type: ignore[attr-defined]  # annotated by with_facts
        return Setting.BOTH
    if contract.in_custody:  # type: ignore[attr-defined]
        return Setting.CUSTODY
    return Setting.COMMUNITY if contract.in_community else ""  # type: ignore[attr-defined]


def _by_need(contract: Contract) -> Iterator[ActivitiesForNeed]:
    """Needs in the order of their first activity; ``sorted`` keeps the activities of a need in order."""
    activities = list(contract.activities.all())
    order = list(dict.fromkeys(activity.need_area for activity in activities))

    def position(activity: Activity) -> int:
        return order.index(activity.need_area)

    for index, group in groupby(sorted(activities, key=position), key=position):
        yield ActivitiesForNeed(order[index], [[item.activity, item.method, item.location] for item in group])
