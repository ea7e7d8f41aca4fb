"""The pages for what went wrong, in the service's layout.

They say what the user can do, and nothing about any case or cause.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string

from accounts.kept_text.keeping import keep_of_author
from accounts.kept_text.offering import render_refusal
from accounts.kept_text.posted import PAGE_FIELD, Author, texts_of_author

STALE_FORM = "This page was open too long, or you signed in or out in another tab."
SOMEBODY_ELSES = "Someone else opened this page before you signed in. What they typed is kept for them."
log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when more was sent than the service takes."""
    log.warning("bad_request", kind=type(exception).__name__)
    is_too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _page(request, 413 if is_too_much else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but this page is for somebody else."""
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not theirs."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Its page needs neither database nor user."""
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from a page of another web session, or from another site (403).

    What was typed is kept for whoever opened the page, as the form says, and offered back to them there.
    """
    kept_for = keep_of_author(request) if request.method == "POST" else ""
    log.warning("form_from_elsewhere")
    if PAGE_FIELD in request.POST:  # a script asks, which shows no page: 409 when it was kept
        return HttpResponse(status=409 if kept_for else 403)
    if not kept_for:
        return _page(request, 403, message=STALE_FORM, posted=texts_of_author(request.POST))
    author = Author.of(request.POST)
    is_theirs = not request.user.is_authenticated or (author is not None and author.user == request.user.pk)
    if is_theirs and kept_for == request.path and request.user.is_authenticated:
        return redirect(request.get_full_path())
    if not is_theirs:
        return _page(request, 403, message=SOMEBODY_ELSES, is_kept=True)
    return _page(request, 403, message=STALE_FORM, kept_for=kept_for)


class WrongMethodPage:
    """Middleware: gives the bare "method not allowed" of Django's decorators a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; replace an empty 405."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = _page(request, 405)
        page["Allow"] = response["Allow"]
        return page


def _page(request: HttpRequest, status: int, **words: object) -> HttpResponse:
    try:
        return render_refusal(request, f"errors/{status}.html", {**words}, status=status)
    except Exception as failure:  # an error page must not fail: the layout asks the database who is signed in
        log.error("error_page_failed", status=status, failure=type(failure).__name__)
        return HttpResponse(render_to_string("errors/500.html"), status=500)
