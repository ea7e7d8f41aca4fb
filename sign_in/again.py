"""Telling somebody whose token is over to sign in again, on the page that missed it or on the next one they see.

A context processor. They stay signed in to this service.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from sign_in.own_tokens import TO_SIGN_IN_AGAIN

AGAIN = "again"  # a parameter of the address that leads to HMPPS Auth


def frame(request: HttpRequest) -> dict[str, str]:
    """``sign_in_again``: the address that leads to HMPPS Auth and back to this page; nothing where there is no need."""
    session = getattr(request, "session", None)  # none: the request was refused before
    if session is None or not session.pop(TO_SIGN_IN_AGAIN, False):
        return {"sign_in_again": ""}
    query = urlencode({AGAIN: "yes", "next": request.get_full_path()})
    return {"sign_in_again": f"{reverse('sign_in:start')}?{query}"}
