"""The search that somebody made last, kept in their web session until they clear it: its address, not its result.

Asking for a list without saying what is looked for leads to what is kept, so that the address always says what is
shown and can be shared.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

from interventions.finding.criteria import Wanted
from interventions.finding.search import asks, names_a_person, without_words

CRN_LEFT_OUT = (
    "What you typed looks like a CRN, so it was left out. Look for words that a service may use of itself."
)


def elsewhere(request: HttpRequest, place: str) -> str:
    """The address to go to instead of this one, or nothing. ``place`` names the list."""
    kept = request.session.get(_key(place), "")
    if "clear" in request.GET:
        forget(request, place)
        return request.path
    if names_a_person(request.GET):
        messages.info(request, CRN_LEFT_OUT)
        return f"{request.path}?{without_words(request.GET)}"
    if kept and not asks(request.GET):
        return f"{request.path}?{kept}"
    return ""


def keep(request: HttpRequest, place: str, wanted: Wanted, page: int) -> None:
    """Keep what was looked for, and the page of it."""
    query = wanted.query(page)
    if query:
        request.session[_key(place)] = query
    else:
        forget(request, place)


def address(request: HttpRequest, place: str, path: str) -> str:
    """The address of the list at ``path`` as it was looked at last."""
    kept = request.session.get(_key(place), "")
    return f"{path}?{kept}" if kept else path


def forget(request: HttpRequest, place: str) -> None:
    """Begin anew."""
    request.session.pop(_key(place), None)


def _key(place: str) -> str:
    return f"services.{place}"
