"""The supplier's lists of cases, and how much each caseworker has. Each begins with who is asking.

Reading is by GET only, which the door records; a search is posted, kept in the web session, and then read.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from events.models import AuditAction
from events.refusals import Refused
from govuk.addresses import reverse
from interventions.models import Contract
from interventions.models.contracts import granted_contracts
from interventions.models.grants import has_post_of_manager
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking
from monitoring.access.staff_names import People
from monitoring.forms.case_lists import FilterForm, SearchForm
from monitoring.lists import case_lists
from monitoring.lists.case_lists import (
    ALL_OPEN,
    LISTS,
    MINE,
    CaseList,
    Choice,
    found,
)
from monitoring.lists.choices import came_from, choice_for, keep_terms, parts_of, query_of
from monitoring.lists.colleagues import loads_on
from monitoring.lists.counts import Counts, counts_for
from monitoring.lists.leavers import how_many_are_left
from monitoring.lists.pages import listed_page
from monitoring.models import Appointment, ReceivedReferral, Stage
from monitoring.presenters import case_list as presenter
from monitoring.presenters import caseworkers, leavers

NOT_A_MANAGER = "Only service provider managers can see how many cases each caseworker has."

NOWHERE = (
    "If you expected one, ask the probation practitioner if they sent the referral, and to which service."
)


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_safe
def all_cases(request: HttpRequest) -> HttpResponse:
    """Where a supplier begins: their own cases when they have any, else every open case."""
    user, contracts = _asking(request)
    counts = counts_for(user, contracts, today=timezone.localdate())
    return _show(request, MINE if counts.of[MINE.slug] else ALL_OPEN, user, contracts, counts)


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("terms")
def case_list(request: HttpRequest, which: str) -> HttpResponse:
    """One of the lists. A page number that is not one reads as the nearest. Posted: search in it."""
    shown = case_lists.BY_SLUG.get(which)
    if shown is None:
        raise Http404
    user, contracts = _asking(request)
    counts = counts_for(user, contracts, today=timezone.localdate())
    if request.method != "POST":
        return _show(request, shown, user, contracts, counts)
    form = SearchForm(request.POST)
    if not form.is_valid():
        facts = _frame(shown, user, contracts, counts, form)
        return render(request, "monitoring/case_list.html", facts, status=422)
    keep_terms(request, shown, form.cleaned_data["terms"])
    return redirect(_address(shown) + query_of(Choice(terms=form.cleaned_data["terms"])))


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_safe
def by_caseworker(request: HttpRequest) -> HttpResponse:
    """For managers: how many open cases each caseworker has, and how many of them are overdue."""
    user, contracts = _asking(request)
    if not has_post_of_manager(user):
        raise Refused(NOT_A_MANAGER, code="not_manager")
    today = timezone.localdate()
    loads, left = loads_on(contracts, today=today)
    counts = counts_for(user, contracts, today=today)
    came_from(request)
    frame = _frame(None, user, contracts, counts, None, is_manager=True, left=left)
    return render(request, "monitoring/by_caseworker.html", {"rows": caseworkers.rows(loads), **frame})


def _asking(request: HttpRequest) -> tuple[User, list[Contract]]:
    user = asking(request)
    return user, granted_contracts(user)


def _frame(
    shown: CaseList | None,
    user: User,
    contracts: list[Contract],
    counts: Counts,
    form: SearchForm | None,
    *,
    is_manager: bool | None = None,
    left: int = 0,
) -> dict[str, Any]:
    """What stands on every one of these pages. ``left``: open cases whose caseworker has left."""
    return {
        "shown": shown,
        "lists": LISTS,
        "counts": counts.of,
        "address_of": _address,
        "is_manager": has_post_of_manager(user) if is_manager is None else is_manager,
        "has_contract": bool(contracts),
        "form": form,
        "left": leavers.how_many(left),
    }


def _show(
    request: HttpRequest, shown: CaseList, user: User, contracts: list[Contract], counts: Counts
) -> HttpResponse:
    """One page of a list: which cases (found in an index), how many, and the rows of these cases only."""
    today, choice = timezone.localdate(), choice_for(request, shown)
    listed = listed_page(
        request.GET, shown, choice, user, contracts, counted=counts.at[shown.slug], today=today
    )
    page, cases = listed.page, listed.cases
    left = how_many_are_left(user, contracts) if shown.is_open else 0
    # Not said of what nobody has, nor of what was searched for.
    needing_me = 0 if shown.is_unassigned or choice.terms else counts.needing_in(shown)
    came_from(request)
    facts = {
        **_frame(shown, user, contracts, counts, SearchForm(initial={"terms": choice.terms}), left=left),
        "choice": choice,
        "carried": {**parts_of(choice), "stage": "", "overdue": ""},
        "query": partial(query_of, choice),
        "case_page": "monitoring:referral_details",
        "note": "Referral details come from the probation practitioner, with any changes they made after sending.",
        "filter": FilterForm(initial={"stage": choice.stage, "overdue": choice.is_overdue}, shown=shown),
        "filters": presenter.filter_tags(choice, _name_of(choice)),
        "headings": presenter.headings(shown, choice),
        "rows": presenter.rows(cases, shown, today=today, refusals=Appointment.objects.why_refused(cases)),
        "corrected_crn": presenter.corrected_crn(choice.terms, (case.crn for case in cases)),
        "page": page,
        "beside": listed.beside,
        "empty": presenter.EMPTY[shown.slug],
        "needing": needing_me,
        "nowhere": NOWHERE,
        "elsewhere": [] if page.paginator.count else _elsewhere(choice, shown, contracts),
    }
    return render(request, "monitoring/case_list.html", facts)


def _address(shown: CaseList) -> str:
    return reverse("monitoring:case_list", args=[shown.slug])


def _name_of(choice: Choice) -> str:
    return People([choice.caseworker])[choice.caseworker].name if choice.caseworker is not None else ""


def _elsewhere(choice: Choice, shown: CaseList, contracts: list[Contract]) -> list[tuple[CaseList, str]]:
    if not choice.terms:
        return []
    # One's own cases, and what nobody has, stand in another list as well.
    elsewhere = [stage for stage in Stage if not shown.has_caseworkers or stage not in shown.stages]
    cases = found(ReceivedReferral.objects.on_contracts(contracts).standing_at(elsewhere), choice.terms)
    counts = dict(cases.order_by().values_list("stage").annotate(count=Count("pk")))
    return presenter.found_elsewhere(counts, LISTS, shown)
