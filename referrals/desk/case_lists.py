"""The practitioner's lists of sent cases. Each begins with the desk of who is asking.

Reading is by GET only; a search is posted, kept in the web session, and then read (decision M5).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from events.audiences import for_practitioners
from events.models import AuditAction, OutboxEntry
from govuk.addresses import reverse
from interventions.models import Contract
from monitoring.forms.case_lists import SearchForm
from monitoring.lists.case_lists import BY_CONTRACT, CaseList, Choice, chosen_cases, found, order_of
from monitoring.lists.choices import came_from, keep_terms
from monitoring.lists.chosen import chosen_page
from monitoring.lists.listed import ListedCase, Window, in_order, lines_of, page_of
from monitoring.models import Appointment, Question, ReceivedReferral
from monitoring.presenters import case_list as monitoring_presenter
from prepared.queries import PreparedQuery
from referrals.access.scope import user_of
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.desk import not_shown
from referrals.desk import presenters as presenter
from referrals.desk.desk import Desk, desk_of
from referrals.desk.forms import DeskFilterForm
from referrals.desk.lists import (
    BY_SLUG,
    LISTS,
    OPEN_CASES,
    DeskChoice,
    choice_for,
    counts_of,
    filter_values,
    left_by,
    needing_me,
    parts_of,
    query_of,
)
from referrals.desk.needs import BY_SLUG as NEEDS

CASES_A_PAGE = 50
NOWHERE = "To see the case of a person you do not manage, open it by CRN."


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Their open cases: where "Your cases" leads."""
    return _show(request, OPEN_CASES, desk_of(user_of(request)))


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("terms")
def case_list(request: HttpRequest, which: str) -> HttpResponse:
    """One of the lists. Posted: search in it."""
    shown = BY_SLUG.get(which)
    if shown is None:
        raise Http404
    desk = desk_of(user_of(request))
    if request.method != "POST":
        return _show(request, shown, desk)
    form = SearchForm(request.POST)
    if not form.is_valid():
        context = _frame(shown, desk, counts_of(desk), form)
        return render(request, "referrals/desk/case_list.html", context, status=422)
    keep_terms(request, shown, form.cleaned_data["terms"])
    return redirect(address_of(shown) + query_of(DeskChoice(terms=form.cleaned_data["terms"])))


def _contracts_of(desk: Desk) -> list[Contract]:
    """The contracts that the desk's cases are on, by their service provider. One statement."""
    return _CONTRACTS.rows(contracts=desk.contracts)


_CONTRACTS = PreparedQuery(
    lambda contracts: (
        Contract.objects.filter(pk__among=contracts)
        .select_related("prime")
        .only("title", "prime__name", "prime__name_folded")
        .order_by("prime__name_folded", "prime", "pk")
    )
)


def _frame(shown: CaseList, desk: Desk, counts: dict[str, int], form: SearchForm) -> dict[str, Any]:
    """What stands on every one of these pages."""
    return {
        "shown": shown,
        "tabs": presenter.tabs(counts, desk.drafts_count, shown.slug),
        "form": form,
        "address": address_of(shown),
        "address_of": address_of,
        "covered": [cover.colleague.display_name for cover in desk.covers],
        "not_shown": not_shown.cases(desk),
    }


def _show(request: HttpRequest, shown: CaseList, desk: Desk) -> HttpResponse:
    """One page of a list: which cases, how many, and the rows of these cases only."""
    choice = choice_for(request, shown, desk)
    counts, contracts = counts_of(desk), _contracts_of(desk)
    page, listed = _listed(request, shown, choice, desk, contracts, counts)
    came_from(request)
    need = NEEDS.get(choice.need)
    context = {
        **_frame(shown, desk, counts, SearchForm(initial={"terms": choice.terms})),
        "choice": choice,
        "carried": {**parts_of(choice), "stage": "", "overdue": "", "provider": "", "whose": ""},
        "query": partial(query_of, choice),
        "filter": DeskFilterForm(initial=filter_values(choice), shown=shown, desk=desk, contracts=contracts),
        "filters": presenter.filter_tags(choice, desk, contracts),
        "headings": monitoring_presenter.headings(shown, choice, presenter.COLUMNS),
        "rows": presenter.rows(listed, shown, contracts, today=desk.asking.today, beside=_beside(listed)),
        "corrected_crn": monitoring_presenter.corrected_crn(choice.terms, (case.crn for case in listed)),
        "page": page,
        "empty": presenter.EMPTY[shown.slug],
        "case_page": need.leads_to if need else "referrals:case_progress",
        "need": need,
        "nowhere": NOWHERE,
        "elsewhere": [] if page.paginator.count else found_elsewhere(choice, shown, desk),
    }
    return render(request, "referrals/desk/case_list.html", context)


def _listed(
    request: HttpRequest,
    shown: CaseList,
    choice: DeskChoice,
    desk: Desk,
    contracts: list[Contract],
    counts: dict[str, int],
) -> tuple[Page, list[ListedCase]]:
    """The page that was asked for, and its cases. What is plainly listed is asked for with a prepared query."""
    order = partial(order_of, shown, choice, first=needing_me(), contracts=contracts)
    if shown not in LISTS or choice.leaves_out or choice.terms:
        left = left_by(choice, shown, desk=desk, contracts=contracts)
        chosen = chosen_cases(left, choice, today=desk.asking.today)
        page, keys = chosen_page(request.GET, chosen, order(), CASES_A_PAGE)
        lines = _LINES.rows(keys=frozenset(keys), now=desk.now) if keys else []
        cases = in_order(keys, lines)
    else:
        page = Paginator(range(counts[shown.slug]), CASES_A_PAGE).get_page(request.GET.get("page"))
        window = Window.of(page)
        if choice.sort in BY_CONTRACT:
            of_list = desk.cases().standing_at(shown.stages)
            rows = [*page_of(of_list, ReceivedReferral.objects.unscoped(), order(), window, now=desk.now)]
        else:
            rows = _PAGE.rows(shown.slug, choice.sorted_by, window, now=desk.now, keys=desk.keys)
        cases = [*map(ListedCase._make, rows)]
    # The CRN of a case may have been corrected since the desk was read.
    return page, [case for case in cases if case.crn in desk.visible]


def _plain_page(
    slug: str, sorted_by: str, window: Window, *, now: datetime, keys: frozenset[UUID]
) -> QuerySet[ReceivedReferral, tuple[Any, ...]]:
    """One page of a whole list."""
    shown = BY_SLUG[slug]
    choice = DeskChoice(sort=sorted_by.removeprefix("-"), is_descending=sorted_by.startswith("-"))
    order = order_of(shown, choice, first=needing_me())
    cases = ReceivedReferral.objects.unscoped().filter(key__among=keys).standing_at(shown.stages)
    return page_of(cases, ReceivedReferral.objects.unscoped(), order, window, now=now)


_PAGE = PreparedQuery(_plain_page)
_LINES = PreparedQuery(
    lambda keys, now: lines_of(ReceivedReferral.objects.unscoped().filter(pk__among=keys), now=now).order_by()
)


def _beside(listed: list[ListedCase]) -> dict[Any, presenter.Beside]:
    """What waits, by case: an appointment to be arranged again, questions, nDelius. At most two statements."""
    refusals = Appointment.objects.why_refused(listed)
    cases, referrals = (frozenset([case.pk for case in listed]), frozenset([case.key for case in listed]))
    waiting = dict(_WAITING.rows(cases=cases, referrals=referrals)) if listed else {}
    return {
        case.pk: presenter.Beside(refusals.get(case.pk, ""), waiting.get(case.pk, 0), case.key in waiting)
        for case in listed
    }


def _waiting(cases: frozenset[UUID], referrals: frozenset[UUID]) -> QuerySet[Any, tuple[UUID, int]]:
    """How many questions wait, by the id of the case; and by that of the referral, that nDelius does not know of it."""
    asked = Question.objects.unscoped().waiting().filter(received__among=cases).order_by()
    untold = OutboxEntry.objects.filter(referral__among=referrals, kind=NDELIUS_REFERRAL).order_by()
    return (
        asked.values_list("received")
        .annotate(count=Count("pk"))
        .union(
            untold.exclude(state__in=OutboxEntry.SETTLED).annotate(count=Value(1)).values_list("referral", "count"),
            all=True,
        )
    )


_WAITING = PreparedQuery(_waiting)


def found_elsewhere(choice: Choice, shown: CaseList, desk: Desk) -> list[tuple[CaseList, str]]:
    """Other lists of cases in which a search finds something."""
    if not choice.terms:
        return []
    by_stage = found(desk.cases(), choice.terms).counts_by_stage()
    return monitoring_presenter.found_elsewhere(by_stage, LISTS, shown)


def address_of(shown: CaseList) -> str:
    """Of one of the lists of cases."""
    return reverse("referrals:case_list", args=[shown.slug])
