"""One log line a request: which view answered whom, with what status, in how long, under which request id. The same,
without whom and id, is counted.

Logs the view's name, never the path or the query; the user's number, never the name. An id that the caller
sent (``X-Request-Id``) is taken when it is harmless, and every answer carries the id.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, unbind_contextvars

from events.crn import CRN_IN_TEXT
from refer_monitor.metrics.requests import count_request

HARMLESS = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-Id"
_SENT = "HTTP_X_REQUEST_ID"  # as WSGI names it: asked for by its own name, Django gathers all headers first
#: All that is bound to lines of a request. Taken away by name: structlog clears by looking through everybody's context
#: variables, of which there are fifty.
BOUND = ("request_id", "user_id")
log = structlog.get_logger(__name__)


class RequestLog:
    """Middleware, after the static files and before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_failed, dispatch_uid="request_log")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request, answer it, log it."""
        unbind_contextvars(*BOUND)  # a request before that was broken off in this thread
        request_id = _request_id(request)
        bind_contextvars(request_id=request_id)
        started = perf_counter()
        response = self.get_response(request)
        response[HEADER] = request_id
        match = request.resolver_match
        view = match.view_name if match else ""
        seconds = perf_counter() - started
        count_request(view, response.status_code, seconds)
        log.info(
            "request",
            method=request.method,
            view=view,
            status=response.status_code,
            ms=round(seconds * 1000),
        )
        unbind_contextvars(*BOUND)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> None:
        """Add the user's number, on pages that need a user anyway: the others stay without a web session."""
        if getattr(view, "login_required", True) and request.user.pk:
            bind_contextvars(user_id=request.user.pk)


def _request_id(request: HttpRequest) -> str:
    sent = request.META.get(_SENT, "")
    return sent if HARMLESS.fullmatch(sent) and not CRN_IN_TEXT.search(sent) else str(uuid4())


def _failed(request: HttpRequest | None = None, **_: Any) -> None:
    match = request.resolver_match if request else None
    log.error("request_failed", view=match.view_name if match else "", exc_info=sys.exc_info())
