"""The catalogue's pages, for practitioners: the list of open services, and one service."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.doors import for_practitioners
from events.models import AuditAction
from interventions import presenters
from interventions.models import Contract

SERVICES_A_PAGE = 20


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The services that take referrals today."""
    services = Contract.objects.open_on(timezone.localdate()).with_facts()
    page = Paginator(services, SERVICES_A_PAGE).get_page(request.GET.get("page"))
    shown = [presenters.in_list(contract) for contract in page.object_list]
    return render(request, "interventions/find.html", {"page": page, "services": shown})


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def detail(request: HttpRequest, contract_id: int) -> HttpResponse:
    """One service. Gone (410) when it does not take referrals today, with the day it did or will."""
    contract = get_object_or_404(Contract.objects.with_facts(), pk=contract_id)
    today = timezone.localdate()
    if not contract.is_open(today):
        message = presenters.why_not_open(contract, today)
        return render(request, "errors/410.html", {"message": message}, status=410)
    return render(request, "interventions/detail.html", {"contract": presenters.on_own_page(contract)})
