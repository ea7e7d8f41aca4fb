"""How many notifications somebody has not read, for the header of every page. Counted at most once a minute.

Counted before the view runs: a service provider's page has no right to read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from notifications.models import Notification
from notifications.reading import MOST, names_of

COUNTED_FOR = 60  # seconds


class CountUnread:
    """Middleware: ``request.unread_notifications``, where a page will be shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of its own."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> None:
        """Count for pages that are opened; a page that comes back with errors says what was counted last."""
        user = request.user
        if not isinstance(user, User) or user.is_administrator:
            return
        count = cache.get(_key(user.pk))
        if count is None and request.method == "GET":
            count = remember_count(user)
        request.unread_notifications = count or 0  # type: ignore[attr-defined]


def remember_count(user: User) -> int:
    """Count, and keep the count for the pages that follow."""
    count = count_unread(user)
    cache.set(_key(user.pk), count, COUNTED_FOR)
    return count


def count_unread(user: User) -> int:
    """How many of what they may open by what is known here; no other system is asked. One read when there are none."""
    unread = Notification.objects.filter(user=user).unread()
    subjects = list(unread.order_by("-at").values_list("referral", flat=True)[:MOST])
    names = names_of(user, frozenset(subjects), asks=False)
    return sum(subject in names for subject in subjects)


def forget_count(user: User) -> None:
    """Count again: something was told, or read."""
    cache.delete(_key(user.pk))


def _key(user_id: int) -> str:
    return f"notifications:unread:{user_id}"
