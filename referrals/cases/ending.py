"""The practitioner ends a referral: says why, checks it, confirms (live service: withdraw, or close early)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept_text.offering import render_form, unsaved_on
from events.audiences import for_practitioners
from events.models import AuditAction
from monitoring.actions import transition as moving
from monitoring.actions.close_appointments import to_come
from monitoring.actions.end_referral import needs_a_report, reasons_now, request_end
from monitoring.presenters.appointment import in_words as appointment_in_words
from monitoring.rules.end_reasons import REASONS
from monitoring.rules.moves import Move
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.ending_form import EndForm

REPORT_FOLLOWS = (
    "You have asked to end this referral. The service provider will now write the end of service report."
)
CANCELLED = "You have ended the referral."


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def end_case(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask why, show what will happen, and do it once confirmed. The pages carry the answers; nothing is kept before."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    if request.POST.get("do") != "save":  # the action itself knows whether the same was asked for already
        moving.require(received, Move.REQUEST_END)
    offered = REASONS if received.end_requested_at else reasons_now(received)
    form = EndForm(
        request.POST if request.method == "POST" else None,
        received=received,
        by=user_of(request),
        offered=offered,
    )
    template = "referrals/cases/end_case.html"
    if form.is_valid() and request.POST.get("do") != "change":
        if request.POST.get("do") == "save":
            ended = request_end(received=received, by=user_of(request), **form.cleaned_data)
            messages.success(request, CANCELLED if ended.concluded_at else REPORT_FOLLOWS)
            return redirect("referrals:case_progress", referral.pk)
        template = "referrals/cases/confirm_end.html"
    ask_for_change = reverse("referrals:ask_for_plan_change", args=[referral.pk])
    context = {
        **case_frame(referral),
        "form": form,
        "reason": REASONS.get(form.cleaned_data.get("reason", ""), "") if form.is_bound else "",
        "needs_a_report": needs_a_report(received),
        "to_cancel": [appointment_in_words(one) for one in to_come(received, at=timezone.now())],
        "unsaved": unsaved_on(user_of(request), {ask_for_change: "Request a change to the action plan"}),
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render_form(request, template, context)
