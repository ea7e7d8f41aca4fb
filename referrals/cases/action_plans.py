"""The action plan as the practitioner follows it: submitted versions to read, and a change to ask for (decision M1)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from govuk.fields import TextAreaField
from monitoring.actions import transition as moving
from monitoring.actions.write_action_plan import ask_for_plan_change
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField
from monitoring.presenters import action_plan as presenter
from monitoring.rules.moves import Move, is_allowed
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of


class AskForChangeForm(CrossingForm):
    """What should change in the action plan, and why."""

    text = TextAreaField(
        label="What should change in the action plan, and why?",
        called="what should change, and why",
        label_is_heading=True,
        hint="The service provider will see this and write a new version of the action plan.",
        max_length=4000,
        rows=8,
        error_messages={"required": "Enter what should change in the action plan, and why"},
    )
    form_key = FormKeyField()


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def action_plan(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The submitted versions, and the changes that were asked for. Never a draft."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    versions = presenter.versions(received, with_draft=False)
    context = {
        **case_frame(referral, "case_progress"),
        "versions": versions,
        "hrefs": {
            one.number: reverse("referrals:case_action_plan_version", args=[referral.pk, one.number])
            for one in versions
        },
        "requests": presenter.requests(received),
        "ask_href": reverse("referrals:ask_for_plan_change", args=[referral.pk]),
        "can_ask": is_allowed(Move.ASK_FOR_PLAN_CHANGE, received),
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/action_plan.html", context)


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def action_plan_version(request: HttpRequest, referral_id: UUID, number: int) -> HttpResponse:
    """One submitted version. A draft is not found."""
    referral = followed_case(request, referral_id)
    submitted = received_of(referral).action_plans.submitted()
    context = {
        **case_frame(referral, "case_progress"),
        "plan": presenter.present(get_object_or_404(submitted, number=number)),
        "back_link": reverse("referrals:case_action_plan", args=[referral.pk]),
    }
    return render(request, "monitoring/action_plan/version.html", context)


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_change(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask for a change to the version in force."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    if request.method != "POST":
        moving.require(received, Move.ASK_FOR_PLAN_CHANGE)
    form = AskForChangeForm(
        request.POST if request.method == "POST" else None, received=received, by=user_of(request)
    )
    if form.is_valid():
        ask_for_plan_change(received=received, by=user_of(request), **form.cleaned_data)
        messages.success(request, "You have asked the service provider to change the action plan.")
        return redirect("referrals:case_action_plan", referral.pk)
    in_force = received.plan_in_force()
    context = {
        **case_frame(referral),
        "form": form,
        "caption": f"Version {in_force.number} is the current version" if in_force else "",
        "back_link": reverse("referrals:case_action_plan", args=[referral.pk]),
    }
    template = "referrals/cases/ask_for_plan_change.html"
    return render_form(request, template, context)
