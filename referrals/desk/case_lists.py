"""The practitioner's lists of sent cases. Each begins with the desk of who is asking.

Reading is by GET only; a search is posted, kept in the web session, and then read (decision M5).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from events.audiences import for_practitioners
from events.models import AuditAction, OutboxEntry
from govuk.addresses import reverse
from interventions.models import Contract
from monitoring.forms.case_lists import SearchForm
from monitoring.lists.case_lists import CaseList, Choice, chosen_cases, found, order_of
from monitoring.lists.choices import came_from, keep_terms
from monitoring.lists.leavers import is_at_work
from monitoring.models import Appointment, Question, ReceivedReferral
from monitoring.presenters import case_list as monitoring_presenter
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


def counts_of(desk: Desk) -> dict[str, int]:
    """How many cases stand in each list, by its slug. One statement."""
    by_stage = desk.cases().counts_by_stage()
    return {one.slug: sum(by_stage.get(stage, 0) for stage in one.stages) for one in LISTS}


def _contracts_of(desk: Desk) -> list[Contract]:
    """The contracts that the desk's cases are on, by their service provider. One statement."""
    theirs = Contract.objects.filter(pk__in=desk.cases().order_by().values("contract"))
    return [*theirs.select_related("prime").order_by("prime__name_folded", "prime", "pk")]


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
    today, choice = timezone.localdate(), choice_for(request, shown, desk)
    counts, contracts = counts_of(desk), _contracts_of(desk)
    chosen = left_by(choice, shown, desk=desk, contracts=contracts)
    chosen = chosen_cases(chosen, choice, today=today)
    order = order_of(shown, choice, first=needing_me(desk), contracts=contracts)
    paginator = Paginator(chosen.order_by(*order).values("pk"), CASES_A_PAGE)
    if shown in LISTS and not (choice.leaves_out or choice.terms):
        paginator.count = counts[shown.slug]  # known already
    page: Page = paginator.get_page(request.GET.get("page"))
    on_page = ReceivedReferral.objects.unscoped().filter(pk__in=page.object_list)
    shown_columns = on_page.for_a_list("key", "sent_at", "contract")
    listed = [*shown_columns.annotate(is_caseworker_at_work=is_at_work()).order_by(*order)]
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
        "rows": presenter.rows(listed, shown, contracts, today=today, beside=_beside(listed)),
        "corrected_crn": monitoring_presenter.corrected_crn(choice.terms, (case.crn for case in listed)),
        "page": page,
        "empty": presenter.EMPTY[shown.slug],
        "case_page": need.leads_to if need else "referrals:case_progress",
        "need": need,
        "nowhere": NOWHERE,
        "elsewhere": [] if page.paginator.count else found_elsewhere(choice, shown, desk),
    }
    return render(request, "referrals/desk/case_list.html", context)


def _beside(listed: list[ReceivedReferral]) -> dict[Any, presenter.Beside]:
    """What waits, by case: an appointment to be arranged again, questions, nDelius. At most three statements."""
    refusals = Appointment.objects.why_refused(listed)
    questions = Question.objects.unscoped().waiting().filter(received__in=[case.pk for case in listed])
    asked = questions.counts_by_case()
    entries = OutboxEntry.objects.filter(referral__in=[case.key for case in listed], kind=NDELIUS_REFERRAL)
    waiting = {*entries.exclude(state__in=OutboxEntry.SETTLED).values_list("referral", flat=True)}
    return {
        case.pk: presenter.Beside(refusals.get(case.pk, ""), asked.get(case.pk, 0), case.key in waiting)
        for case in listed
    }


def found_elsewhere(choice: Choice, shown: CaseList, desk: Desk) -> list[tuple[CaseList, str]]:
    """Other lists of cases in which a search finds something."""
    if not choice.terms:
        return []
    by_stage = found(desk.cases(), choice.terms).counts_by_stage()
    return monitoring_presenter.found_elsewhere(by_stage, LISTS, shown)


def address_of(shown: CaseList) -> str:
    """Of one of the lists of cases."""
    return reverse("referrals:case_list", args=[shown.slug])
