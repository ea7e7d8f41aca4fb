"""The practitioner's sent cases, and one case as it was shared."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.kept_text.offering import render_form
from events.audiences import about, for_practitioners
from events.models import AuditAction, OutboxEntry
from monitoring.presenters import received_referral
from monitoring.presenters.received_referral import banner_of
from referrals.access import limited_access as access
from referrals.access.scope import cases_of_person, followed_case, managed_crns, user_of
from referrals.actions.open_case import open_cases
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.cases.amending import change_links, why_nothing_changes
from referrals.cases.case_pages import case_pages, received_of
from referrals.cases.forms import OpenCaseForm
from referrals.cases.presenters import (
    CASE_COLUMNS,
    SAME_PERSON_COLUMNS,
    case_row,
    ndelius_words,
    same_person_row,
)
from referrals.cases.questions import open_questions
from referrals.cases.standing import standing_of
from referrals.models import Referral
from risk.presenters import newer

PAGE_SIZE = 50


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Referrals they sent, and those of the people they manage in nDelius; never of people they may not see."""
    user = user_of(request)
    managed, nDelius_answered = managed_crns(user)  # noqa: N806
    followed = Referral.objects.followed_by(user, managed)
    crns = followed.order_by().values_list("crn", flat=True).distinct()[:500]
    visible = access.visible_among(user, crns)
    listed = (
        followed.filter(crn__in=visible)
        .select_related("contract__prime", "created_by")
        .order_by("-sent_at", "pk")
    )
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": CASE_COLUMNS,
        "rows": _rows(page),
        "hidden": followed.exclude(crn__in=visible).count(),
        "ndelius_answered": nDelius_answered,
    }
    return render(request, "referrals/cases/case_list.html", context)


def _rows(cases: Iterable[Referral]) -> list[list[object]]:
    """The rows of one page, in the same number of statements however many there are."""
    listed = list(cases)
    waiting = set(
        OutboxEntry.objects.filter(referral__in=[case.pk for case in listed], kind=NDELIUS_REFERRAL)
        .exclude(state=OutboxEntry.State.DELIVERED)
        .values_list("referral", flat=True)
    )
    asked = open_questions(listed)
    standing = standing_of(listed)
    return [
        case_row(case, standing[case.pk], is_waiting=case.pk in waiting, questions=asked.get(case.pk, 0))
        for case in listed
    ]


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_safe
def case(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Referral details, as the supplier has them now, with the declaration and how far nDelius is."""
    referral = followed_case(request, referral_id)
    received = referral.received
    assert received is not None
    share = received.current_share()
    handover = received.as_handover(share)
    about(request, referral=referral.pk, crn=referral.crn, version=share.number)
    page = received_referral.present(handover)
    entry = OutboxEntry.objects.filter(referral=referral.pk, kind=NDELIUS_REFERRAL).first()
    context = {
        "banner": page.banner,
        "referral": referral,
        "page": page,
        "declaration": handover.declaration,
        "risk_source": _risk_source(referral),
        "ndelius": ndelius_words(entry),
        "back_link": reverse("referrals:cases"),
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


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def same_person(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Every referral of the case's person that they may open, the newest first."""
    referral = followed_case(request, referral_id)
    listed = (
        cases_of_person(user_of(request), referral.crn)
        .select_related("contract__prime", "received")
        .order_by("-sent_at", "pk")
    )
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    standing = standing_of(page)
    context = {
        "columns": SAME_PERSON_COLUMNS,
        "banner": banner_of(received_of(referral).shared_person(), crn=referral.crn),
        "referral": referral,
        "page": page,
        "rows": [same_person_row(case, standing[case.pk]) for case in page],
        "back_link": reverse("referrals:cases"),
    }
    return render(request, "referrals/cases/same_person.html", context)


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
            return redirect("referrals:case" if len(opened) == 1 else "referrals:same_person", opened[0].pk)
        form.add_error("crn", "There are no sent referrals for this CRN")
    context = {"form": form, "back_link": reverse("referrals:cases")}
    return render_form(request, "referrals/cases/open_by_crn.html", context)
