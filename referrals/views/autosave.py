"""Where a page of a draft puts what is being typed. Answers a script, not a reader."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from events.doors import about, for_practitioners
from events.models import AuditAction
from govuk.text import printable
from referrals.actions.autosave import autosave
from referrals.kept_text import PAGE_FIELD, Tab, fields_of
from referrals.scope import user_of
from referrals.signed_out import LONGEST_PATH
from referrals.views.question import question
from referrals.views.risk import risk_edit, risk_section
from risk.models import SectionKey

MOST_CHARACTERS = 500_000  # of one page: eight sections of OASys text, five times over


@require_POST
@for_practitioners(records=AuditAction.TEXT_AUTOSAVED)
def autosave_page(request: HttpRequest, referral_id: UUID) -> JsonResponse:
    """Keep what is typed on a page. 409 when another tab typed there since, 410 once sent, 413 when it is too much.

    nDelius is not asked whether they may see the person: nothing of the person is shown, and nothing typed waits.
    """
    about(request, referral=referral_id)
    page = printable(request.POST.get(PAGE_FIELD, ""))
    if not _asks_for_text(page, referral_id):
        raise Http404
    fields = fields_of(request.POST)
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MOST_CHARACTERS:
        return JsonResponse({}, status=413)
    kept = autosave(
        draft_id=referral_id, page=page, fields=fields, tab=Tab.of(request.POST), by=user_of(request)
    )
    at = timezone.localtime(kept.kept_at)
    return JsonResponse({"revision": kept.revision, "at": f"{at:%H:%M}"})


def _asks_for_text(page: str, referral_id: UUID) -> bool:
    """Whether an address is a page of this draft that has text boxes and offers text back."""
    if len(page) > LONGEST_PATH:
        return False
    try:
        match = resolve(page)
    except Resolver404:
        return False
    if match.kwargs.get("referral_id") != referral_id:
        return False
    if match.func is risk_section:
        return any(key.slug == match.kwargs["slug"] for key in SectionKey)
    return match.func in (question, risk_edit)
