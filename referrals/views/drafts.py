"""Drafts: resuming, the task list, deleting, refreshing the person's details. Their list is on the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from referrals.access.scope import own_draft, user_of
from referrals.actions.compare_facts import compare_facts
from referrals.actions.delete_draft import delete_draft
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters import cautions, changed_outside, task_list
from referrals.presenters.person import Banner
from referrals.pulls.ask_again import NO_LONGER_KNOWN, NOT_REFRESHED
from referrals.pulls.facts import Moment
from referrals.pulls.person import refresh_person
from referrals.sensitive_details.undecided import count_undecided
from risk.actions.pull_risk_information import compare_with_oasys
from risk.presenters import oasys_words
from risk.reading import load_what_stands


@for_practitioners(records=AuditAction.DRAFT_OPENED)
@require_safe
def resume(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Go on with a draft: every system asked whether it changed, on to what is still to do.

    When the service has ended meanwhile there is nothing to go on with: the task list says so.
    """
    draft = own_draft(request, referral_id)
    user = user_of(request)
    if draft.contract.has_ended():
        return redirect("referrals:tasks", draft.pk)
    compared = compare_facts(draft=draft, by=user, moment=Moment.ON_RESUME)
    for trouble in compared.troubles:
        messages.warning(request, trouble)
    if trouble := oasys_words.not_compared(compare_with_oasys(risk=draft.risk, by=user)):
        messages.warning(request, trouble)
    progress = MAKE_A_REFERRAL.on(own_draft(request, referral_id), user, timezone.localdate())
    if compared.is_new:
        return redirect("referrals:tasks", draft.pk)  # which shows what changed
    if progress.first_unanswered is None:
        return redirect("referrals:check_answers", draft.pk)
    return redirect(task_list.address(progress, progress.first_unanswered))


@for_practitioners(records=AuditAction.DRAFT_OPENED)
@require_safe
def tasks(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The task list of a draft."""
    draft = own_draft(request, referral_id)
    load_what_stands(draft.risk)
    progress = MAKE_A_REFERRAL.on(draft, user_of(request), timezone.localdate())
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        **task_list.present(progress),
        **cautions.about_draft(user_of(request), draft),
        "changed_outside": changed_outside.present(draft),
        "details_to_decide": count_undecided(draft, user_of(request)),
        "back_link": reverse("referrals:drafts"),
    }
    return render(request, "referrals/tasks.html", context)


@for_practitioners(records=AuditAction.DRAFT_OPENED)
def delete(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask whether to delete the draft, and delete it."""
    draft = own_draft(request, referral_id)
    if request.method == "POST":
        delete_draft(draft=draft, by=user_of(request))
        messages.success(request, "The draft referral was deleted.")
        return redirect("referrals:drafts")
    context = {"banner": Banner.of(draft), "draft": draft, "back_link": reverse("referrals:drafts")}
    return render(request, "referrals/delete_draft.html", context)


@require_POST
@for_practitioners(records=AuditAction.PERSON_PULLED)
def refresh(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Pull the personal details again, on demand."""
    draft = own_draft(request, referral_id)
    if trouble := _refreshed(draft, user_of(request)):
        messages.warning(request, trouble)
    else:
        messages.success(request, "We got the latest personal details from nDelius.")
    return redirect("referrals:personal-details", draft.pk)


def _refreshed(draft: Referral, user: User) -> str:
    """Get the latest details; what to say when that could not be done."""
    try:
        refresh_person(draft=draft, by=user)
    except NotFound:
        return NO_LONGER_KNOWN
    except UpstreamFailure as failure:
        return said_of(NDELIUS, failure, NOT_REFRESHED)
    return ""
