"""Browsers in which somebody has signed in before: a signed cookie that names the account and the browser.

Opens nothing: whoever has it still needs the password. Wrong tries from such a browser are counted by themselves, so
that nobody else's wrong tries can keep its owner out.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.models import User

GOOD_FOR = 180 * 24 * 60 * 60  # seconds since the last sign-in
SALT = "accounts.known-device"


def known_device(request: HttpRequest, username: str) -> str:
    """The number of this browser, if whoever has this user name has signed in with it before; else nothing."""
    name, number = _read(request)
    return number if number and name == User.normalize_username(username) else ""


@receiver(user_logged_in, dispatch_uid="accounts_known_device")
def remember(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Have the answer to this request carry the cookie, once more for a browser that is known."""
    if request is not None:
        number = known_device(request, user.username) or token_urlsafe(16)
        request.known_device = signing.dumps([user.username, number], salt=SALT)  # type: ignore[attr-defined]


def add_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie when somebody has just signed in."""
    if cookie := getattr(request, "known_device", ""):
        response.set_cookie(
            settings.KNOWN_DEVICE_COOKIE_NAME,
            cookie,
            max_age=GOOD_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _read(request: HttpRequest) -> tuple[str, str]:
    cookie = request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, "")
    try:
        name, number = signing.loads(cookie, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return "", ""
    return str(name), str(number)
