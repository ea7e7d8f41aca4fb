"""Pauses of a case: the supplier's pages. Every pause is kept and shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions import pause_case as pausing
from monitoring.actions import transition as moving
from monitoring.forms.pausing import PauseForm, ResumeForm
from monitoring.models import Pause, ReceivedReferral
from monitoring.presenters.pauses import pause_lines
from monitoring.rules.moves import Move, why_not
from monitoring.views.case_frame import case_frame


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def pauses(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Every pause, and whether one is going on."""
    received = open_case(request, received_id)
    context = _frame(received) | {
        "lines": pause_lines(received),
        "going_on": received.pauses.going_on().first(),
        "why_not": why_not(Move.PAUSE, received),
        "back_link": reverse("monitoring:progress", args=[received.pk]),
    }
    return render(request, "monitoring/pauses/pauses.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def pause_case(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Hold the clocks."""
    received = open_case(request, received_id)
    moving.require(received, Move.PAUSE)
    form = PauseForm(
        request.POST if request.method == "POST" else None, received=received, by=asking(request)
    )
    if form.is_valid():
        try:
            pausing.pause(received=received, by=asking(request), **form.cleaned_data)
        except pausing.WrongDay as wrong:
            form.add_error("starts_on", wrong.reason)
        else:
            messages.success(request, "The time limits are paused.")
            return redirect("monitoring:pauses", received.pk)
    return _asked(request, received, form, "monitoring/pauses/pause.html")


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def resume_case(request: HttpRequest, received_id: UUID, pause_id: UUID) -> HttpResponse:
    """Let the clocks go on."""
    received = open_case(request, received_id)
    pause: Pause = get_object_or_404(received.pauses, pk=pause_id)
    moving.require(received, Move.RESUME)
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            pausing.resume(
                received=received, pause=pause.pk, ends_on=form.cleaned_data["ends_on"], by=asking(request)
            )
        except pausing.WrongDay as wrong:
            form.add_error("ends_on", wrong.reason)
        else:
            messages.success(request, "The time limits have restarted.")
            return redirect("monitoring:pauses", received.pk)
    return _asked(request, received, form, "monitoring/pauses/resume.html")


def _frame(received: ReceivedReferral) -> dict[str, Any]:
    return case_frame(received, "progress")


def _asked(request: HttpRequest, received: ReceivedReferral, form: Any, template: str) -> HttpResponse:
    context = _frame(received) | {
        "form": form,
        "back_link": reverse("monitoring:pauses", args=[received.pk]),
    }
    return render_form(request, template, context)
