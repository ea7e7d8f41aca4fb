"""Check for sensitive details: what was found in what was just saved, or in all answers. Blocks nothing (R12).

Details of the risk information are handled on its own pages.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode

from accounts.kept_text.deletes_text import asks_before_deleting
from accounts.kept_text.keeping import kept_for, stays_kept
from accounts.kept_text.offering import offered, shows
from accounts.kept_text.posted import kept_fields
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from referrals.access.scope import own_draft, user_of
from referrals.actions.decide_sensitive_details import decide_again, decide_details
from referrals.forms.sensitive_details import DetailsForm
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral, SensitiveDetailDecision
from referrals.presenters import sensitive_details as shown
from referrals.presenters.person import Banner
from referrals.sensitive_details.undecided import Detail, Found, found_in
from referrals.sensitive_details.written_texts import QUESTIONS
from referrals.views.question import next_address

REASON = "Why the detail is needed to deliver the service safely"
PAGE_SIZE = 20  # details
DECIDED = "decided"  # which list is shown; else what is undecided
SAVED = QUESTIONS | {""}
BACK = {"tasks": "referrals:tasks", "check": "referrals:check_answers", "risk": "referrals:risk_information"}


@for_practitioners(records=AuditAction.RISK_VIEWED)
def sensitive_details(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show each detail with why it may matter; keep decisions, take one back, or go on without."""
    draft = own_draft(request, referral_id)
    user = user_of(request)
    saved = request.GET.get("of", "")
    if saved not in SAVED:
        raise Http404
    prefetch_related_objects([draft.risk], "sections", "declarations")
    found = found_in(draft, user, saved)
    if request.method != "POST" and request.GET.get("show") == DECIDED:
        return _decided_page(request, draft, found)
    page = Paginator(found.undecided, PAGE_SIZE).get_page(request.GET.get("page"))
    if request.method != "POST":
        return _page(request, draft, found, page, _with_kept_text(request, page))
    do, _, decision = request.POST.get("do", "save").partition(":")
    if do == "again":
        if asks_first := asks_before_deleting(request, _reason_of(draft, decision), _frame(draft)):
            return asks_first
        if not decision.isdecimal() or not decide_again(draft=draft, decision=int(decision[:18]), by=user):
            raise Http404
        stays_kept(request)
        messages.success(request, "The decision was removed.")
        return redirect(request.get_full_path())
    if do != "save":
        raise Http404
    form = _form(page, request)
    if not form.is_valid():
        return _page(request, draft, found, page, form)
    if asks_first := asks_before_deleting(request, form.dropped(), _frame(draft)):
        return asks_first
    count = decide_details(draft=draft, decided=form.decided(), by=user)
    if count:
        messages.success(request, _sentence(count))
    return redirect(_onwards(request, draft, page, saved, count))


def _reason_of(draft: Referral, decision: str) -> list[tuple[str, str]]:
    """The reason that was written for a decision, which goes with it."""
    numbered = decision.isdecimal() and SensitiveDetailDecision.objects.filter(
        referral=draft, pk=int(decision[:18])
    )
    return [(REASON, one.reason) for one in numbered or () if one.reason]


def _frame(draft: Referral) -> dict[str, object]:
    return {"banner": Banner.of(draft), "caption": draft.contract.title}


def _form(page: Page[Detail], request: HttpRequest | None = None) -> DetailsForm:
    posted = request.POST if request is not None else None
    return DetailsForm(posted, details=list(page), first=page.start_index())


def _with_kept_text(request: HttpRequest, page: Page[Detail]) -> DetailsForm:
    form = _form(page)
    kept = kept_for(request, user_of(request))
    if kept is not None:
        fields = kept_fields(kept)
        typed = {name: fields[name] for name in form.fields if name in fields}
        form.initial.update(typed)
        is_other = any(
            form.fields[name].has_changed(form.fields[name].initial, value) for name, value in typed.items()
        )
        form.offered = offered(kept) if is_other else ""  # type: ignore[attr-defined]
        shows(request, kept)
    return form


def _onwards(request: HttpRequest, draft: Referral, page: Page[Detail], saved: str, count: int) -> str:
    """The next details that were not seen yet; after the last, on."""
    if page.has_next():
        is_later = count < len(page.object_list)
        query = request.GET.copy()
        query["page"] = str(page.number + 1 if is_later else page.number)
        return f"{request.path}?{query.urlencode()}"
    return _without_deciding(request, draft, saved)


def _without_deciding(request: HttpRequest, draft: Referral, saved: str) -> str:
    """Where to go on: what would have come next had nothing been found."""
    if saved in QUESTIONS:
        placed = MAKE_A_REFERRAL.on(draft, user_of(request), timezone.localdate()).find(saved)
        if placed is not None:
            return next_address(request, draft, placed)
    name = BACK.get(request.GET.get("return", ""), BACK["tasks"])
    return reverse(name, args=[draft.pk])


def _sentence(count: int) -> str:
    return "1 decision was saved." if count == 1 else f"{count} decisions were saved."


def _page(
    request: HttpRequest, draft: Referral, found: Found, page: Page[Detail], form: DetailsForm
) -> HttpResponse:
    saved = request.GET.get("of", "")
    asked = {name: request.GET[name] for name in ("of", "return") if request.GET.get(name)}
    onwards = _without_deciding(request, draft, saved)
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "form": form,
        "page": page,
        "texts": shown.texts(list(page), form, first=page.start_index()),
        "decided": len(found.decided),
        "address": f"{request.path}?{urlencode(asked)}" if asked else request.path,
        "without_deciding": onwards,
        "back_link": onwards,
        "offered": getattr(form, "offered", ""),
    }
    status = 422 if form.errors else 200
    return render(request, "referrals/sensitive_details.html", context, status=status)


def _decided_page(request: HttpRequest, draft: Referral, found: Found) -> HttpResponse:
    page = Paginator(found.decided, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "page": page,
        "decided": shown.decided(list(page), first=page.start_index()),
        "address": f"{request.path}?show={DECIDED}",
        "back_link": reverse("referrals:sensitive_details", args=[draft.pk]),
    }
    return render(request, "referrals/decided_details.html", context)
