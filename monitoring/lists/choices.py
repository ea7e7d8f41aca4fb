"""How somebody wants to see a list, read from the address and kept in their web session, for each list by itself.

What is searched for is kept there only, and comes by post: never in an address, so never in a log or a browser's
history (decision M5). The web session ends with signing out, and is emptied when somebody else signs in. It is loaded
before the supplier's database rights are taken and saved after they were given back. How a list is sorted is remembered
longer (``monitoring.lists.remembered_sorts``).
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from monitoring.access.scope import asking
from monitoring.lists.case_lists import SORTS, CaseList, Choice
from monitoring.lists.remembered_sorts import remember, sort_of

CAME_FROM = "cases.came_from"
LARGEST_ID = 2_147_483_647


def choice_for(request: HttpRequest, shown: CaseList) -> Choice:
    """What is kept, changed by what the address asks for; kept again. What the list does not offer is left out."""
    choice, asked = _kept(request, shown), request.GET
    if "sort" in asked:
        choice = _sorted(choice, asked["sort"])
    if "filter" in asked:  # a box that is not ticked is not sent
        choice = replace(choice, stage=asked.get("stage", ""), is_overdue=asked.get("overdue") == "YES")
    if "caseworker" in asked:
        choice = replace(choice, caseworker=_id(asked["caseworker"]))
    if "clear" in asked:
        choice = replace(choice, terms="")
    choice = _offered(choice, shown)
    _keep(request, shown, choice)
    if "sort" in asked:
        remember(asking(request), shown.slug, f"{'-' if choice.is_descending else ''}{choice.sort}")
    return choice


def search_for(request: HttpRequest, shown: CaseList, terms: str) -> None:
    """Keep what to search for. A search is in the whole list, so it ends the filters."""
    kept = _kept(request, shown)
    _keep(request, shown, replace(Choice(sort=kept.sort, is_descending=kept.is_descending), terms=terms))


def came_from(request: HttpRequest) -> None:
    """Keep this page as the one to which a case leads back."""
    request.session[CAME_FROM] = request.get_full_path()


def back_to_list(request: HttpRequest) -> str:
    """Address of the list, and the page of it, that was looked at last; the supplier's home when there is none."""
    address: str = request.session.get(CAME_FROM) or reverse("monitoring:all_cases")
    return address


def _kept(request: HttpRequest, shown: CaseList) -> Choice:
    kept: dict[str, Any] | None = request.session.get(f"cases.{shown.slug}")
    if kept is None:  # the first look since they signed in
        return _sorted(Choice(), sort_of(asking(request), shown.slug))
    return Choice(**{name: value for name, value in kept.items() if name in Choice.__slots__})


def _keep(request: HttpRequest, shown: CaseList, choice: Choice) -> None:
    request.session[f"cases.{shown.slug}"] = asdict(choice)


def _sorted(choice: Choice, sort: str) -> Choice:
    return replace(choice, sort=sort.removeprefix("-"), is_descending=sort.startswith("-"))


def _offered(choice: Choice, shown: CaseList) -> Choice:
    sort = choice.sort if choice.sort in SORTS and choice.sort in shown.columns else ""
    return replace(
        choice,
        sort=sort,
        is_descending=bool(sort) and choice.is_descending,
        stage=choice.stage if choice.stage in shown.stages else "",
        is_overdue=choice.is_overdue and shown.is_open,
        caseworker=choice.caseworker if shown.has_caseworkers else None,
    )


def _id(typed: str) -> int | None:
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else 0
    return number if 0 < number <= LARGEST_ID else None
