"""What users are told on every page: the notices that are shown now, to whom they are for, but for those they hid.

Read from the cache, where they are kept for a minute: no page waits for them. Each process remembers them for a few
seconds, because every page shows them. Hidden ones are in the web session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache, caches
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import ServiceNotice, User
from accounts.tries import HERE

KEPT: Final = "service_notices"
KEPT_FOR = 60  # seconds
REMEMBERED_FOR = 5  # seconds: so long may another process show what was changed
HIDDEN: Final = "hidden_notices"


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice on a page. Only someone with a web session can hide it."""

    id: int
    title: str
    heading: str
    text: str
    may_be_hidden: bool


def notices_for(request: HttpRequest) -> tuple[Shown, ...]:
    """Those for whoever asks, planned downtime first, then the newest."""
    user = request.user if isinstance(request.user, User) else None
    audience = user.audience if user else ""
    hidden = request.session.get(HIDDEN, []) if user else []
    return tuple(
        Shown(notice["id"], notice["title"], notice["heading"], notice["text"], user is not None)
        for notice in _on_for(audience)
        if notice["id"] not in hidden
    )


def hide(request: HttpRequest, notice_id: int) -> bool:
    """Show it no more in this web session. False: no such notice is on for whoever asks.

    Hiding one again is no mistake: another tab still shows it.
    """
    assert isinstance(request.user, User)  # the door let them in
    if notice_id not in {notice["id"] for notice in _on_for(request.user.audience)}:
        return False
    request.session[HIDDEN] = sorted({*request.session.get(HIDDEN, []), notice_id})
    return True


def forget(**_: Any) -> None:
    """Read them anew: one was written or deleted."""
    cache.delete(KEPT)
    caches[HERE].delete(KEPT)


def _on_for(audience: str) -> list[dict[str, Any]]:
    return [notice for notice in _remembered() if _is_on(notice) and notice["audience"] in ("", audience)]


def _is_on(notice: dict[str, Any]) -> bool:
    return _moment(notice["starts_at"]) <= timezone.now() < _moment(notice["ends_at"])


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment is not None  # written below
    return moment


def _remembered() -> list[dict[str, Any]]:
    remembered: list[dict[str, Any]] | None = caches[HERE].get(KEPT)
    if remembered is None:
        remembered = _kept()
        caches[HERE].set(KEPT, remembered, REMEMBERED_FOR)
    return remembered


def _kept() -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] | None = cache.get(KEPT)
    if kept is None:
        kept = [
            {
                "id": notice.pk,
                "title": notice.get_kind_display(),
                "heading": notice.heading,
                "text": notice.text,
                "audience": notice.audience,
                "starts_at": notice.starts_at.isoformat(),
                "ends_at": notice.ends_at.isoformat(),
            }
            for notice in ServiceNotice.objects.not_over(timezone.now()).order_by("kind", "-starts_at")
        ]
        cache.set(KEPT, kept, KEPT_FOR)
    return kept
