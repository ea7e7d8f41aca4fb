"""A corrected version of what was shared about risk: begin, compare in three columns, share, or delete (decision R11).

Its sections are edited on the pages of a draft (``referrals.views.risk``).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept_text.offering import render_form
from events.audiences import for_practitioners
from events.models import AuditAction, DisclosureEvent
from govuk.addresses import reverse
from govuk.template_filters import date_time
from monitoring.actions import transition as moving
from monitoring.actions.share_again import (
    DoneBefore,
    RecalledMeanwhile,
    SharedMeanwhile,
    refuse_other_reason,
)
from monitoring.models import ShareVersion
from monitoring.rules.moves import Move
from referrals.access.scope import SharedAlready, followed_case, own_correction, user_of
from referrals.actions.correct_risk import (
    TypedMeanwhile,
    begin_correction,
    begun_of,
    compare_with,
    delete_correction,
    share_correction,
)
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.correction_form import CorrectionForm
from referrals.cases.done_before import show_done_before, typed_reason
from referrals.models import Referral
from referrals.presenters import risk_pages
from referrals.sensitive_details.in_risk import details_of
from referrals.typed_text.unsaved_text import pages_of, seen_as, unsaved_in_correction
from risk.actions import declare_responsibility as declaring
from risk.actions import pull_risk_information as pulling
from risk.models import RiskInformation
from risk.reading import for_page

SHARED = (
    "You shared a corrected version. The service provider now sees only this version, and we have told them."
)
NEWER_VERSION = (
    "Someone else shared another version after you started, so nothing was shared. Compare it with yours below, then "
    "choose what to do"
)
RECALLED = (
    "The version shared now was recalled after you opened this page, so nothing was shared. Check that you do not "
    "share the same information again"
)
CHANGED = (
    "The corrected version changed after you opened this page. Review the latest version and confirm again"
)
TYPED = (
    "You typed text on another page and did not save it. Sharing deletes that text. Save it first, or share again to "
    "delete it"
)


@for_practitioners(records=AuditAction.RISK_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_risk(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say what correcting does, and begin; or go on with what was begun. OASys is asked, and need not answer."""
    referral = followed_case(request, referral_id)
    received, user = received_of(referral), user_of(request)
    moving.require(received, Move.SHARE_CORRECTION)
    begun = _begun(referral)
    own = begun.filter(owner=user).first()
    if request.method == "POST":
        if own is not None and own.oasys_snapshot is not None:
            pulling.compare_with_oasys(risk=own, by=user)
        correction = own or begin_correction(referral=referral, by=user)
        return redirect("referrals:correction", referral.pk, correction.pk)
    context = {
        **case_frame(referral),
        "referral": referral,
        "own": own,
        "recalled_since": _recalled_since(own, received.current_share()) if own else "",
        "others": [(one.owner.display_name, one.created_at) for one in begun.exclude(owner=user)],
        "share": received.current_share(),
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }
    return render(request, "referrals/cases/correct_risk.html", context)


def _begun(referral: Referral) -> QuerySet[RiskInformation]:
    """Corrected versions that were not shared yet, with who works on each."""
    return begun_of(referral).select_related("owner", "snapshot").order_by("created_at")


@for_practitioners(records=AuditAction.RISK_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> HttpResponse:
    """Each section three times: as shared now, as in OASys now, as it will be shared; then why, and share it."""
    try:
        referral = own_correction(request, referral_id, correction_id)
    except SharedAlready:
        if request.method != "POST":
            raise
        return _shared_before(request, referral_id, correction_id)
    received, user = received_of(referral), user_of(request)
    risk = for_page(correction_id)
    if risk.oasys_snapshot is None and request.method != "POST":
        pulling.pull(risk=risk, by=user)
        risk = for_page(correction_id)
    referral.risk = risk
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, received=received, by=user, risk=risk
    )
    try:
        is_shared = form.is_valid() and _share(request, referral, risk, form)
    except DoneBefore as before:  # at this very moment
        return show_done_before(request, referral, before)
    if is_shared:
        messages.success(request, SHARED)
        return redirect("referrals:case", referral.pk)
    risk = referral.risk = for_page(correction_id) if form.is_bound else risk
    context = _page(request, referral, risk, form)
    return render_form(
        request, "referrals/cases/correction.html", context, status=409 if form.is_conflict else None
    )


def _shared_before(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> HttpResponse:
    """Say so; and when another reason was sent, which one is saved, with what was typed."""
    referral, user = followed_case(request, referral_id), user_of(request)
    shared = RiskInformation.objects.filter(corrects=referral.pk, owner=user, shared_as__isnull=False)
    number, reason = get_object_or_404(shared, pk=correction_id).shared_as, typed_reason(request)
    assert number is not None
    if reason.strip():
        corrected = DisclosureEvent.Kind.CORRECTED
        try:
            refuse_other_reason(received_of(referral), corrected, number, reason=reason, by=user)
        except DoneBefore as before:
            return show_done_before(request, referral, before)
    messages.info(request, "This corrected version was already shared.")
    return redirect("referrals:case", referral.pk)


def _share(request: HttpRequest, referral: Referral, risk: RiskInformation, form: CorrectionForm) -> bool:
    """Declare and share. False, with errors on the form, when it cannot be shared as it is."""
    user = user_of(request)
    problems = risk_pages.problems(risk)
    if problems:
        form.problems = problems
        form.refuse("Some sections cannot be shared as they are")
        return False
    if not risk.newer_is_undecided:
        pulling.compare_with_oasys(risk=risk, by=user)
    try:
        share_correction(referral=referral, correction=risk, by=user, **form.to_share())
    except declaring.NewerUndecided:
        form.refuse(risk_pages.DECIDE_NEWER, is_conflict=True)
    except declaring.ChangedSinceSeen:
        form.refuse(CHANGED, is_conflict=True)
    except SharedMeanwhile:
        form.refuse(NEWER_VERSION, is_conflict=True)
    except RecalledMeanwhile:
        form.refuse(RECALLED, is_conflict=True)
    except TypedMeanwhile:
        form.refuse(TYPED, is_conflict=True)
    return not form.errors


def _page(
    request: HttpRequest, referral: Referral, risk: RiskInformation, form: CorrectionForm
) -> dict[str, Any]:
    user, share = user_of(request), received_of(referral).current_share()
    details = details_of(referral, user)
    unsaved = unsaved_in_correction(risk, user)
    return {
        **case_frame(referral),
        **risk_pages.correction(request, referral, risk),
        "referral": referral,
        "form": form,
        "errors": risk_pages.correction_errors(form),
        "details_to_decide": sum(detail.decision is None for detail in details),
        "shared_since": _shared_since(risk, share),
        "recalled_since": _recalled_since(risk, share),
        "share": share,
        "unsaved": pages_of(unsaved),
        "unsaved_seen": seen_as(unsaved),
        "correction_id": risk.pk,
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }


def _shared_since(risk: RiskInformation, share: ShareVersion) -> str:
    """That another version was shared since this one was begun, by whom and when; nothing when none was."""
    if risk.compared_with == share.number:
        return ""
    return f"{share.declared_by} shared version {share.number} on {date_time(share.shared_at)}, after you started."


def _recalled_since(risk: RiskInformation, share: ShareVersion) -> str:
    """That what is shared now was recalled since this one was begun from it or an earlier one; nothing otherwise."""
    if share.recalled_at is None or share.recalled_at < risk.created_at:
        return ""
    return f"Version {share.number} was recalled on {date_time(share.recalled_at)}, after you started."


@require_POST
@for_practitioners(records=AuditAction.RISK_COMPARED)
def compare_correction(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> HttpResponse:
    """Go on with one's own version, having seen the one that somebody else shared."""
    referral = own_correction(request, referral_id, correction_id)
    seen = request.POST.get("version", "")
    if seen == str(received_of(referral).current_share().number):
        compare_with(correction=referral.risk, version=int(seen), by=user_of(request))
        messages.success(request, "You kept your version. Check it before you share it.")
    else:
        messages.warning(request, "Another version was shared after you opened the page. Compare it first.")
    return redirect("referrals:correction", referral.pk, correction_id)


@for_practitioners(records=AuditAction.RISK_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_own_correction(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> HttpResponse:
    """Delete what was begun and not shared, once confirmed."""
    referral = own_correction(request, referral_id, correction_id)
    if request.method == "POST":
        delete_correction(correction=referral.risk, by=user_of(request))
        messages.success(request, "The corrected version was deleted. What you shared has not changed.")
        return redirect("referrals:case", referral.pk)
    context = {
        **case_frame(referral),
        "back_link": reverse("referrals:correction", args=[referral.pk, correction_id]),
    }
    return render(request, "referrals/cases/delete_correction.html", context)
