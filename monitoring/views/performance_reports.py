"""The performance report: ask for it, watch it being made, download it. Only whoever asked."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from events.models import AuditAction
from events.refusals import Unanswered
from file_storage.downloads import NoAddress, download
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.reports import no_longer_theirs, require_theirs
from monitoring.access.scope import asking
from monitoring.actions.make_performance_report import ask_for_report
from monitoring.forms.performance_report import PerformanceReportForm
from monitoring.models import PerformanceReport
from monitoring.performance import file
from monitoring.presenters import performance_reports as presenter

SHOWN = 20  # requests on the page; they are kept for seven days only
NO_FILE = "We cannot get this file at the moment. Try again in a few minutes."


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
def performance_reports(request: HttpRequest) -> HttpResponse:
    """Ask for a report over a period, and see those asked for before."""
    user = asking(request)
    form = PerformanceReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        report = ask_for_report(by=user, **form.cleaned_data)
        return redirect("monitoring:performance_report", report.pk)
    reports = [*PerformanceReport.objects.asked_for_by(user).order_by("-requested_at")[:SHOWN]]
    gone = no_longer_theirs(user, reports)
    context = {
        "form": form,
        "rows": [presenter.row(report, is_theirs=report.pk not in gone) for report in reports],
        "back_link": reverse("monitoring:reporting"),
    }
    return render(request, "monitoring/performance_reports.html", context, status=422 if form.errors else 200)


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_safe
def performance_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """How far one report is, with its file once it is ready."""
    report = _report_of(request, report_id)
    context = {
        "report": presenter.progress(report),
        "back_link": reverse("monitoring:performance_reports"),
    }
    return render(request, "monitoring/performance_report.html", context)


@for_suppliers(records=AuditAction.PERFORMANCE_REPORT_DOWNLOADED)
@require_safe
def download_performance_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The file, or a signed address of it. It is read after the database rights were given back."""
    report = _report_of(request, report_id)
    if report.state != PerformanceReport.State.READY:
        raise Http404
    name = f"performance-report-{report.from_date}-to-{report.to_date}.csv"
    kind = "text/csv; charset=utf-8"
    try:
        answer = download(file.storage(), file.name_of(report.pk), filename=name, content_type=kind)
    except NoAddress:
        raise Unanswered(NO_FILE) from None
    return cast(HttpResponse, answer)  # Django's doors and middleware take both


def _report_of(request: HttpRequest, report_id: UUID) -> PerformanceReport:
    """One that they asked for. Refused when it has cases of a contract that is theirs no more."""
    user = asking(request)
    report = get_object_or_404(PerformanceReport.objects.asked_for_by(user), pk=report_id)
    require_theirs(user, report)
    return report
