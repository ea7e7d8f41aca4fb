"""The practitioner's drafts, as the last of their lists: sorted and searched as the others are."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from encryption import referral_keys
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.lists.case_lists import Choice
from monitoring.lists.choices import choice_for, keep_terms, query_of
from monitoring.presenters import case_list as monitoring_presenter
from referrals.access.scope import user_of
from referrals.desk import not_shown
from referrals.desk import presenters as presenter
from referrals.desk.case_lists import NOWHERE, address_of, found_elsewhere
from referrals.desk.desk import Desk, desk_of
from referrals.desk.draft_lists import DRAFTS, in_order
from referrals.desk.forms import DraftSearchForm
from referrals.desk.lists import counts_of
from referrals.models import Referral
from referrals.presenters import draft_list

DRAFTS_A_PAGE = 20


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("terms")
def drafts(request: HttpRequest) -> HttpResponse:
    """Their drafts. People they may not see are left out. Posted: search in it."""
    desk = desk_of(user_of(request))
    if request.method != "POST":
        return _show(request, desk)
    form = DraftSearchForm(request.POST)
    if not form.is_valid():
        return render(request, "referrals/drafts.html", _frame(desk, form), status=422)
    keep_terms(request, DRAFTS, form.cleaned_data["terms"])
    return redirect(reverse("referrals:drafts") + query_of(Choice(terms=form.cleaned_data["terms"])))


def _show(request: HttpRequest, desk: Desk) -> HttpResponse:
    choice = choice_for(request, DRAFTS)
    page = Paginator(in_order(desk.drafts(), choice), DRAFTS_A_PAGE).get_page(request.GET.get("page"))
    listed = _on(page)
    context = {
        **_frame(desk, DraftSearchForm(initial={"terms": choice.terms})),
        "choice": choice,
        "query": partial(query_of, choice),
        "filters": monitoring_presenter.filter_tags(choice, ""),
        "headings": monitoring_presenter.headings(DRAFTS, choice, draft_list.COLUMNS),
        "corrected_crn": monitoring_presenter.corrected_crn(choice.terms, (draft.crn for draft in listed)),
        "page": page,
        "rows": [draft_list.row(draft, by=desk.user, now=timezone.now()) for draft in listed],
        "nowhere": NOWHERE,
        "elsewhere": [] if page.paginator.count else found_elsewhere(choice, DRAFTS, desk),
    }
    return render(request, "referrals/drafts.html", context)


def _frame(desk: Desk, form: DraftSearchForm) -> dict[str, Any]:
    """What stands on the page, whatever was searched for."""
    return {
        "form": form,
        "address": reverse("referrals:drafts"),
        "address_of": address_of,
        "not_shown": not_shown.drafts(desk),
        "tabs": presenter.tabs(counts_of(desk), desk.drafts_count, DRAFTS.slug),
    }


def _on(page: Page) -> list[Referral]:
    """The drafts of one page, with what their lines say, in its order."""
    listed = Referral.objects.for_the_list().in_bulk(page.object_list)
    referral_keys.load(listed)
    return [listed[pk] for pk in page.object_list if pk in listed]
