"""The practitioner's drafts, as the last of their lists."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from encryption import referral_keys
from events.audiences import for_practitioners
from events.models import AuditAction
from referrals.access.scope import user_of
from referrals.desk import presenters as presenter
from referrals.desk.case_lists import counts_of
from referrals.desk.desk import desk_of
from referrals.presenters import draft_list

DRAFTS_A_PAGE = 20


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Their drafts, last changed first. People they may not see are left out."""
    desk = desk_of(user_of(request))
    paginator = Paginator(desk.drafts().for_the_list().order_by("-changed_at", "pk"), DRAFTS_A_PAGE)
    paginator.count = desk.drafts_count
    page = paginator.get_page(request.GET.get("page"))
    referral_keys.load(draft.pk for draft in page)
    context = {
        "page": page,
        "rows": [draft_list.row(draft, by=desk.user, now=timezone.now()) for draft in page],
        "hidden": desk.hidden.drafts,
        "tabs": presenter.tabs(counts_of(desk), desk.drafts_count, "drafts"),
    }
    return render(request, "referrals/drafts.html", context)
