"""Pages that need no sign-in. Those that do say who they are for by ``events.audiences``."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def for_anyone(view: View) -> View:
    """A page that needs no sign-in. Shows nothing about any case."""
    open_view: View = login_not_required(view)
    open_view.audiences = None  # type: ignore[attr-defined]
    return open_view
