"""The practitioner ends a referral (live service: withdraw, or close early): why, what will happen, and whether to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept_text.keeping import keep_unsaved
from accounts.kept_text.offering import render_form, unsaved_on
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.actions.close_appointments import begun, to_come
from monitoring.actions.end_referral import meaning_of_the_end, request_end, require_not_ended
from monitoring.actions.standing import facts_of
from monitoring.models import ReceivedReferral
from monitoring.presenters.appointment import in_words as appointment_in_words
from monitoring.presenters.ending import DONE, Consequences, consequences
from monitoring.rules.end_reasons import REASONS, reasons_for
from referrals.access.scope import followed_case, user_of
from referrals.actions.correct_risk import begun_of
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.ending_form import ConfirmEndForm, EndForm
from referrals.models import Referral

UNSHARED = (
    "There is a corrected version of the risk information that has not been shared. We will delete it when the "
    "referral ends. Share it first if the service provider needs it."
)


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def end_case(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask why, show what will happen, and do it once confirmed. The pages carry the answers; nothing is kept before."""
    referral = followed_case(request, referral_id)
    received, do = received_of(referral), request.POST.get("do", "")
    if do != "save":  # the action itself knows whether the same was asked for already
        require_not_ended(received)
    form = EndForm(
        request.POST if request.method == "POST" else None,
        received=received,
        by=user_of(request),
        offered=_offered(received),
    )
    context = {
        **case_frame(referral),
        "form": form,
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    if not form.is_valid() or do == "change":
        return render_form(request, "referrals/cases/end_case.html", context)
    confirming = ConfirmEndForm(request.POST if do == "save" else None)
    if confirming.is_valid():
        return _answered(request, referral, form, is_to_end=confirming.cleaned_data["confirmed"])
    context |= {
        "form": confirming,
        "answered": form,
        "reason": REASONS[form.cleaned_data["reason"]],
        "does": _consequences(referral, form.cleaned_data["reason"]),
        "unsaved": unsaved_on(user_of(request), _closed_for_text(referral)),
    }
    status = 422 if confirming.errors else 200
    return render(request, "referrals/cases/confirm_end.html", context, status=status)


def _answered(request: HttpRequest, referral: Referral, form: EndForm, *, is_to_end: bool) -> HttpResponse:
    """End it, or keep it open, and what was typed with it."""
    if is_to_end:
        ended = request_end(received=received_of(referral), by=user_of(request), **form.cleaned_data)
        messages.success(request, DONE[meaning_of_the_end(ended)])
    else:
        keep_unsaved(request, user_of(request))
    return redirect("referrals:case_progress", referral.pk)


def _offered(received: ReceivedReferral) -> tuple[str, ...]:
    """The reasons that can be chosen; any, for the same form sent again: the action knows it."""
    if received.end_requested_at:
        return tuple(REASONS)
    return reasons_for(sessions_attended=facts_of(received).sessions_attended)


def _consequences(referral: Referral, reason: str) -> Consequences:
    received, now = received_of(referral), timezone.now()
    does = consequences(
        facts_of(received),
        reason,
        today=timezone.localdate(now),
        to_cancel=map(appointment_in_words, to_come(received, at=now)),
        unrecorded=begun(received, at=now),
    )
    return replace(does, follows=(UNSHARED, *does.follows)) if begun_of(referral).exists() else does


def _closed_for_text(referral: Referral) -> dict[str, Any]:
    """Pages on which nothing can be written once the referral has ended."""
    return {
        reverse("referrals:ask_for_plan_change", args=[referral.pk]): "Request a change to the action plan"
    }
