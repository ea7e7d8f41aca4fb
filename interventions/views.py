"""The catalogue's pages, for practitioners: the services that take referrals, and one service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Gone
from interventions import presenters
from interventions.finding import remembered_search as remembered
from interventions.finding import summary as in_words
from interventions.finding.page import around, page_of
from interventions.finding.search import Search
from interventions.models import Contract

CATALOGUE = "catalogue"


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The services that take referrals today, and the filters on them."""
    if elsewhere := remembered.elsewhere(request, CATALOGUE):
        return redirect(elsewhere)
    search = Search.asked_by(request.GET)
    services = search.found_among(Contract.objects.open_on(timezone.localdate()))
    page = page_of(request, CATALOGUE, search, services.order_by(*search.wanted.order))
    context = {
        **around(request, search, page),
        "count": in_words.count(page.paginator.count, is_filtered=search.wanted.is_filtered),
        "services": [presenters.service_card(contract, href=_address(contract)) for contract in page],
    }
    return render(request, "interventions/find.html", context, status=422 if search.form.errors else 200)


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def detail(request: HttpRequest, contract_id: int) -> HttpResponse:
    """One service. Gone (410) once it has ended; one that opens later says when."""
    contract = get_object_or_404(Contract.objects.with_facts(), pk=contract_id)
    today = timezone.localdate()
    if contract.has_ended(today):
        raise Gone(contract.why_not_open(today))
    context = {
        "contract": presenters.on_own_page(contract),
        "opens_later": contract.why_not_open(today),
        "back_link": remembered.address(request, CATALOGUE, reverse("interventions:find")),
    }
    return render(request, "interventions/detail.html", context)


def _address(contract: Contract) -> str:
    return reverse("interventions:detail", args=[contract.pk])
