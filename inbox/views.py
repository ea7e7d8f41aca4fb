"""The page of emails that the demo would have sent. Open to anyone, as emails hold nothing of a case."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.open_pages import for_anyone
from inbox import kept_emails

ON_A_PAGE = 20


@for_anyone
@never_cache
@require_safe
def emails(request: HttpRequest) -> HttpResponse:
    """A page of emails, newest first. Not found outside demo mode, should the app be installed there."""
    if not settings.DEMO_MODE:
        raise Http404
    folder = settings.EMAIL_FILE_PATH
    page = Paginator(kept_emails.newest_first(folder), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [kept_emails.read(kept, links_to=settings.SERVICE_URL) for kept in page]
    return render(request, "inbox/emails.html", {"page": page, "emails": shown, "are_kept": bool(folder)})
