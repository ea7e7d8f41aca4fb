"""The end of service report: the supplier's pages. One report a case, so that no id of it stands in an address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_text.offering import render_form, unsaved_on
from events.models import AuditAction
from events.refusals import Gone
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions import transition as moving
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.end_of_service import AchievementForm, FurtherInformationForm
from monitoring.models import EndOfServiceReport, OutcomeAchievement, ReceivedReferral
from monitoring.presenters import end_of_service_report as presenter
from monitoring.rules.moves import Move, why_not
from monitoring.rules.version_seen import fingerprint
from monitoring.views.case_frame import case_frame

CHANGED_MEANWHILE = (
    "Someone else changed this answer while you were writing. Their version is above the form. Save again to "
    "replace it with yours"
)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def end_of_service_report(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """The report as it was submitted; before that, whether it can be written now."""
    received = open_case(request, received_id)
    report = _report_of(received)
    is_submitted = report is not None and report.is_submitted
    context = _frame(received) | {
        "report": presenter.present(report) if report and is_submitted else None,
        "is_started": report is not None,
        "why_not": why_not(Move.WRITE_REPORT, received),
        "back_link": reverse("monitoring:progress", args=[received.pk]),
    }
    return render(request, "monitoring/end_of_service_report/report.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_POST
def start_end_of_service_report(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Begin the report, or go on with it at the first outcome without an answer."""
    received = open_case(request, received_id)
    report = end_of_service.start_report(received=received, by=asking(request))
    if report.is_submitted:
        return redirect("monitoring:end_of_service_report", received.pk)
    return _next_page(received, report, after=0)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def report_outcome(request: HttpRequest, received_id: UUID, place: int) -> HttpResponse:
    """What became of one desired outcome, with what the sessions recorded to read beside it."""
    received, report = _draft(request, received_id)
    outcomes = [*end_of_service.outcomes_of(received)]
    if not 1 <= place <= len(outcomes):
        raise Http404
    outcome = outcomes[place - 1]
    answer = report.achievements.filter(outcome=outcome).first()
    form, theirs = _outcome_form(request, received, answer)
    if request.method == "POST" and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("level", "progress", "remaining")}
        end_of_service.save_achievement(received=received, outcome=outcome.pk, by=asking(request), **answers)
        return _next_page(received, report, after=place)
    context = _frame(received) | {
        "form": form,
        "theirs": theirs,
        "outcome": outcome,
        "sessions": presenter.sessions_recorded(received),
        "heading": f"Outcome {place} of {len(outcomes)}",
        "caption": f"Page {place} of {len(outcomes) + 2}",
        "back_link": _page_before(received, place),
    }
    template = "monitoring/end_of_service_report/outcome.html"
    return render_form(request, template, context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def report_further_information(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Whatever else there is to say."""
    received, report = _draft(request, received_id)
    form, theirs = _information_form(request, received, report.further_information)
    if request.method == "POST" and form.is_valid():
        end_of_service.save_further_information(
            received=received, text=form.cleaned_data["text"], by=asking(request)
        )
        return redirect("monitoring:check_end_of_service_report", received.pk)
    count = end_of_service.outcomes_of(received).count()
    context = _frame(received) | {
        "form": form,
        "theirs": theirs,
        "caption": f"Page {count + 1} of {count + 2}",
        "back_link": _page_before(received, count + 1),
    }
    template = "monitoring/end_of_service_report/further_information.html"
    return render_form(request, template, context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def check_end_of_service_report(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Check the report and submit it, once. Submitting concludes the case."""
    received = open_case(request, received_id)
    if request.method == "POST":
        end_of_service.submit_report(received=received, by=asking(request), seen=request.POST.get("seen", ""))
        return redirect("monitoring:end_of_service_report_submitted", received.pk)
    received, report = _draft(request, received_id)
    count = end_of_service.outcomes_of(received).count()
    context = _frame(received) | {
        "report": presenter.present(report),
        "missing": end_of_service.what_is_missing(received, report),
        "seen": end_of_service.content_of(report),
        "unsaved": unsaved_on(asking(request), _pages(received, count)),
        "caption": f"Page {count + 2} of {count + 2}",
        "back_link": reverse("monitoring:report_further_information", args=[received.pk]),
    }
    return render(request, "monitoring/end_of_service_report/check.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def end_of_service_report_submitted(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """That it was submitted, and how the referral ended."""
    received = open_case(request, received_id)
    report = _report_of(received)
    if report is None or not report.is_submitted:
        raise Http404
    context = _frame(received) | {"ended_as": received.get_conclusion_display()}
    return render(request, "monitoring/end_of_service_report/submitted.html", context)


def _report_of(received: ReceivedReferral) -> EndOfServiceReport | None:
    return EndOfServiceReport.objects.unscoped().filter(received=received).first()


def _draft(request: HttpRequest, received_id: UUID) -> tuple[ReceivedReferral, EndOfServiceReport]:
    """The report of a case of theirs that can be written now. One that was submitted meanwhile is 410."""
    received = open_case(request, received_id)
    report = _report_of(received)
    if report is not None and report.is_submitted:
        raise Gone(end_of_service.SUBMITTED)
    moving.require(received, Move.WRITE_REPORT)
    if report is None:
        raise Http404
    return received, report


def _next_page(received: ReceivedReferral, report: EndOfServiceReport, *, after: int) -> HttpResponse:
    """The first outcome without an answer after this one, else before it, else the last questions."""
    answered = set(report.achievements.values_list("outcome_id", flat=True))
    places = [
        place
        for place, outcome in enumerate(end_of_service.outcomes_of(received), start=1)
        if outcome.pk not in answered
    ]
    if places:
        following = [place for place in places if place > after] or places
        return redirect("monitoring:report_outcome", received.pk, following[0])
    if report.further_information is None:
        return redirect("monitoring:report_further_information", received.pk)
    return redirect("monitoring:check_end_of_service_report", received.pk)


def _page_before(received: ReceivedReferral, place: int) -> str:
    if place > 1:
        return reverse("monitoring:report_outcome", args=[received.pk, place - 1])
    return reverse("monitoring:end_of_service_report", args=[received.pk])


def _pages(received: ReceivedReferral, outcomes: int) -> dict[str, str]:
    """What the pages of a report are called, by their addresses."""
    pages = {
        reverse("monitoring:report_outcome", args=[received.pk, place]): f"Outcome {place} of {outcomes}"
        for place in range(1, outcomes + 1)
    }
    return pages | {
        reverse("monitoring:report_further_information", args=[received.pk]): "Further information"
    }


def _outcome_form(
    request: HttpRequest, received: ReceivedReferral, answer: OutcomeAchievement | None
) -> tuple[CrossingForm, tuple[str, ...]]:
    there = (answer.level, answer.progress, answer.remaining) if answer else ()
    if request.method != "POST":
        stored = dict(zip(("level", "progress", "remaining"), there, strict=False))
        initial = {**stored, "seen": fingerprint(*there)}
        return AchievementForm(initial=initial, received=received, by=asking(request)), ()
    shown = (answer.get_level_display(), answer.progress, answer.remaining) if answer else ()
    return _sent(request, received, AchievementForm, there, shown, field="progress")


def _information_form(
    request: HttpRequest, received: ReceivedReferral, there: str | None
) -> tuple[CrossingForm, tuple[str, ...]]:
    if request.method != "POST":
        initial = {"text": there, "seen": fingerprint(there)}
        return FurtherInformationForm(initial=initial, received=received, by=asking(request)), ()
    return _sent(request, received, FurtherInformationForm, (there,), (there or "Nothing",), field="text")


def _sent(
    request: HttpRequest,
    received: ReceivedReferral,
    kind: type[CrossingForm],
    there: tuple[str | None, ...],
    shown: tuple[str, ...],
    *,
    field: str,
) -> tuple[CrossingForm, tuple[str, ...]]:
    """The form as sent, and what somebody else saved since the page was shown: two who write are told of each other."""
    sent = request.POST.copy()
    was_changed = sent.get("seen", "") != fingerprint(*there)
    sent["seen"] = fingerprint(*there)
    form = kind(sent, received=received, by=asking(request), stored=there)
    if was_changed and not form.errors:
        form.add_error(field, CHANGED_MEANWHILE)
    return form, shown if was_changed else ()


def _frame(received: ReceivedReferral) -> dict[str, Any]:
    return case_frame(received, "progress")
