"""How long the web session still lasts, said without making it last longer; and staying signed in.

The service ends a web session after a time without a request (``SESSION_COOKIE_AGE``), and a fixed time after signing
in (``WEB_SESSION_LIFETIME``). A page that stays open asks here before it says so: another tab may have been used
meanwhile.
"""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.known_devices import add_cookie
from accounts.models import User, WebSession
from accounts.open_pages import for_anyone

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@for_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def web_session(request: HttpRequest) -> HttpResponse:
    """Seconds until the web session ends without another request; 0 when nobody is signed in.

    ``is_final`` when no request makes it last longer: the fixed time after signing in is near.
    GET leaves it as it is; POST, like every other request, makes it begin anew.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0})
    if request.method == "POST":
        request.session.modified = True
        seconds = request.session.get_expiry_age()
        return JsonResponse({"seconds": seconds, "is_final": is_final(request)})
    request.leaves_web_session = True  # type: ignore[attr-defined]
    row = WebSession.objects.filter(session_key=request.session.session_key).first()
    seconds = int((row.expire_date - timezone.now()).total_seconds()) if row else 0
    return JsonResponse({"seconds": max(0, seconds), "is_final": is_final(request)})


def is_final(request: HttpRequest) -> bool:
    """Whether the fixed time after signing in ends the web session before disuse could."""
    left = request.session.seconds_left()  # type: ignore[attr-defined]  # our own store
    return left is not None and left < settings.SESSION_COOKIE_AGE


class WebSessions(SessionMiddleware):
    """Django's, which puts off the end at most once a minute, and not by a request that only asks how long it lasts."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the web session, and begin its time anew, unless this request is to leave it as it is."""
        add_cookie(request, response)
        if getattr(request, "leaves_web_session", False):
            patch_vary_headers(response, ("Cookie",))
            return response
        session = request.session
        if not session.is_empty() and session.begins_new_use():  # type: ignore[attr-defined]  # our own store
            session.modified = True
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            # Ended in another browser while this request ran. What it did is done; it says so, and is the last.
            return response


class SignedInUser(AuthenticationMiddleware):
    """Django's. Whose web session it is was read with it, so that they need not be looked for again."""

    def process_request(self, request: HttpRequest) -> None:
        """Find out when somebody asks."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_user_of, request))  # type: ignore[assignment]


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    if not hasattr(request, "_cached_user"):
        request._cached_user = _read_with_session(request) or get_user(request)  # type: ignore[attr-defined]
    user: User | AnonymousUser = request._cached_user  # type: ignore[attr-defined]
    request.user = user  # a page asks them a hundred things: themselves, and no longer what stood in for them
    return user


def _read_with_session(request: HttpRequest) -> User | None:
    """The plain case. None for every other (nobody, an ended account, another password since): Django decides."""
    session = request.session
    if session.get(BACKEND_SESSION_KEY) != MODEL_BACKEND:
        return None
    row: WebSession | None = session.row  # type: ignore[attr-defined]
    user = row.user if row is not None else None
    if user is None or not user.is_active or str(user.pk) != session.get(SESSION_KEY):
        return None
    is_theirs = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if is_theirs else None
