"""The token that a page's forms carry against forgery: Django's, masked at a quarter of the cost.

Django draws each of the mask's 32 characters by itself from the system's source of randomness. Here they are drawn at
once, as one number, and are as evenly spread.
"""

from __future__ import annotations

from secrets import randbelow

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as CHARACTERS
from django.middleware.csrf import get_token

_PLACES = {character: place for place, character in enumerate(CHARACTERS)}


def form_token(request: HttpRequest) -> str:
    """Another one each time, as ``get_token``, which is asked where the browser has no secret yet."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # the cookie begins its time anew
    return masked(secret)


def masked(secret: str) -> str:
    """A random mask, and the secret under it: each character moved on by as many places as the mask's says."""
    count = len(CHARACTERS)
    drawn = randbelow(count ** len(secret))
    mask, under_it = [], []
    for character in secret:
        drawn, moved = divmod(drawn, count)
        mask.append(CHARACTERS[moved])
        under_it.append(CHARACTERS[(_PLACES[character] + moved) % count])
    return "".join(mask + under_it)
