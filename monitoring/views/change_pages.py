"""The pages of a referral's change log, which both sides have.

Must not decide who may see a case: each side's door does, before it calls these.
"""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from monitoring.presenters import changes as presenter
from monitoring.views.case_note_pages import CaseSeen

CHANGES_A_PAGE = 20


def list_of_changes(request: HttpRequest, case: CaseSeen, *, log: str, single: str) -> HttpResponse:
    """Every change since the referral was sent, newest first. ``log`` and ``single`` name their addresses."""
    changes = case.received.changes.defer("before", "after", "replaced").order_by("-at", "-pk")
    page = Paginator(changes, CHANGES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **case.frame(log),
        "page": page,
        "changes": [(change, case.address(single, change.id)) for change in presenter.listed(page)],
        "list_href": case.address(log),
        "back_link": case.cases,
    }
    return render(request, "monitoring/changes.html", context)


def one_change(request: HttpRequest, case: CaseSeen, change_id: UUID, *, log: str) -> HttpResponse:
    """One change: from what, to what, why, by whom. One of another case is not found."""
    change = get_object_or_404(case.received.changes, pk=change_id)
    context = {
        **case.frame(""),
        "change": presenter.whole(change),
        "back_link": case.address(log),
    }
    return render(request, "monitoring/change.html", context)
