"""The search that somebody made last, kept in their web session until they clear it: its address, not its result.

Asking for a list without saying what is looked for leads to what is kept, so that the address always says what is
shown and can be shared.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

from interventions.finding.criteria import Criteria
from interventions.finding.search import contains_crn, has_criteria, without_words

CRN_LEFT_OUT = "Your search looks like a CRN, so we did not use it. Search for words that describe a service."


def redirect_address(request: HttpRequest, list_name: str) -> str:
    """The address to go to instead of this one, or nothing."""
    query = request.session.get(_key(list_name), "")
    if "clear" in request.GET:
        forget(request, list_name)
        return request.path
    if contains_crn(request.GET):
        messages.info(request, CRN_LEFT_OUT)
        return f"{request.path}?{without_words(request.GET)}"
    if query and not has_criteria(request.GET):
        return f"{request.path}?{query}"
    return ""


def remember(request: HttpRequest, list_name: str, criteria: Criteria, page: int) -> None:
    """Keep what was looked for, and the page of it."""
    query = criteria.query(page)
    if query:
        request.session[_key(list_name)] = query
    else:
        forget(request, list_name)


def last_address(request: HttpRequest, list_name: str, path: str) -> str:
    """The address of the list at ``path`` as it was looked at last."""
    query = request.session.get(_key(list_name), "")
    return f"{path}?{query}" if query else path


def forget(request: HttpRequest, list_name: str) -> None:
    """Begin anew."""
    request.session.pop(_key(list_name), None)


def _key(list_name: str) -> str:
    return f"services.{list_name}"
