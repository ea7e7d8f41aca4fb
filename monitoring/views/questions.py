"""Questions about what was shared: the supplier's pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions import transition as moving
from monitoring.actions.ask_question import ask_question
from monitoring.forms.question import AskForm
from monitoring.presenters import questions as presenter
from monitoring.rules.moves import Move, is_allowed
from monitoring.views.case_frame import case_frame


@for_suppliers(records=AuditAction.QUESTIONS_VIEWED)
@require_safe
def questions(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """What was asked about this referral, newest first, with the answers."""
    received = open_case(request, received_id)
    context = {
        **case_frame(received, "questions"),
        "questions": presenter.present(received, received.questions.order_by("-asked_at", "pk")),
        "may_ask": is_allowed(Move.ASK_QUESTION, received),
        "ask_href": reverse("monitoring:ask_question", args=[received.pk]),
        "back_link": reverse("monitoring:all_cases"),
    }
    return render(request, "monitoring/questions.html", context)


@for_suppliers(records=AuditAction.QUESTIONS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Ask about a part of the referral. A case that has ended takes no question, and says so before one is typed."""
    received = open_case(request, received_id)
    moving.require(received, Move.ASK_QUESTION)
    form = AskForm(request.POST if request.method == "POST" else None, received=received, by=asking(request))
    if form.is_valid():
        ask_question(received=received, by=asking(request), **form.cleaned_data)
        messages.success(request, "Your question was sent to the probation practitioner.")
        return redirect("monitoring:questions", received.pk)
    context = {
        **case_frame(received),
        "form": form,
        "back_link": reverse("monitoring:questions", args=[received.pk]),
    }
    return render_form(request, "monitoring/ask_question.html", context)
