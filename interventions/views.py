"""The catalogue's pages, for practitioners: the services that take referrals, and one service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Gone
from govuk.addresses import reverse
from interventions import presenters
from interventions.finding import remembered_search, summary
from interventions.finding.page import list_context, page_of_services
from interventions.finding.search import Search
from interventions.models import Contract

CATALOGUE = "catalogue"


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The services that take referrals today, and the filters on them."""
    if address := remembered_search.redirect_address(request, CATALOGUE):
        return redirect(address)
    search = Search.from_query(request.GET)
    services = search.filtered(Contract.objects.open_on(timezone.localdate()))
    page = page_of_services(request, CATALOGUE, search, services.order_by(*search.criteria.order))
    context = {
        **list_context(request, search, page),
        "count": summary.count(page.paginator.count, is_filtered=search.criteria.is_filtered),
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
        "contract": presenters.service_page(contract),
        "opens_later": contract.why_not_open(today),
        "back_link": remembered_search.last_address(request, CATALOGUE, reverse("interventions:find")),
    }
    return render(request, "interventions/detail.html", context)


def _address(contract: Contract) -> str:
    return reverse("interventions:detail", args=[contract.pk])
