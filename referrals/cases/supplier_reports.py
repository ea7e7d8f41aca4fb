"""What the practitioner reads of the supplier's later work: the end of service report, and pauses."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.models import EndOfServiceReport
from monitoring.presenters import end_of_service_report as presenter
from monitoring.presenters.pauses import pause_lines
from referrals.access.scope import followed_case
from referrals.cases.case_pages import case_frame, received_of


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def end_of_service_report(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The report as it was submitted. Before that it is not found."""
    referral = followed_case(request, referral_id)
    rows = EndOfServiceReport.objects.unscoped().filter(received=received_of(referral))
    report = rows.submitted().first()
    if report is None:
        raise Http404
    context = {
        **case_frame(referral, "case_progress"),
        "report": presenter.present(report),
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/end_of_service_report.html", context)


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def pauses(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Every pause of the time limits, with its reason."""
    referral = followed_case(request, referral_id)
    context = {
        **case_frame(referral, "case_progress"),
        "lines": pause_lines(received_of(referral)),
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/pauses.html", context)
