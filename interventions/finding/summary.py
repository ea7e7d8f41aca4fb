"""A search in words: how much it found, which filters are on and how to take each off, and the ways to sort.

Addresses and sentences only, no markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from govuk.template_filters import plural
from interventions.finding.criteria import AREA, NAME, NEWEST, PROVIDER
from interventions.finding.form import PLACES, SEXES
from interventions.finding.search import Search

SORT_WORDS = {NAME: "Name", PROVIDER: "Provider", AREA: "Area", NEWEST: "Newest first"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that is on: what it says, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Sort:
    """A way to sort: its address, unless it is the one in use."""

    text: str
    href: str
    is_current: bool


def count(found: int, *, is_filtered: bool) -> str:
    """How many services there are, in a sentence."""
    if not found:
        return "No service matches your filters." if is_filtered else "No service takes referrals today."
    services = plural(found, "commissioned rehabilitative service")
    if is_filtered:
        return f"{services} {'matches' if found == 1 else 'match'} your filters."
    return f"{services} {'takes' if found == 1 else 'take'} referrals today."


def filters(search: Search, path: str) -> list[Filter]:
    """Every filter that is on, in the order of the form. An address without any begins the list anew."""
    criteria = search.criteria
    return [
        Filter(label, value, _address(path, criteria.without(name, key).query()))
        for name, key, label, value in _on(search)
    ]


def sorts(search: Search, path: str) -> list[Sort]:
    """The ways to sort, with the one in use."""
    now = search.criteria.sort or NAME
    return [
        Sort(
            words,
            _address(path, replace(search.criteria, sort="" if key == NAME else key).query()),
            key == now,
        )
        for key, words in SORT_WORDS.items()
    ]


def _on(search: Search) -> Iterator[tuple[str, str, str, str]]:
    """Each filter as its name, its value there, and in words."""
    criteria = search.criteria
    if criteria.words:
        yield "words", "", "Words", criteria.words
    for area in search.areas:
        if area.slug in criteria.area:
            yield "area", area.slug, "Police area", area.name
    for need in search.needs:
        if need.code in criteria.need:
            yield "need", need.code, "Need", need.name
    if criteria.sex:
        yield "sex", "", "Sex", dict(SEXES)[criteria.sex]
    if criteria.age is not None:
        yield "age", "", "Age", str(criteria.age)
    if criteria.young:
        yield "young", "", "Ages", "18 to 25 only"
    if criteria.place:
        yield "place", "", "The person is", dict(PLACES)[criteria.place].lower()


def _address(path: str, query: str) -> str:
    return f"{path}?{query}" if query else f"{path}?clear=1"
