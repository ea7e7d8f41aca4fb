"""How many notifications are new, for every page; and those that a page is about are read once it was shown.

That is so whichever way somebody came: from their list, an email or a list of cases (decision 27). What a browser
fetches in case somebody may want it was not opened by anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications import unread
from notifications.actions import mark_read
from notifications.models import Notification

AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")  # how browsers say so, the newest first


class NotificationsOfPages:
    """Middleware: ``request.unread_notifications``, and marking as read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """After the view: a page that was refused, or could not be shown, was not read."""
        response = self.get_response(request)
        reader = getattr(request, "opens_notifications_of", None)
        if reader is not None and response.status_code == 200:
            mark_read(by=reader, notifications=Notification.objects.filter(path=request.path))
        return response

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> None:
        """Count for pages that are opened; a page that comes back with errors says what was counted last.

        Most posts come back with no page, so that is looked up when a header is drawn.
        """
        user = request.user
        if not isinstance(user, User) or user.is_administrator:
            return
        if request.method != "GET":
            counted = SimpleLazyObject(lambda: len(unread.kept(user) or ()))
            request.unread_notifications = counted  # type: ignore[attr-defined]
            return
        paths = unread.kept(user)
        if paths is None:
            paths = unread.remember(user)
        if request.path in paths and not _is_ahead(request):
            request.opens_notifications_of = user  # type: ignore[attr-defined]
            paths = [path for path in paths if path != request.path]
        request.unread_notifications = len(paths)  # type: ignore[attr-defined]


def _is_ahead(request: HttpRequest) -> bool:
    """Whether the browser fetches this before anybody asked for it."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in AHEAD)
