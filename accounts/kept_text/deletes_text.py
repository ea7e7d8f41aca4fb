"""Asking before a changed answer deletes what was written under another one, with a list of what goes.

The page carries what was posted, and which losses were agreed to: other losses are asked about again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from accounts.kept_text.posted import BACK, CONFIRMED, fields_of

Texts = Sequence[tuple[str, Any]]  # what each is called, and what it says: a text, or several
KEEP = ("do", BACK)


def asks_before_deleting(
    request: HttpRequest, texts: Texts, context: Mapping[str, Any], *, keep: tuple[str, str] = KEEP
) -> HttpResponse | None:
    """The page that asks; None when nothing goes, or exactly this was agreed to. See ``ask``."""
    agreement = agreement_to(texts) if texts else ""
    if not texts or agreement in agreed_to(request):
        return None
    return ask(
        request, [("", [{"label": name, "value": text} for name, text in texts])], agreement, context, keep
    )


def agreement_to(lost: Iterable[object]) -> str:
    """What the page posts when exactly this may go."""
    return salted_hmac("accounts.deletes-text", json.dumps([*lost]), algorithm="sha256").hexdigest()[:32]


def agreed_to(request: HttpRequest) -> list[str]:
    """Each agreement that was posted."""
    return request.POST.getlist(CONFIRMED)


def ask(
    request: HttpRequest,
    cards: Sequence[tuple[str, Sequence[Any]]],
    agreement: str,
    context: Mapping[str, Any],
    keep: tuple[str, str] = KEEP,
) -> HttpResponse:
    """Nothing is changed before it is agreed to. ``keep``: the button that changes nothing.

    ``context``: the page's frame, and ``question`` (the one that is answered anew, if it is one).
    """
    boxes = [(name, value) for name, values in fields_of(request.POST).items() for value in values]
    boxes += [("do", one) for one in request.POST.getlist("do")]
    boxes += [(CONFIRMED, one) for one in (*agreed_to(request), agreement)]
    shown = {"back_link": request.get_full_path(), **context, "cards": cards, "boxes": boxes, "keep": keep}
    return render(request, "layouts/deletes_text.html", shown)
