"""How somebody wants to see a list, read from the address.

An address says which cases are left out, so that a link to a list without more (navigation, tabs) shows it whole, and a
page that is opened again shows the same. Only what is searched for is not in it: it comes by post and stays in the web
session, never in a log or a browser's history (decision M5); the address says merely that there is a search. The web
session ends with signing out, and is emptied when somebody else signs in. It is loaded before the supplier's database
rights are taken and saved after they were given back. How a list is sorted is remembered
(``monitoring.lists.remembered_sorts``).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest

from govuk.addresses import reverse
from monitoring.access.scope import asking
from monitoring.lists.case_lists import CaseList, Choice
from monitoring.lists.remembered_sorts import remember, sort_of

CAME_FROM = "cases.came_from"
LARGEST_ID = 2_147_483_647


def choice_for(request: HttpRequest, shown: CaseList) -> Choice:
    """What the address asks for, without what the list does not offer; sorted as the last time when it does not say."""
    asked, user = request.GET, asking(request)
    kept = sort_of(user, shown.slug)
    sort = asked.get("sort", kept)
    choice = Choice(
        sort=sort.removeprefix("-"),
        is_descending=sort.startswith("-"),
        stage=asked.get("stage", ""),
        is_overdue=asked.get("overdue") == "YES",
        caseworker=id_in(asked.get("caseworker", "")),
        terms=request.session.get(_terms_of(shown), "") if "search" in asked else "",
    )
    choice = choice.offered_by(shown)
    if choice.sorted_by != kept:
        remember(user, shown.slug, choice.sorted_by)
    return choice


def parts_of(choice: Choice) -> dict[str, str]:
    """The parts of an address that ask for this choice."""
    parts = {
        "search": "1" if choice.terms else "",
        "stage": choice.stage,
        "overdue": "YES" if choice.is_overdue else "",
        "caseworker": str(choice.caseworker or ""),
        "sort": choice.sorted_by,
    }
    return {name: value for name, value in parts.items() if value}


def query_of(choice: Choice, **changes: str | None) -> str:
    """The query of an address that asks for this choice, with some parts changed; None: without that part."""
    return query_with(parts_of(choice) | changes)


def query_with(parts: Mapping[str, str | None]) -> str:
    """The query of an address with these parts, without those that are None."""
    query = urlencode({name: value for name, value in parts.items() if value is not None})
    return f"?{query}" if query else ""


def keep_terms(request: HttpRequest, shown: CaseList, terms: str) -> None:
    """Keep what to search for. A search is in the whole list, so it ends the filters."""
    request.session[_terms_of(shown)] = terms


def came_from(request: HttpRequest) -> None:
    """Keep this page as the one to which a case leads back."""
    request.session[CAME_FROM] = request.get_full_path()


def back_to_list(request: HttpRequest, *, otherwise: str = "monitoring:all_cases") -> str:
    """Address of the list, and the page of it, that was looked at last; the page ``otherwise`` when there is none."""
    address: str = request.session.get(CAME_FROM) or reverse(otherwise)
    return address


def _terms_of(shown: CaseList) -> str:
    return f"cases.{shown.slug}.terms"


def id_in(typed: str) -> int | None:
    """The id that an address names, if it can be one."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else 0
    return number if 0 < number <= LARGEST_ID else None
