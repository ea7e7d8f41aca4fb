"""One search of the catalogue: what an address asks for, checked against what there is, and what it finds.

An address can be shared and kept for years, so what it asks for and we no longer know is left out and said, never an
error. What was typed into a box and cannot be used is an error at that box.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from govuk.choices import Choice
from govuk.text import one_line
from interventions.finding.criteria import SORTS, Need, Wanted, needs
from interventions.finding.form import FindForm
from interventions.models import PoliceArea, ServiceCategory
from interventions.models.contracts import ContractQuerySet

CRN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][0-9]{6}(?![A-Za-z0-9])")
NAMES = ("words", "area", "need", "sex", "age", "young", "place", "sort", "page", "clear")
#: What an address can ask for that we do not know, in a sentence.
UNKNOWN = {
    "area": "This address asks for a police area that we do not know. It was left out.",
    "need": "This address asks for a need that we do not know. It was left out.",
    "sex": "This address asks for a sex that we do not know. It was left out.",
    "young": "This address asks for an age group that we do not know. It was left out.",
    "place": "This address asks for a place that we do not know. It was left out.",
    "sort": "This address asks for an order that we do not know. The services are sorted by name.",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for (``wanted``), its form, what was left out (``notices``), and what could be looked for."""

    wanted: Wanted
    form: FindForm
    notices: list[str]
    areas: Sequence[PoliceArea]
    needs: Sequence[Need]
    categories: Sequence[ServiceCategory]

    @classmethod
    def asked_by(cls, query: QueryDict) -> Search:
        """The search of an address. Two statements: the police areas and the service categories."""
        areas = list(PoliceArea.objects.select_related("region"))
        categories = list(ServiceCategory.objects.all())
        known = needs(categories)
        form = FindForm(areas=areas, needs=known)
        sent, notices = _known_only(query, form)
        form = FindForm(sent, areas=areas, needs=known)
        form.is_valid()
        sort = query.get("sort", "")
        if sort and sort not in SORTS:
            notices.append(UNKNOWN["sort"])
        right: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in form.cleaned_data.items()
        }
        wanted = Wanted(**right, sort=sort if sort in SORTS else "")
        return cls(wanted, form, notices, areas, known, categories)

    def found_among(self, services: ContractQuerySet) -> ContractQuerySet:
        """The services that it finds, not sorted yet."""
        return self.wanted.found_among(services, {need.code: need.categories for need in self.needs})


def asks(query: QueryDict) -> bool:
    """Whether an address asks for anything of ours."""
    return any(name in query for name in NAMES)


def names_a_person(query: QueryDict) -> bool:
    """Whether a CRN was typed where words are looked for: it must not stay in an address."""
    return any(CRN.search(one_line(words)) for words in query.getlist("words"))


def without_words(query: QueryDict) -> str:
    """The query of an address without the words that are looked for, and without its page."""
    kept = query.copy()
    for name in ("words", "page"):
        kept.pop(name, None)
    return kept.urlencode()


def _known_only(query: QueryDict, form: FindForm) -> tuple[Mapping[str, object], list[str]]:
    """What was sent, without choices that were never offered, and what to say about these."""
    sent: MultiValueDict[str, str] = MultiValueDict()
    notices = []
    for name, field in form.fields.items():
        values = query.getlist(name)
        offered = {choice.value for choice in field.offered() if isinstance(choice, Choice)}  # type: ignore[attr-defined]
        if offered:
            right = [value for value in values if value in offered or not value]
            if len(right) < len(values):
                notices.append(UNKNOWN[name])
            values = right
        sent.setlist(name, values)
    return sent, notices
