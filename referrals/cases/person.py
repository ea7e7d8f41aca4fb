"""One person's referrals and drafts, and what happened on them in a line of time.

The address names a referral or a draft, never the person.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.lists.choices import back_to_list
from monitoring.presenters.received_referral import banner_of
from referrals.access.scope import cases_of_person, followed_case, own_draft, user_of
from referrals.cases.case_pages import received_of
from referrals.cases.presenters import SAME_PERSON_COLUMNS, draft_row, same_person_row, step_row
from referrals.cases.standing import standing_of
from referrals.cases.time_line import time_line
from referrals.models import Referral
from referrals.presenters.own_only import own_only
from referrals.presenters.person import Banner

PAGE_SIZE = 50


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def same_person(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Every referral of the case's person that they may open, their own drafts, and the line of time."""
    referral = followed_case(request, referral_id)
    context = {
        "banner": banner_of(received_of(referral).shared_person(), crn=referral.crn),
        "referral": referral,
        "address": reverse("referrals:same_person", args=[referral.pk]),
        "back_link": back_to_list(request, otherwise="referrals:cases"),
    }
    return _show(request, referral.crn, context)


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def person_of_draft(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same, from a draft."""
    draft = own_draft(request, referral_id, with_services=False)
    context = {
        "banner": Banner.of(draft),
        "address": reverse("referrals:person_of_draft", args=[draft.pk]),
        "back_link": reverse("referrals:tasks", args=[draft.pk]),
    }
    return _show(request, draft.crn, context)


def _show(request: HttpRequest, crn: str, context: dict[str, Any]) -> HttpResponse:
    user = user_of(request)
    cases, failure = cases_of_person(user, crn)
    listed = cases.select_related("contract__prime", "received")
    page = Paginator(listed.order_by("-sent_at", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    own = Referral.objects.drafts_of(user).filter(crn=crn).select_related("contract__prime")
    drafts = [*own.order_by("-changed_at", "pk")[:PAGE_SIZE]]
    standing = standing_of(page)
    return render(
        request,
        "referrals/cases/same_person.html",
        {
            "not_shown": own_only(failure),
            "columns": SAME_PERSON_COLUMNS,
            "page": page,
            "rows": [same_person_row(case, standing[case.pk]) for case in page],
            "drafts": [draft_row(draft) for draft in drafts],
            "steps": [step_row(step) for step in time_line(page, drafts)],
            **context,
        },
    )
