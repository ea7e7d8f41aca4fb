"""Covering for an absent colleague."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Unanswered
from govuk.addresses import reverse
from integrations.failure_wording import NDELIUS, may_pass, said_of
from integrations.failures import UpstreamFailure
from referrals.access.caseload import covers_of
from referrals.access.scope import user_of
from referrals.actions.cover_for_colleague import begin_cover, colleagues_of, end_covers, note_team
from referrals.desk.forms import CoverForm

NOT_CHECKED = "so we cannot check whether you are in the same team."

NO_TEAM = "so we could not check which team you are in."


@for_practitioners(records=AuditAction.SERVICE_PAGE_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest) -> HttpResponse:
    """Choose a colleague of the same team. Their cases stand with one's own for 12 hours."""
    user = user_of(request)
    why_no_team = note_team(user)
    colleagues = {person.pk: person for person in colleagues_of(user)}
    offered = {pk: person.display_name for pk, person in colleagues.items()}
    form = CoverForm(request.POST if request.method == "POST" else None, offered=offered)
    if colleagues and form.is_valid():
        chosen = colleagues[int(form.cleaned_data["colleague"])]
        try:
            begin_cover(colleague=chosen, by=user)
        except UpstreamFailure as failure:
            raise Unanswered(said_of(NDELIUS, failure, NOT_CHECKED), may_pass=may_pass(failure)) from None
        messages.success(
            request, f"You are covering for {chosen.display_name}. Their cases are shown with yours."
        )
        return redirect("referrals:cases")
    context = {
        "form": form,
        "colleagues": offered,
        "covers": covers_of(user),
        "trouble": said_of(NDELIUS, why_no_team, NO_TEAM) if why_no_team else "",
        "back_link": reverse("referrals:home"),
    }
    return render(request, "referrals/desk/cover.html", context, status=422 if form.errors else 200)


@for_practitioners(records=AuditAction.SERVICE_PAGE_VIEWED)
@require_POST
def stop_covering(request: HttpRequest) -> HttpResponse:
    """Take everybody else's cases off the desk."""
    if end_covers(by=user_of(request)):
        messages.success(request, "You are no longer covering for anyone.")
    return redirect("referrals:home")
