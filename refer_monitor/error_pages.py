"""The pages for what went wrong, in the service's layout.

They say what the user can do and nothing about any case or cause. When even the layout cannot be drawn with
the user's name (the database is down), it is drawn without.
"""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html

from accounts.frame import nobody

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when more was sent than the service takes."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return _page(request, 413)
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but this page is for somebody else."""
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not theirs."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came from a page that is no longer valid (signed out, or another site)."""
    return _page(request, 403, template="errors/csrf.html")


def _page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    template = template or f"errors/{status}.html"
    try:
        return render(request, template, status=status)
    except Exception as failure:  # an error page must not fail
        log.error("error_page_drawn_without_frame", status=status, failure=type(failure).__name__)
    token = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    page = {"request": request, "frame": nobody(), "csrf_input": token}
    return HttpResponse(render_to_string(template, page), status=status)
