"""Cases of people who have left: which of them, and who works on them from now on."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from events.models import AuditAction
from govuk.addresses import reverse
from govuk.choices import Choice
from interventions.models import Contract
from interventions.models.contracts import granted_contracts
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking
from monitoring.actions.reassign_cases import SomeCannotBeReassigned, reassign_cases
from monitoring.forms.assignment import ReassignForm
from monitoring.lists.colleagues import colleagues_on_any, load_of
from monitoring.lists.leavers import cases_of_leavers as leavers_cases
from monitoring.models import ReceivedReferral
from monitoring.presenters import leavers as presenter

CASES_A_PAGE = 50


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
def cases_of_leavers(request: HttpRequest) -> HttpResponse:
    """Choose cases and a caseworker; all that were chosen are reassigned, or none."""
    user = asking(request)
    contracts = granted_contracts(user)
    if request.method != "POST":
        return _show(request, user, contracts)
    form = _form(user, contracts, request.POST, [Choice(pk, "") for pk in request.POST.getlist("cases")])
    if not form.is_valid():
        return _show(request, user, contracts, request.POST)
    person = User.objects.only("username", "first_name", "last_name").get(pk=form.cleaned_data["caseworker"])
    try:
        count = reassign_cases(
            cases=form.cleaned_data["cases"],
            caseworker=person,
            by=user,
            form_key=form.cleaned_data["form_key"],
        )
    except SomeCannotBeReassigned as refusal:
        problem = presenter.cannot_have(person.display_name, refusal.references)
        return _show(request, user, contracts, request.POST, problem=problem)
    messages.success(request, presenter.reassigned(count, person.display_name))
    return redirect("monitoring:cases_of_leavers")


def _show(
    request: HttpRequest,
    user: User,
    contracts: list[Contract],
    data: QueryDict | None = None,
    *,
    problem: str = "",
) -> HttpResponse:
    """One page of these cases, those due first at the top."""
    ordered = leavers_cases(contracts).order_by(F("due_on").asc(nulls_last=True), "reference")
    page: Page = Paginator(ordered.values("pk"), CASES_A_PAGE).get_page(request.GET.get("page"))
    on_page = ReceivedReferral.objects.on_contracts(contracts).filter(pk__in=page.object_list)
    cases = [*on_page.for_a_list().order_by(F("due_on").asc(nulls_last=True), "reference")]
    offered = [presenter.choice(case, today=timezone.localdate()) for case in cases]
    if data is not None:
        there = {choice.value for choice in offered}
        data = data.copy()
        data.setlist("cases", [pk for pk in data.getlist("cases") if pk in there])
    form = _form(user, contracts, data, offered)
    if problem:
        form.add_error("caseworker", problem)
    context = {
        "form": form,
        "page": page,
        "back_link": reverse("monitoring:case_list", args=["open"]),
    }
    return render(request, "monitoring/cases_of_leavers.html", context, status=422 if form.errors else 200)


def _form(
    user: User, contracts: list[Contract], data: QueryDict | None, offered: list[Choice]
) -> ReassignForm:
    colleagues = [*colleagues_on_any(contracts, user)]
    return ReassignForm(data, colleagues=colleagues, load=load_of(colleagues, seen_by=user), cases=offered)
