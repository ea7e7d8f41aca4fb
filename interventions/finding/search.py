"""One search of the catalogue: what an address asks for, checked against what there is, and what it finds.

An address can be shared and kept for years, so what it asks for and we no longer know is left out and said, never an
error. What was typed into a box and cannot be used is an error at that box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from events.crn import CRN_IN_TEXT
from govuk.choices import Choice
from govuk.text import one_line
from interventions.finding.criteria import SORTS, Criteria, Need, needs
from interventions.finding.form import FindForm
from interventions.models import PoliceArea, ServiceCategory
from interventions.models.contracts import ContractQuerySet
from prepared.queries import PreparedQuery

_AREAS = PreparedQuery(lambda: PoliceArea.objects.select_related("region"))
_CATEGORIES = PreparedQuery(lambda: ServiceCategory.objects.all())
PARAMETERS = ("words", "area", "need", "sex", "age", "young", "place", "sort", "page", "clear")
#: What an address can ask for that we do not know, in a sentence.
UNKNOWN_NOTICES = {
    "area": "This address asks for a police area that we do not know. It was left out.",
    "need": "This address asks for a need that we do not know. It was left out.",
    "sex": "This address asks for a sex that we do not know. It was left out.",
    "young": "This address asks for an age group that we do not know. It was left out.",
    "place": "This address asks for a place that we do not know. It was left out.",
    "sort": "This address asks for an order that we do not know. The services are sorted by name.",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for (``criteria``), its form, what was left out (``notices``), and what could be looked for."""

    criteria: Criteria
    form: FindForm
    notices: list[str]
    areas: Sequence[PoliceArea]
    needs: Sequence[Need]
    categories: Sequence[ServiceCategory]

    @classmethod
    def from_query(cls, query: QueryDict) -> Search:
        """The search of an address. Two statements: the police areas and the service categories."""
        areas, categories = _AREAS.rows(), _CATEGORIES.rows()
        known = needs(categories)
        form = FindForm(areas=areas, needs=known)
        data, notices = _without_unknown_choices(query, form)
        form = FindForm(data, areas=areas, needs=known)
        form.is_valid()
        sort = query.get("sort", "")
        if sort and sort not in SORTS:
            notices.append(UNKNOWN_NOTICES["sort"])
        cleaned: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in form.cleaned_data.items()
        }
        criteria = Criteria(**cleaned, sort=sort if sort in SORTS else "")
        return cls(criteria, form, notices, areas, known, categories)

    def filtered(self, services: ContractQuerySet) -> ContractQuerySet:
        """The services that it finds, not sorted yet."""
        return self.criteria.filtered(services, {need.code: need.categories for need in self.needs})


def has_criteria(query: QueryDict) -> bool:
    """Whether an address asks for anything of ours."""
    return any(name in query for name in PARAMETERS)


def contains_crn(query: QueryDict) -> bool:
    """Whether a CRN was typed where words are looked for: it must not stay in an address."""
    return any(CRN_IN_TEXT.search(one_line(words)) for words in query.getlist("words"))


def without_words(query: QueryDict) -> str:
    """The query of an address without the words that are looked for, and without its page."""
    rest = query.copy()
    for name in ("words", "page"):
        rest.pop(name, None)
    return rest.urlencode()


def _without_unknown_choices(query: QueryDict, form: FindForm) -> tuple[Mapping[str, object], list[str]]:
    """What was sent, without choices that were never offered, and what to say about these."""
    data: MultiValueDict[str, str] = MultiValueDict()
    notices = []
    for name, field in form.fields.items():
        values = query.getlist(name)
        offered = {choice.value for choice in field.offered() if isinstance(choice, Choice)}  # type: ignore[attr-defined]
        if offered:
            valid = [value for value in values if value in offered or not value]
            if len(valid) < len(values):
                notices.append(UNKNOWN_NOTICES[name])
            values = valid
        data.setlist(name, values)
    return data, notices
