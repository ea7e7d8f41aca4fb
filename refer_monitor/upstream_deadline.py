"""A page waits for other systems for ten seconds at most, however many it asks and however often.

Whoever asks after that is told at once that it took too long, and the page says what it misses.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from integrations.deadlines import deadline
from integrations.transport import upstream_deadline


class UpstreamDeadline:
    """Middleware. What runs in no request, such as a task, has this limit for each call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within one deadline."""
        with deadline(upstream_deadline()):
            return self.get_response(request)
