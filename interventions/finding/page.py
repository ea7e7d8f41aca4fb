"""What every page that lists services shows around its services: the filters, how much was found, the ways to sort.

Used by the catalogue and by the list for one person; must know neither.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from interventions.finding import remembered_search, summary
from interventions.finding.listed import listed
from interventions.finding.search import Search
from interventions.models.contracts import ContractQuerySet

SERVICES_A_PAGE = 20


def page_of_services(
    request: HttpRequest, list_name: str, search: Search, services: ContractQuerySet
) -> Page:
    """The page of sorted services that is asked for (or the nearest), kept as the one looked at last."""
    page = Paginator(services, SERVICES_A_PAGE).get_page(request.GET.get("page"))
    found: Any = page.object_list
    page.object_list = listed(found)
    remembered_search.remember(request, list_name, search.criteria, page.number)
    return page


def list_context(request: HttpRequest, search: Search, page: Page) -> dict[str, Any]:
    """What the templates in ``templates/interventions/`` take for the filters and the list."""
    query = search.criteria.query()
    return {
        "page": page,
        "form": search.form,
        "criteria": search.criteria,
        "path": request.path,
        "list_address": f"{request.path}?{query}" if query else request.path,
        "notices": search.notices,
        "filters": summary.filters(search, request.path),
        "sorts": summary.sorts(search, request.path),
    }
