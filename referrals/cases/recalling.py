"""The practitioner recalls risk information that was shared in error: says why, sees who opened it, confirms (R11)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.kept_text.offering import render_form
from events.audiences import about, for_practitioners
from events.models import AuditAction, DisclosureEvent
from govuk.addresses import reverse
from govuk.template_filters import date_time
from monitoring.actions.share_again import DoneBefore, recall_share, refuse_other_reason
from monitoring.models import ShareVersion
from monitoring.rules.moves import Move, is_allowed
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.done_before import show_done_before, typed_reason
from referrals.cases.openings import opened
from referrals.cases.recall_form import RecallForm
from referrals.models import Referral

RECALLED = (
    "You recalled the risk information. The service provider can no longer see it, and we have told them. You can "
    "share a corrected version."
)


@for_practitioners(records=AuditAction.OPENINGS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask why, show who opened it, and recall once confirmed. Never asks OASys; also after the case has ended."""
    referral = followed_case(request, referral_id)
    received, user = received_of(referral), user_of(request)
    share = received.current_share()
    about(request, referral=referral.pk, crn=referral.crn, version=share.number)
    if share.recalled_at is not None:
        return _recalled_before(request, referral, share)
    form = RecallForm(
        request.POST if request.method == "POST" else None,
        received=received,
        by=user,
        initial={"number": share.number},
    )
    template = "referrals/cases/recall.html"
    if form.is_valid() and request.POST.get("do") != "change":
        if request.POST.get("do") == "save":
            try:
                recall_share(received=received, by=user, **form.cleaned_data)
            except DoneBefore as before:  # at this very moment
                return show_done_before(request, referral, before)
            messages.success(request, RECALLED)
            return redirect("referrals:case", referral.pk)
        template = "referrals/cases/confirm_recall.html"
    version = next(one for one in opened(received) if one.number == share.number)
    context = {
        **case_frame(referral),
        "form": form,
        "version": version,
        "correct_href": reverse("referrals:correct_risk", args=[referral.pk])
        if is_allowed(Move.SHARE_CORRECTION, received)
        else "",
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }
    return render_form(request, template, context)


def _recalled_before(request: HttpRequest, referral: Referral, share: ShareVersion) -> HttpResponse:
    """Say when; and when another reason was sent, which one is saved, with what was typed."""
    assert share.recalled_at is not None
    reason, recalled = typed_reason(request), DisclosureEvent.Kind.RECALLED
    if reason.strip():
        try:
            refuse_other_reason(
                received_of(referral), recalled, share.number, reason=reason, by=user_of(request)
            )
        except DoneBefore as before:
            return show_done_before(request, referral, before)
    messages.info(request, f"The risk information was already recalled on {date_time(share.recalled_at)}.")
    return redirect("referrals:case", referral.pk)
