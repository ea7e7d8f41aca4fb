"""The supplier's lists of cases, and how much each caseworker has. Each begins with who is asking.

Reading is by GET only, which the door records; a search is posted, kept in the web session, and then read.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
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
    chosen_cases,
    found,
    needing,
    order_of,
)
from monitoring.lists.choices import came_from, choice_for, keep_terms, parts_of, query_of
from monitoring.lists.colleagues import loads_on
from monitoring.lists.counts import Counts, counts_for
from monitoring.lists.listed import ListedCase, Window, page_of
from monitoring.models import Appointment, ReceivedReferral
from monitoring.models.received_referral import held_by
from monitoring.presenters import case_list as presenter
from monitoring.presenters import caseworkers, leavers
from prepared.queries import PreparedQuery

CASES_A_PAGE = 50
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
    counts = counts_for(user, contracts, today=timezone.localdate(), also_needs=shown.is_open)
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
    loads, counts = loads_on(contracts, today=today), counts_for(user, contracts, today=today)
    came_from(request)
    frame = _frame(None, user, contracts, counts, None, is_manager=True, left=counts.left)
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
    page, listed = _listed(request, shown, choice, user, contracts, counts.of[shown.slug], today=today)
    # Not said of what nobody has, nor of what was searched for.
    needing_me = 0 if shown.is_unassigned or choice.terms else counts.needing_in(shown)
    came_from(request)
    facts = {
        **_frame(shown, user, contracts, counts, SearchForm(initial={"terms": choice.terms}), left=counts.left),
        "choice": choice,
        "carried": {**parts_of(choice), "stage": "", "overdue": ""},
        "query": partial(query_of, choice),
        "case_page": "monitoring:referral_details",
        "note": "Referral details come from the probation practitioner, with any changes they made after sending.",
        "filter": FilterForm(initial={"stage": choice.stage, "overdue": choice.is_overdue}, shown=shown),
        "filters": presenter.filter_tags(choice, _name_of(choice)),
        "headings": presenter.headings(shown, choice),
        "rows": presenter.rows(listed, shown, today=today, refusals=Appointment.objects.why_refused(listed)),
        "corrected_crn": presenter.corrected_crn(choice.terms, (case.crn for case in listed)),
        "page": page,
        "empty": presenter.EMPTY[shown.slug],
        "needing": needing_me,
        "nowhere": NOWHERE,
        "elsewhere": [] if page.paginator.count else _elsewhere(choice, shown, contracts),
    }
    return render(request, "monitoring/case_list.html", facts)


def _listed(
    request: HttpRequest,
    shown: CaseList,
    choice: Choice,
    user: User,
    contracts: list[Contract],
    all_of_them: int,
    *,
    today: date,
) -> tuple[Page, list[ListedCase]]:
    """The page that was asked for, and its cases. What is plainly listed is asked for with a prepared query."""
    left_out = choice.is_filtered or choice.terms
    chosen = chosen_cases(shown.cases(user, contracts), choice, today=today) if left_out else None
    count = all_of_them if chosen is None else chosen.count()
    page: Page = Paginator(range(count), CASES_A_PAGE).get_page(request.GET.get("page"))
    window, now, held = Window.of(page), timezone.now(), held_by(contracts)
    if chosen is None and choice.sort != "intervention":
        needing_first = shown.is_open and not choice.sort
        asking_for: dict[str, Any] = {"user": user.pk} if shown.is_mine or needing_first else {}
        asking_for |= {"today": today} if needing_first else {}
        rows = _PAGE.rows(shown.slug, choice.sorted_by, window, now=now, **asking_for, **held)
    else:
        cases = shown.cases(user, contracts) if chosen is None else chosen
        order = order_of(shown, choice, first=needing(user.pk, today=today), contracts=contracts)
        rows = [*page_of(cases, ReceivedReferral.objects.held(**held), order, window, now=now)]
    return page, [*map(ListedCase._make, rows)]


def _plain_page(
    slug: str,
    sorted_by: str,
    window: Window,
    *,
    now: datetime,
    user: int | None = None,
    today: date | None = None,
    **held: Any,
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """One page of a whole list. ``user`` and ``today`` where the list asks whose cases, or which need them."""
    shown, within = case_lists.BY_SLUG[slug], ReceivedReferral.objects.held(**held)
    first = Q() if user is None or today is None else needing(user, today=today)
    choice = Choice(sort=sorted_by.removeprefix("-"), is_descending=sorted_by.startswith("-"))
    order = order_of(shown, choice, first=first, contracts=[])
    return page_of(shown.among(within, user=user), within, order, window, now=now)


_PAGE = PreparedQuery(_plain_page)


def _address(shown: CaseList) -> str:
    return reverse("monitoring:case_list", args=[shown.slug])


def _name_of(choice: Choice) -> str:
    return People([choice.caseworker])[choice.caseworker].name if choice.caseworker is not None else ""


def _elsewhere(choice: Choice, shown: CaseList, contracts: list[Contract]) -> list[tuple[CaseList, str]]:
    if not choice.terms:
        return []
    cases = found(ReceivedReferral.objects.on_contracts(contracts), choice.terms)
    counts = dict(cases.order_by().values_list("stage").annotate(count=Count("pk")))
    return presenter.found_elsewhere(counts, LISTS, shown)
