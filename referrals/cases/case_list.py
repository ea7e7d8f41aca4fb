"""One sent case as it was shared, and opening a case by CRN."""

from __future__ import annotations

from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.kept_text.offering import render_form
from events.audiences import about, for_practitioners
from events.models import AuditAction, OutboxEntry
from monitoring.lists.choices import back_to_list
from monitoring.presenters import received_referral
from monitoring.presenters.shared_again import recalled
from monitoring.rules.moves import Move, is_allowed
from referrals.access import limited_access as access
from referrals.access.scope import followed_case, user_of
from referrals.actions.open_case import open_cases
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.cases.amending import change_links, why_nothing_changes
from referrals.cases.case_pages import case_pages
from referrals.cases.correct_crn import gone_notice
from referrals.cases.forms import OpenCaseForm
from referrals.cases.newer_oasys import newer_oasys_of
from referrals.cases.presenters import ndelius_words
from referrals.cases.questions import open_questions
from referrals.cases.records_in_words import records_of
from referrals.cases.responsible import contact_has_left, reassigned_row
from referrals.models import Referral
from referrals.views.starting import say_corrected
from risk.presenters import newer

PAGE_SIZE = 50


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_safe
def case(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Referral details, as the supplier has them now, with the declaration and how far nDelius is."""
    referral = followed_case(request, referral_id)
    received = referral.received
    assert received is not None
    prefetch_related_objects([received], "services")  # for what is shown, and for what can be changed
    share = received.current_share()
    handover = received.as_handover(share)
    about(request, referral=referral.pk, crn=referral.crn, version=share.number)
    recall = recalled(share, handover)
    page = received_referral.present(
        handover, recalled=recall, updated_at=received.personal_details_updated_at()
    )
    entry = OutboxEntry.objects.filter(referral=referral.pk, kind=NDELIUS_REFERRAL).first()
    context = {
        "banner": page.banner,
        "referral": referral,
        "page": page,
        "declaration": handover.declaration,
        "reassigned": reassigned_row(referral),
        "contact_has_left": contact_has_left(received),
        "risk_source": _risk_source(referral),
        "gone": gone_notice(referral),
        "recalled_at": share.recalled_at,
        "newer_oasys": newer_oasys_of(referral, user_of(request)),
        "records": records_of(referral),
        "may_correct": is_allowed(Move.SHARE_CORRECTION, received),
        "ndelius": ndelius_words(entry),
        "back_link": back_to_list(request, otherwise="referrals:cases"),
        "case_pages": case_pages(referral, "case"),
        "questions": open_questions([referral]).get(referral.pk, 0),
        "change_links": change_links(referral, received),
        "why_nothing_changes": why_nothing_changes(received),
    }
    return render(request, "referrals/cases/case.html", context)


def _risk_source(referral: Referral) -> list[dict[str, str]]:
    """A row that says so when OASys had newer risk information, which was not taken (promise 6)."""
    said = newer.said_after_sending(referral.risk)
    return [{"label": "OASys", "value": said}] if said else []


@for_practitioners(records=AuditAction.SERVICE_PAGE_VIEWED)
def open_by_crn(request: HttpRequest) -> HttpResponse:
    """Open the cases of a person by CRN, giving a reason, which is recorded (decision A2)."""
    form = OpenCaseForm(request.POST) if request.method == "POST" else OpenCaseForm()
    if request.method == "POST" and form.is_valid():
        user = user_of(request)
        crn = form.cleaned_data["crn"]
        about(request, crn=crn)
        access.check(user, crn)
        opened = open_cases(crn=crn, by=user, reason=form.cleaned_data["reason"])
        if opened:
            say_corrected(request, form)
            return redirect("referrals:case" if len(opened) == 1 else "referrals:same_person", opened[0].pk)
        form.add_error("crn", "There are no sent referrals for this CRN")
    context = {"form": form, "back_link": back_to_list(request, otherwise="referrals:cases")}
    return render_form(request, "referrals/cases/open_by_crn.html", context)
