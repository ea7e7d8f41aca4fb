"""Entering the CRN that took the place of one that nDelius no longer has, and checking that it is the same person.

The CRN never stands in an address: the web session keeps it between the two pages.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.audiences import about, for_practitioners
from events.crn_changes.recording import why_not
from events.models import AuditAction
from events.refusals import Unanswered
from govuk.addresses import reverse
from govuk.template_filters import date
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from monitoring.handover import labels
from referrals.access import limited_access as access
from referrals.access.scope import followed_case, may_follow, user_of
from referrals.actions.correct_crn import plan
from referrals.actions.correct_crn_of_case import (
    correct_crn_of_case,
    require_gone,
    require_practitioner,
)
from referrals.actions.look_for_crn import is_gone
from referrals.cases.case_pages import case_frame
from referrals.cases.crn_forms import NewCrnForm, SamePersonForm
from referrals.models import Referral
from referrals.pulls.both_crns import BothCrns, Identity, compare
from referrals.views.starting import NOBODY, look_up

IN_WEB_SESSION = "new_crns"
NOT_COMPARED = "so we cannot check the new CRN. We have not changed anything."


def gone_notice(referral: Referral, *, looks: bool = False) -> list[str]:
    """What to say on the pages of a case whose CRN nDelius no longer has; nothing while it has, as far as is known.

    ``looks``: nDelius names no practitioner for the person, so it is asked whether it has the person at all.
    """
    check = getattr(referral, "case_check", None)
    if not (check and check.not_found_at) and not (looks and is_gone(referral.crn)):
        return []
    return [
        f"nDelius no longer has CRN {referral.crn}. It may have been merged with another record.",
        "We cannot update what the service provider sees until the case has the new CRN.",
    ]


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def enter_crn(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask for the new CRN, once nDelius says that it has nobody of the old one. Without an answer nothing goes on."""
    referral = followed_case(request, referral_id)
    silence = _silence(referral.crn)
    form = NewCrnForm(request.POST or None, initial={"crn": _kept_for(request, referral)})
    if form.is_valid():
        new = form.cleaned_data["crn"]
        problem = why_not(referral.crn, new).rstrip(".") or silence or look_up(request, new)
        about(request, referral=referral.pk, crn=referral.crn)
        if not problem:
            require_practitioner(user_of(request), referral, new)
            request.session[IN_WEB_SESSION] = {**_kept(request), str(referral.pk): new}
            return redirect("referrals:check_crn", referral.pk)
        form.add_error("crn", problem)
    context = {
        **case_frame(referral),
        "form": form,
        "gone": gone_notice(referral),
        "silence": silence,
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/enter_crn.html", context, status=422 if form.errors else 200)


def _silence(crn: str) -> str:
    """What to say when nDelius does not answer whether it has the CRN. Raises Refused while it has it."""
    try:
        require_gone(crn)
    except Unanswered as unanswered:
        return unanswered.reason
    return ""


def _kept_for(request: HttpRequest, referral: Referral) -> str:
    return _kept(request).get(str(referral.pk), "")


def _kept(request: HttpRequest) -> dict[str, str]:
    """The CRN that was entered for each case, and not confirmed yet or just so."""
    kept: dict[str, str] = request.session.get(IN_WEB_SESSION, {})
    return kept


@for_practitioners(records=AuditAction.CRN_COMPARED)
@require_http_methods(["GET", "HEAD", "POST"])
def check_crn(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show whom nDelius has under the new CRN beside whom the case is about, and correct it once confirmed."""
    referral, user = followed_case(request, referral_id), user_of(request)
    new = _kept_for(request, referral)
    if new == referral.crn:  # pressed twice
        return redirect("referrals:case_progress", referral.pk)
    if not new:
        return redirect("referrals:enter_crn", referral.pk)
    access.check(user, new)
    try:
        planned = plan(old=referral.crn, new=new)
        both = compare(planned.newest, new)
        if both.nothing_fits:
            return _somebody_else(request, referral, new, both)
        form = SamePersonForm(request.POST if request.method == "POST" else None, planned=planned, both=both)
        if form.is_valid():
            seen = form.cleaned_data["seen"]
            correct_crn_of_case(referral=referral, new=new, seen=seen, confirmed=form.confirmed, by=user)
            return _corrected(request, referral, new)
    except NotFound:
        messages.warning(request, f"{NOBODY}.")
        return redirect("referrals:enter_crn", referral.pk)
    except UpstreamFailure as failure:
        messages.warning(request, said_of(NDELIUS, failure, NOT_COMPARED))
        return redirect("referrals:enter_crn", referral.pk)
    context = {
        **case_frame(referral),
        "form": form,
        "rows": _rows(referral.crn, new, both),
        "back_link": reverse("referrals:enter_crn", args=[referral.pk]),
    }
    return render(request, "referrals/cases/check_crn.html", context, status=422 if form.errors else 200)


def _somebody_else(request: HttpRequest, referral: Referral, new: str, both: BothCrns) -> HttpResponse:
    """Only an administrator can say that it is the same person when nothing fits."""
    context = {
        **case_frame(referral),
        "rows": _rows(referral.crn, new, both),
        "back_link": reverse("referrals:enter_crn", args=[referral.pk]),
        "progress": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/somebody_else.html", context, status=409)


def _corrected(request: HttpRequest, referral: Referral, new: str) -> HttpResponse:
    """To the case, or to their cases where it is theirs no more under the new CRN."""
    messages.success(request, f"This person’s CRN is now {new}.")
    referral.crn = new
    if may_follow(user_of(request), referral):
        return redirect("referrals:case_progress", referral.pk)
    return redirect("referrals:cases")


def _rows(old: str, new: str, both: BothCrns) -> list[list[str]]:
    """What is compared, a line each: what we have, and what nDelius has."""
    held, found = both.held, both.found
    return [
        [labels.CRN, old, new],
        [labels.FULL_NAME, held.name or labels.NOT_KNOWN, found.name or labels.NOT_KNOWN],
        [labels.DATE_OF_BIRTH, _day(held), _day(found)],
    ]


def _day(identity: Identity) -> str:
    return date(identity.date_of_birth) if identity.date_of_birth else labels.NOT_KNOWN
