"""How a case stands: the supplier's page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import open_case
from monitoring.presenters.progress import present
from monitoring.presenters.progress_actions import SupplierActions
from monitoring.presenters.progress_records import progress_of
from monitoring.views.case_frame import case_frame


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def progress(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """What happened, what is next, whose turn it is and by when."""
    received = open_case(request, received_id, "end_of_service_report")
    shown = present(progress_of(received), actions=SupplierActions(received), for_supplier=True)
    context = {
        **case_frame(received, "progress"),
        "progress": shown,
        "next_task": None,  # a button of the page itself
        "intervention": received.intervention_title,
        "details_href": reverse("monitoring:referral_details", args=[received.pk]),
        "questions_href": reverse("monitoring:questions", args=[received.pk]),
    }
    return render(request, "monitoring/progress.html", context)
